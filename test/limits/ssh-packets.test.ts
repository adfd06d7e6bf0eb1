// Packets that no client sends, before the keys and after them: each ends its connection with one event, little is kept of it, and
// others are served meanwhile.

import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import type { RunningWorld } from '../../src/index.ts'
import {
  abuse,
  engineOf,
  gone,
  loggedIn,
  message,
  others,
  sendPacket,
  socketTo,
  sshData,
  stranger,
  u32,
} from './ssh.ts'
import { bytesInUse, turnedWorld } from './world.ts'

const IDENT = 'SSH-2.0-test\r\n'
const GIB_4 = 2 ** 32 - 1
const LONGER_THAN_ANY = 35_001
/** What many clients with half a packet each may keep from being freed. */
const HELD_MAX_BYTES = 8 * 2 ** 20
const GLOBAL_REQUEST = 80

/** In the clear (RFC 4253 §6). `length`: what it says of itself; `padding`: how much of that is none of the payload. */
function packet(payload: Uint8Array, length?: number, padding = 4 + ((8 - ((payload.length + 9) % 8)) % 8)): Buffer {
  const size = length ?? payload.length + 1 + padding
  return Buffer.concat([u32(size), Buffer.of(padding), payload, Buffer.alloc(padding)])
}

const KEXINIT = Buffer.concat([Buffer.of(20), Buffer.alloc(60)])

const BEFORE: readonly (readonly [string, string | Uint8Array])[] = [
  ['another protocol', 'GET / HTTP/1.1\r\nHost: files.harbor.test\r\n\r\n'],
  ['SSH 1', 'SSH-1.5-old\r\n'],
  ['bytes that are no text', Buffer.alloc(300, 0xa5)],
  ['a first line of 256 bytes', `SSH-2.0-${'x'.repeat(246)}\r\n`],
  ['a first line without an end', 'x'.repeat(10_000)],
  ['many short lines before the ident', 'hello\r\n'.repeat(100)],
  ['a packet of 0 bytes', Buffer.concat([Buffer.from(IDENT), packet(KEXINIT, 0)])],
  ['a packet of 1 byte', Buffer.concat([Buffer.from(IDENT), packet(KEXINIT, 1)])],
  ['a packet of 13 bytes', Buffer.concat([Buffer.from(IDENT), packet(KEXINIT, 13)])],
  ['a packet of 35,001 bytes', Buffer.concat([Buffer.from(IDENT), packet(KEXINIT, LONGER_THAN_ANY)])],
  ['a packet of 4 GiB', Buffer.concat([Buffer.from(IDENT), packet(KEXINIT, GIB_4)])],
  ['more padding than packet', Buffer.concat([Buffer.from(IDENT), packet(KEXINIT, 68, 255)])],
]

for (const [name, sent] of BEFORE) {
  test(`${name}, before the keys`, async (t) => {
    const { world } = await turnedWorld(t, sshData())
    const socket = await socketTo(t, world)
    socket.write(sent)
    await others(t, world)
    await gone(socket)
    assert.equal(abuse(world).length, 1, abuse(world).join('; '))
    await others(t, world)
  })
}

const AFTER: readonly (readonly [string, (packet: Buffer) => Buffer])[] = [
  ['a packet of 0 bytes', () => u32(0)],
  ['a packet of 1 byte', () => Buffer.concat([u32(1), Buffer.alloc(1)])],
  ['a packet of no whole block', () => Buffer.concat([u32(33), Buffer.of(4), Buffer.alloc(32)])],
  ['a packet of 35,001 bytes', (packet) => Buffer.concat([u32(LONGER_THAN_ANY), packet.subarray(4)])],
  ['a packet of 4 GiB', (packet) => Buffer.concat([u32(GIB_4), packet.subarray(4)])],
  ['more padding than packet', (packet) => (packet.fill(0xff, 4, 5), packet)],
]
const CIPHERS = ['aes128-gcm@openssh.com', 'chacha20-poly1305@openssh.com', 'aes128-ctr'] as const

