import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { existsSync, lstatSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { temporaryFolder } from './temporary.ts'

test('folders of dead processes are swept away, and nothing else', (t) => {
  const below = mkdtempSync(join(tmpdir(), 'sweep-'))
  t.after(() => rmSync(below, { recursive: true }))
  const dead = spawnSync(process.execPath, ['-e', '']).pid
  const kept = mkdtempSync(join(below, 'kept-'))
  const at = (name: string): string => join(below, name)
  const gone = [at(`portolan-files-${dead}-a`), at(`portolan-files-${dead}-b`)]
  const left = [at(`portolan-files-${process.ppid}-a`), at('portolan-files-a'), at(`portolan-files-${dead}`)]
  for (const folder of [...gone, ...left]) mkdirSync(join(folder, 'd'), { recursive: true })
  writeFileSync(join(kept, 'file'), '')
  symlinkSync(kept, at(`portolan-files-${dead}-link`))
  symlinkSync(kept, join(gone[0] ?? '', 'link'))
  const made = temporaryFolder(below)
  assert.equal(lstatSync(made).mode & 0o777, 0o700)
  assert.deepEqual(gone.map(existsSync), [false, false])
  assert.deepEqual([...left, join(kept, 'file'), made].map(existsSync), [true, true, true, true, true])
  assert.equal(temporaryFolder(below) === made, false)
  assert.ok(existsSync(made))
})
