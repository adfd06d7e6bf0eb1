import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, test } from 'node:test'
import { isFailure } from '../../core/failure.ts'
import type { Tree } from '../../core/files.ts'
import { openTree } from './index.ts'

const WORLD_MS = Date.UTC(2030, 5, 1)

let root = ''
let worldMs: number | undefined
let tree: Tree

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'portolan-dated-'))
  worldMs = WORLD_MS
  const opened = openTree(root, { writable: true, wallMs: () => worldMs })
  assert.ok(!isFailure(opened))
  tree = opened
})

afterEach(() => rmSync(root, { recursive: true }))

const timeOf = (name: string) => Math.floor(statSync(join(root, name)).mtimeMs)

async function upload(name: string, modifiedMs?: number): Promise<void> {
  const file = await tree.upload(name)
  assert.ok(!isFailure(file))
  await file.write(0, Buffer.from('abc'))
  if (modifiedMs !== undefined) await file.change({ modifiedMs })
  const stat = await file.commit()
  assert.ok(!isFailure(stat))
  assert.equal(stat.modifiedMs, timeOf(name))
}

test('uploads, edited files and folders get the time that the tree is told', async () => {
  await upload('/a')
  assert.equal(timeOf('a'), WORLD_MS)
  await tree.makeFolder('/f')
  assert.equal(timeOf('f'), WORLD_MS)
  const edited = await tree.edit('/b', { create: true })
  assert.ok(!isFailure(edited))
  await edited.write(0, Buffer.from('abc'))
  const now = await edited.current()
  assert.ok(!isFailure(now) && now.modifiedMs === WORLD_MS)
  worldMs = WORLD_MS + 5000
  await edited.write(3, Buffer.from('d'))
  await edited.close()
  assert.equal(timeOf('b'), WORLD_MS + 5000)
})

test('a time that was given stays, and so does that of a file nobody wrote to', async () => {
  await upload('/a', 1_000_000)
  assert.equal(timeOf('a'), 1_000_000)
  const edited = await tree.edit('/a')
  assert.ok(!isFailure(edited))
  await edited.close()
  assert.equal(timeOf('a'), 1_000_000)
})

test('where the world has the time of the machine, the system gives it', async () => {
  worldMs = undefined
  await upload('/a')
  assert.ok(Math.abs(timeOf('a') - Date.now()) < 60_000)
})