for (const cipher of CIPHERS) {
  for (const [name, bend] of AFTER) {
    test(`${name}, by ${cipher}`, async (t) => {
      const { world } = await turnedWorld(t, sshData())
      const { engine, socket } = await stranger(t, world, { algorithms: { cipher: [cipher] } })
      sendPacket(engine, message(2, 'x'.repeat(40)), bend)
      // Whatever the length was taken for is there.
      if (!name.includes('padding')) socket.write(Buffer.alloc(LONGER_THAN_ANY))
      await gone(socket)
      assert.equal(abuse(world).length, 1, abuse(world).join('; '))
      await others(t, world)
    })
  }

  test(`a bad MAC, by ${cipher}, on a login`, async (t) => {
    const { world } = await turnedWorld(t, sshData())
    const socket = await socketTo(t, world)
    const client = await loggedIn(t, world, 'alice', { socket, algorithms: { cipher: [cipher] } })
    const write = socket.write.bind(socket)
    socket.write = (bytes: Uint8Array | string) => write(typeof bytes === 'string' ? bytes : bentAtTheEnd(bytes))
    sendPacket(engineOf(client), message(GLOBAL_REQUEST, 'keepalive@openssh.com', true))
    socket.write = write
    socket.write(Buffer.alloc(LONGER_THAN_ANY))
    await gone(socket)
    assert.equal(abuse(world).length, 1, abuse(world).join('; '))
    await others(t, world)
  })
}

function bentAtTheEnd(bytes: Uint8Array): Uint8Array {
  const bent = Buffer.from(bytes)
  bent[bent.length - 1] = (bent.at(-1) ?? 0) ^ 1
  return bent
}

test('packets that never become whole keep no more than they have sent', async (t) => {
  const { world } = await turnedWorld(t, sshData({ limits: { connections: 100 } }))
  await others(t, world)
  const before = bytesInUse()
  for (let at = 0; at < 60; at++) {
    const socket = await socketTo(t, world)
    socket.write(Buffer.concat([Buffer.from(IDENT), packet(KEXINIT, 34_996)]))
  }
  await others(t, world)
  const held = bytesInUse() - before
  t.diagnostic(`${Math.round(held / 1024)} KiB held`)
  assert.ok(held < HELD_MAX_BYTES, `${held} bytes held`)
})

test('handshakes that are begun and not ended: nothing said, half a line, the line alone, half an exchange, keys and no login', async (t) => {
  const { world, skip } = await turnedWorld(t, sshData())
  const starts = ['', 'SSH-2.0-half', IDENT, Buffer.concat([Buffer.from(IDENT), packet(KEXINIT, 68).subarray(0, 30)])]
  const sockets = await Promise.all(starts.map(() => socketTo(t, world)))
  for (const [at, socket] of sockets.entries()) if (starts[at] !== '') socket.write(starts[at] ?? '')
  const late = await stranger(t, world)
  await others(t, world)
  skip(30_001)
  await Promise.all(sockets.map(gone))
  assert.deepEqual(counted(world), { 'no key exchange in time': starts.length })
  await others(t, world)
  skip(90_000)
  await gone(late.socket)
  assert.deepEqual(counted(world), { 'no key exchange in time': starts.length, 'no login in time': 1 })
  await others(t, world)
})

function counted(world: RunningWorld): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {}
  for (const summary of abuse(world)) counts[summary] = (counts[summary] ?? 0) + 1
  return counts
}

test('messages of the connection protocol before the login', async (t) => {
  for (const type of [80, 90, 93, 94, 98]) await endedBy(t, message(type, 0, 0, 'x'))
})

async function endedBy(t: TestContext, sent: Buffer): Promise<void> {
  const { world } = await turnedWorld(t, sshData())
  const { engine, socket } = await stranger(t, world)
  sendPacket(engine, sent)
  await gone(socket)
  assert.equal(abuse(world).length, 1, abuse(world).join('; '))
}
