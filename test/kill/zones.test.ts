// A process that is killed in the middle of edits: each that was acknowledged is there afterwards, in order, and no part of one.

import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as later } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { openJournal } from '../../src/host/journal.ts'
import { SeededRandom } from '../../src/sim/index.ts'
import { TYPE } from '../../src/shared/dns/index.ts'
import { openZone } from '../../src/zones/index.ts'
import { APEX, DERIVED, nameOf, recordOf } from './zone-said.ts'

const EDITOR = fileURLToPath(new URL('zone-editor.ts', import.meta.url))
const KILLS = 10
/** A kill falls anywhere between two steps. */
const LIFE_MAX_MS = 60
const FIRST_SERIAL = 1

test('edits that were acknowledged survive', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'portolan-kill-'))
  t.after(() => rmSync(folder, { recursive: true }))
  const path = join(folder, 'zones', APEX)
  const random = new SeededRandom(11)
  let acknowledged = -1
  for (let kill = 0; kill < KILLS; kill++) {
    const said = await killed(path, ((random.bytes(1)[0] ?? 0) / 255) * LIFE_MAX_MS)
    for (const [number = -1, serial] of said) {
      assert.equal(serial, FIRST_SERIAL + number + 1)
      acknowledged = Math.max(acknowledged, number)
    }
    const version = openZone({
      apex: APEX,
      derived: DERIVED,
      kept: openJournal(path),
      problems: () => assert.fail(),
    }).current
    assert.ok(version)
    const edits = version.count - DERIVED.length
    assert.ok(edits > acknowledged, `${edits} edits are there, ${acknowledged + 1} were acknowledged`)
    assert.equal(version.serial, FIRST_SERIAL + edits)
    for (let number = 0; number < edits; number++)
      assert.deepEqual([...(version.setAt(nameOf(number), TYPE.A)?.data[0] ?? [])], [...recordOf(number).data])
  }
  assert.ok(acknowledged > 0, 'no edit was acknowledged')
})

/** What a process said until it was killed: numbers and serials. */
async function killed(path: string, afterMs: number): Promise<number[][]> {
  const child = spawn(process.execPath, [EDITOR, path], { stdio: ['ignore', 'pipe', 'inherit'] })
  const ended = once(child, 'close')
  let text = ''
  child.stdout.on('data', (bytes) => (text += String(bytes)))
  await once(child.stdout, 'data')
  await later(afterMs)
  child.kill('SIGKILL')
  await ended
  const lines = text.slice(0, text.lastIndexOf('\n')).split('\n')
  return lines.filter((line) => line !== 'ready').map((line) => line.split(' ').map(Number))
}
