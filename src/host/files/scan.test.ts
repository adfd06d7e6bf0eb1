// What is looked through counts, whatever its user has shut.

import assert from 'node:assert/strict'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { isFailure } from '../../core/failure.ts'
import { openTree } from './index.ts'

const skip = process.getuid?.() === 0 ? 'modes stop nobody who is root' : process.platform === 'win32'

for (const mode of [0o000, 0o111, 0o444, 0o600]) {
  test(`a folder of mode ${mode.toString(8)} counts with what is in it, and keeps its mode`, { skip }, async (t) => {
    const root = mkdtempSync(join(tmpdir(), 'portolan-scan-'))
    const shut = join(root, 'shut')
    t.after(() => {
      chmodSync(shut, 0o700)
      rmSync(root, { recursive: true })
    })
    mkdirSync(shut)
    for (const path of [join(shut, 'in'), join(root, 'a'), join(root, 'z')]) writeFileSync(path, 'x'.repeat(1000))
    chmodSync(shut, mode)
    const tree = openTree(root, { writable: true, quota: { bytesMax: 10_000, filesMax: 10 } })
    assert.ok(!isFailure(tree))
    const space = await tree.space()
    assert.partialDeepStrictEqual(space, { bytesFree: 7000, filesFree: 6 })
    assert.equal(statSync(shut).mode & 0o777, mode)
  })
}
