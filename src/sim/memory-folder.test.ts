import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isFailure } from '../core/index.ts'
import { MemoryFolder } from './memory-folder.ts'

test('a tree in memory answers as a real one', async () => {
  const folder = new MemoryFolder({ '/a': 'abc', '/b/c': new Uint8Array(2) }, 5)
  assert.deepEqual(await folder.stat('/a'), { kind: 'file', size: 3, modifiedMs: 5 })
  assert.deepEqual(await folder.stat('/b'), { kind: 'folder', size: 0, modifiedMs: 0 })
  assert.deepEqual(await folder.list('/'), ['a', 'b'])
  assert.equal(isFailure(await folder.stat('/c')), true)
  assert.equal(isFailure(await folder.list('/c')), true)
  const file = await folder.open('/a')
  assert.ok(!isFailure(file))
  assert.equal(Buffer.from(await file.read(1, 9)).toString(), 'bc')
  assert.equal(folder.openFiles, 1)
  await file.close()
  await file.close()
  assert.equal(folder.openFiles, 0)
})
