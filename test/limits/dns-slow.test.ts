// Those who ask for names over TCP and TLS and take their time: with a question, or with its answers. Each is sent away by the
// protocol's own timers, and others are answered meanwhile.

import assert from 'node:assert/strict'
import type { Socket } from 'node:net'
import { test } from 'node:test'
import { HANDSHAKE_MAX_MS, LINGER_MAX_MS } from '../../src/core/limits.ts'
import type { RunningWorld } from '../../src/index.ts'
import { NS, RESOLVER, TIME, WIDE, namesData, othersAsk, overTcp, question, secured } from './names.ts'
import { abuse, bytesInUse, raw, toTheEnd, turnedWorld } from './world.ts'

const IDLE_MS = 10_000
const KEYS_MS = 10_000
/** docs/limits.md. */
const STALL_MS = 30_000
/** Of a peer that takes nothing: what the driver holds of its answers, and what it reads ahead. Measured: 0.3 MiB. */
const READER_MAX_BYTES = 2 * 1024 * 1024
const READERS = 4
/** Turns in which the kernel takes no more of what is written: its buffers are full, and so are ours. */
const FULL_TURNS = 50

for (const [name, host, port, sent, patienceMs] of [
  ['dns, a length and no message', NS, 53, '\0\x21', IDLE_MS],
  ['resolver, silent', RESOLVER, 53, '', IDLE_MS],
  ['resolver, half a question', RESOLVER, 53, '\0\x21\x12\x34\x01', IDLE_MS],
  ['resolver over TLS, no handshake', RESOLVER, 853, '', HANDSHAKE_MAX_MS],
  ['resolver over HTTPS, no handshake', RESOLVER, 443, '', HANDSHAKE_MAX_MS],
  ['keys for the time, half a handshake', TIME, 4460, '\x16\x03\x01\x02\0\x01', HANDSHAKE_MAX_MS],
] as const) {
  test(`${name}: sent away after ${patienceMs / 1000} s, not before`, async (t) => {
    const { world, skip, opened } = await turnedWorld(t, namesData())
    const socket = await raw(t, world, host, port)
    if (sent !== '') socket.write(Buffer.from(sent, 'latin1'))
    await opened(1)
    await othersAsk(t, world)
    skip(patienceMs - 1000)
    await othersAsk(t, world)
    assert.equal(world.flows()[0]?.end, undefined)
    skip(1000)
    assert.equal(await toTheEnd(socket), '')
  })
}

for (const host of [NS, RESOLVER]) {
  test(`${host}: a byte at a time does not stretch the time for a question`, async (t) => {
    const { world, skip, opened } = await turnedWorld(t, namesData())
    const socket = await raw(t, world, host, 53)
    const end = toTheEnd(socket)
    await opened(1)
    for (const byte of overTcp(question('www.harbor.test', 'A')).subarray(0, IDLE_MS / 1000)) {
      socket.write(Uint8Array.of(byte))
      await othersAsk(t, world)
      skip(1000)
    }
    assert.equal(await end, '')
  })

  test(`${host}: who asks and asks and takes no answer costs little, and is broken off`, async (t) => {
    const { world, skip } = await turnedWorld(t, namesData())
    const silent = async () => {
      const socket = await raw(t, world, host, 53)
      await askWithoutEnd(socket.pause())
      return bytesInUse()
    }
    await othersAsk(t, world, host)
    const uses: number[] = []
    for (let before = await silent(); uses.length < READERS - 1;) {
      const after = await silent()
      uses.push(after - before)
      before = after
    }
    // What is loaded meanwhile is nobody's: it counts for one of them.
    const used = Math.min(...uses)
    t.diagnostic(`${used} bytes`)
    assert.ok(used < READER_MAX_BYTES, `${used} bytes`)
    assert.ok(tcpEnds(world).length === READERS && tcpEnds(world).every((end) => end === undefined))
    for (let passed = 0; passed < IDLE_MS + STALL_MS + LINGER_MAX_MS; passed += 5000) {
      skip(5000)
      await othersAsk(t, world)
    }
    for (const end of tcpEnds(world)) assert.match(end ?? '', /takes nothing/)
  })
}

/** Until nothing more is read of what is written. */
async function askWithoutEnd(socket: Socket): Promise<void> {
  const piece = Buffer.concat(Array.from({ length: 500 }, () => overTcp(question('harbor.test', 'DNSKEY', WIDE))))
  for (let full = 0; full < FULL_TURNS;) {
    const waits = socket.writableLength > 0
    if (!waits) socket.write(piece)
    full = waits ? full + 1 : 0
    await turn()
  }
}

function turn(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve))
}

function tcpEnds(world: RunningWorld): readonly (string | undefined)[] {
  const streams = world.flows().filter(({ transport, from }) => transport === 'tcp' && from.ip === '127.0.0.1')
  return streams.map(({ end }) => end?.reason)
}

test('keys for the time: a message that never ends', async (t) => {
  const { world, skip } = await turnedWorld(t, namesData())
  await othersAsk(t, world)
  const socket = await secured(t, world, TIME, 4460, 'ntske/1')
  const end = toTheEnd(socket)
  socket.write(Uint8Array.of(0x80, 1, 0, 2, 0, 0))
  while (world.flows().every(({ tls }) => tls === undefined)) await othersAsk(t, world)
  skip(KEYS_MS - 1000)
  await othersAsk(t, world)
  assert.equal(socket.closed, false)
  skip(1000)
  assert.equal(await end, '')
  assert.deepEqual(abuse(world), [])
})
