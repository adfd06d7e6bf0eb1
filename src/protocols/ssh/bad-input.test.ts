// What no client sends: garbage at each stage, lengths that cannot be, messages out of turn. One event each, the connection
// ends, and nobody else notices.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { lonelyWorld, MemoryTree, OpenGate, serve } from '../../sim/index.ts'
import { ssh } from './index.ts'
import { dial, logIn, run } from './sample-client.ts'
import { ADDRESS, sshWorld } from './sample-world.ts'
import { loadLibrary } from './transport/library.ts'

const IDENT = 'SSH-2.0-test\r\n'

async function server(config: unknown = { commands: { x: 'x' } }) {
  const gate = new OpenGate()
  const served = await serve(ssh, { config, gate, world: sshWorld(lonelyWorld([ADDRESS], 'ssh'), new MemoryTree()) })
  const io = served.plane.serviceIo('client', ['192.0.2.9'], gate, () => undefined)
  await loadLibrary()
  const connect = () => dial(io, { ip: ADDRESS, port: 22 })
  const abuses = () => gate.events.filter(({ kind }) => kind === 'ssh.abuse').map(({ summary }) => summary)
  return { ...served, connect, abuses, gate }
}

/** In the clear (RFC 4253 §6). `length`: what it says of itself, right unless given. */
function packet(payload: Uint8Array, length?: number): Buffer {
  const padding = 4 + ((8 - ((payload.length + 9) % 8)) % 8)
  const head = Buffer.alloc(5)
  head.writeUInt32BE(length ?? payload.length + 1 + padding)
  head[4] = padding
  return Buffer.concat([head, payload, Buffer.alloc(padding)])
}

const CASES: readonly [string, readonly (string | Uint8Array)[], RegExp][] = [
  ['another protocol', ['GET / HTTP/1.1\r\n\r\n'], /Greetings|identification/],
  ['SSH 1', ['SSH-1.5-old\r\n'], /identification/],
  ['a first line without an end', ['x'.repeat(300)], /a first line of more than 255 bytes/],
  ['an overlong first line', [`SSH-2.0-${'x'.repeat(300)}\r\n`], /a first line of more than 255 bytes/],
  ['a length of nothing', [IDENT, packet(Buffer.of(20), 0)], /packet length/i],
  ['a length beyond all', [IDENT, packet(Buffer.of(20), 0xffff_ffff)], /packet length/i],
  ['a length that is no block', [IDENT, packet(Buffer.of(20), 13)], /packet length|broken/i],
  ['garbage in place of the exchange', [IDENT, Buffer.alloc(4096, 0xa5)], /packet length/i],
  ['half a KEXINIT', [IDENT, packet(Buffer.concat([Buffer.of(20), Buffer.alloc(10)]))], /KEXINIT|handshake|broken/i],
  [
    'a login before the exchange',
    [IDENT, packet(Buffer.concat([Buffer.of(50), Buffer.alloc(10)]))],
    /unexpected packet/,
  ],
  [
    'a channel before the exchange',
    [IDENT, packet(Buffer.concat([Buffer.of(90), Buffer.alloc(10)]))],
    /unexpected packet/,
  ],
]

for (const [name, sent, reason] of CASES) {
  test(`${name}: one event, and the end`, async () => {
    const { peer, plane, abuses, connect } = await server()
    const bad = peer(22)
    await plane.settled()
    for (const part of sent) bad.send(part)
    await plane.settled()
    assert.ok(bad.hasEnded || bad.closeReason !== undefined, 'it stands still')
    assert.equal(abuses().length, 1, abuses().join('; '))
    assert.match(abuses()[0] ?? '', reason)
    const other = await logIn(await connect(), { username: 'alice', password: 'secret' })
    other.end()
  })
}

test('a peer that says nothing after the first line, and one that says not even that, end in time', async () => {
  const { peer, plane, abuses } = await server()
  const silent = peer(22)
  const half = peer(22)
  await plane.settled()
  half.send(IDENT)
  await plane.settled()
  plane.advance(31_000)
  for (const one of [silent, half]) assert.ok(one.closeReason !== undefined || one.hasEnded)
  assert.equal(abuses().filter((summary) => summary.includes('no key exchange in time')).length, 2)
})

test('a peer has so many connections without a login, and others are served', async () => {
  const { peer, plane, abuses, connect } = await server({ limits: { connections: 3 }, commands: { x: 'x' } })
  const held = Array.from({ length: 5 }, () => peer(22, { from: { ip: '192.0.2.66', port: 1 } }))
  await plane.settled()
  assert.deepEqual(
    held.map((one) => one.hasEnded || one.closeReason !== undefined),
    [false, false, false, true, true],
  )
  assert.equal(abuses().filter((summary) => summary.includes('too many of this peer')).length, 2)
  const other = await logIn(await connect(), { username: 'alice', password: 'secret' })
  assert.equal((await run(other, 'x')).output, 'x')
  other.end()
  held[0]?.end()
  await plane.settled()
  const next = peer(22, { from: { ip: '192.0.2.66', port: 1 } })
  await plane.settled()
  assert.match(next.receivedText, /^SSH-2\.0-/)
})

test('a session goes on when every piece is one byte', async () => {
  const { connect, plane } = await server()
  const client = await logIn(await connect(), { username: 'alice', password: 'secret' })
  plane.chunkMaxBytes = 1
  assert.equal((await run(client, 'x')).output, 'x')
  client.end()
})

test('a login is no longer good once its connection is bent: one flipped bit ends it', async () => {
  const { connect, abuses, plane } = await server()
  const stream = await connect()
  const client = await logIn(stream, { username: 'alice', password: 'secret' })
  client.on('error', () => undefined)
  stream.write(Buffer.alloc(64, 0x5a))
  await plane.settled()
  await plane.settled()
  assert.equal(abuses().length, 1)
  assert.match(abuses()[0] ?? '', /protocol broken/)
})
