// Two thousand FTP connections that say nothing, and a thousand sessions that stay: what each costs, and that all others are
// served.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ftpData, HOST, others } from './ftp.ts'
import { bytesInUse, crowd, tooFewFiles, turnedWorld } from './world.ts'

const SILENT = 2000
const SESSIONS = 1000
/** Heap and buffers of one: socket, wire, runner, machine, timers, its flow in the record. docs/limits.md. */
const CONNECTION_MAX_BYTES = 8192
/** A session besides: its user and where it stands, and what it told of itself. */
const SESSION_MAX_BYTES = 12_288
/** And a port beside it, which it asked for and nobody calls. */
const WITH_PORT_MAX_BYTES = 20_480

const DATA = ftpData({ limits: { connections: 5000, sessions: 5000 } })
const skip = tooFewFiles(SILENT)

const LOGIN = 'USER alice\r\nPASS alice\r\n'
const CROWDS = [
  { name: 'silent', count: SILENT, send: '', until: '220 ', maxBytes: CONNECTION_MAX_BYTES },
  { name: 'logged in', count: SESSIONS, send: `${LOGIN}PWD\r\n`, until: '257 ', maxBytes: SESSION_MAX_BYTES },
  { name: 'with a port', count: 500, send: `${LOGIN}EPSV\r\n`, until: '229 ', maxBytes: WITH_PORT_MAX_BYTES },
] as const

for (const { name, count, send, until, maxBytes } of CROWDS) {
  test(`${count} connections: ${name}`, { skip }, async (t) => {
    const { world } = await turnedWorld(t, DATA)
    await others(t, world)
    const people = crowd(t)
    const order = { ...world.address(HOST, 21), send, until }
    await people.join({ ...order, count: 1 })
    const before = bytesInUse()
    await people.join({ ...order, count })
    const each = (bytesInUse() - before) / count
    t.diagnostic(`${Math.round(each)} bytes a connection`)
    assert.ok(each < maxBytes, `${Math.round(each)} bytes a connection`)
    await others(t, world)
    assert.deepEqual(
      world.events().filter(({ severity }) => severity === 'warning'),
      [],
    )
  })
}
