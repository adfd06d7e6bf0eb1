// A process that is killed in the middle of uploads: under each name stands a whole file, old or new, and the next
// process clears away what was under way.

import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as later } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { isFailure } from '../../src/core/failure.ts'
import { openTree } from '../../src/host/files/index.ts'
import { SeededRandom } from '../../src/sim/index.ts'
import { FILE_BYTES, FILES } from './files-said.ts'

const WRITER = fileURLToPath(new URL('files-writer.ts', import.meta.url))
const KILLS = 12
/** A kill falls anywhere between two steps. */
const LIFE_MAX_MS = 40

test('nothing half stands under a name', async (t) => {
  const root = mkdtempSync(join(tmpdir(), 'portolan-kill-'))
  t.after(() => rmSync(root, { recursive: true }))
  const random = new SeededRandom(7)
  let left = 0
  for (let kill = 0; kill < KILLS; kill++) {
    const child = spawn(process.execPath, [WRITER, root], { stdio: ['ignore', 'pipe', 'inherit'] })
    const ended = once(child, 'exit')
    await once(child.stdout, 'data')
    await later(((random.bytes(1)[0] ?? 0) / 255) * LIFE_MAX_MS)
    child.kill('SIGKILL')
    await ended
    left += leftIn(root)
    for (const name of readdirSync(join(root, 'd')).filter((one) => !one.startsWith('.'))) {
      const bytes = readFileSync(join(root, 'd', name))
      assert.equal(bytes.length, FILE_BYTES, name)
      assert.ok(
        bytes.every((byte) => byte === bytes[0]),
        name,
      )
    }
  }
  assert.ok(left > 0, 'no kill fell into an upload')
  const tree = openTree(root, { writable: true, quota: { bytesMax: 2 ** 30, filesMax: 1000 } })
  assert.ok(!isFailure(tree))
  const space = await tree.space()
  assert.ok(!isFailure(space))
  assert.equal(leftIn(root), 0)
  const files = readdirSync(join(root, 'd')).length
  assert.ok(files <= FILES)
  assert.equal(space.bytesFree, 2 ** 30 - files * FILE_BYTES)
})

function leftIn(root: string): number {
  return readdirSync(join(root, 'd')).filter((name) => name.startsWith('.portolan-upload-')).length
}
