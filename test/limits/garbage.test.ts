// Bytes that mean nothing, on real sockets: each port refuses or closes in its own way, tells of it once, and serves on.

import assert from 'node:assert/strict'
import { createSocket } from 'node:dgram'
import { test } from 'node:test'
import { startWorld, type RunningWorld } from '../../src/index.ts'
import { SeededRandom } from '../../src/sim/index.ts'
import { dial } from '../../src/testing/index.ts'
import { get } from '../../src/testing/fixture.ts'
import { raw, toTheEnd } from './world.ts'

/** Bytes of one piece of garbage: more than any head that is looked at whole, less than a server's limits of content. */
const GARBAGE_BYTES = 20_000
/** Datagrams of garbage to each port. */
const DATAGRAMS = 200
const NAME = 'a'.repeat(70_000)
/** The end of the id of a question, then QR, AA, RD, and no RA nor code. */
const ANSWERED = new RegExp(String.raw`4\x85\0`)
/** QR, RD, FORMERR. */
const FORMAT_ERROR = new RegExp(String.raw`4\x81\x01`)

for (const [name, host, port, sent, answer, told] of [
  ['a request line without end', 'www.harbor.test', 80, `GET /${NAME}`, /^HTTP\/1\.1 414 /, 'http.refused'],
  [
    'a huge host name',
    'www.harbor.test',
    80,
    `GET / HTTP/1.1\r\nHost: ${NAME}\r\n\r\n`,
    /^HTTP\/1\.1 431 /,
    'http.refused',
  ],
  ['a header without name', 'www.harbor.test', 80, 'GET / HTTP/1.1\r\n: x\r\n\r\n', /^HTTP\/1\.1 400 /, 'http.refused'],
  ['no HTTP at all', 'www.harbor.test', 80, '\x16\x03\x01\x02\0\r\n\r\n', /^HTTP\/1\.1 400 /, 'http.refused'],
  ['plain text for TLS', 'www.harbor.test', 443, 'GET / HTTP/1.1\r\n\r\n', /^.{0,7}$/s, 'driver.tls'],
  ['a message shorter than a header', 'ns.harbor.test', 53, '\0\x03abc', /^$/, 'dns.malformed'],
  ['a name longer than names are', 'ns.harbor.test', 53, dnsQuery(5), FORMAT_ERROR, 'dns.malformed'],
] as const) {
  test(`${name}: refused, told once, others served`, async (t) => {
    await using world = await startWorld()
    const socket = await raw(t, world, host, port)
    socket.end(Buffer.from(sent, 'latin1'))
    assert.match(await toTheEnd(socket), answer)
    assert.deepEqual(
      world.events().map(({ kind }) => kind),
      [told],
    )
    await serves(world)
  })
}

test('half a message and then the end: closed, others served', async (t) => {
  await using world = await startWorld()
  for (const [host, port, half] of [
    ['www.harbor.test', 80, 'GET / HT'],
    ['www.harbor.test', 443, '\x16\x03\x01\x02\0\x01'],
    ['ns.harbor.test', 53, '\0\x20\x12\x34'],
  ] as const) {
    const socket = await raw(t, world, host, port)
    socket.end(Buffer.from(half, 'latin1'))
    await toTheEnd(socket)
  }
  const ended = world.flows().map(({ end }) => end?.reason)
  assert.equal(ended.length, 3)
  assert.ok(
    ended.every((reason) => reason !== undefined),
    'a flow without an end',
  )
  await serves(world)
})

test('random bytes to every port of the default world break nothing', async (t) => {
  const random = new SeededRandom(1)
  await using world = await startWorld()
  const streams = world.ports.filter(({ transport }) => transport === 'tcp')
  for (const { host, known } of streams) {
    const socket = await raw(t, world, host, known.port)
    socket.end(random.bytes(GARBAGE_BYTES))
    await toTheEnd(socket)
  }
  await Promise.all(
    world.ports.filter(({ transport }) => transport === 'udp').map(({ bound }) => shower(bound, random)),
  )
  await serves(world)
  const kinds = new Set(world.events().map(({ kind }) => kind))
  assert.equal(kinds.has('driver.broken'), false)
  const warnings = world.events().filter(({ flowId, severity }) => flowId !== undefined && severity === 'warning')
  for (const { id, transport } of world.flows()) {
    const own = warnings.filter(({ flowId }) => flowId === id).length
    assert.ok(transport === 'udp' || own <= 1, `${own} warnings of one connection`)
  }
})

test('garbage inside TLS is refused as outside', async (t) => {
  await using world = await startWorld()
  const socket = dial(world, { host: 'www.harbor.test', port: 443, tls: true })
  t.after(() => socket.destroy())
  socket.end('GET / HTTP/1.1\r\nHost: www.harbor.test\r\nTransfer-Encoding: wrong\r\n\r\n')
  assert.match(await toTheEnd(socket), /^HTTP\/1\.1 400 /)
  assert.equal((await world.waitFor('http.refused')).flowId, 1)
})

async function serves(world: RunningWorld): Promise<void> {
  for (const url of ['http://www.harbor.test/', 'https://www.island.test/']) {
    const answer = await get(world.url(url), { ca: world.authorityPem })
    assert.equal(answer.resume().statusCode, 200)
  }
  const nameServer = world.address('ns.harbor.test', 53, 'udp')
  assert.match(await asked(nameServer, Buffer.from(dnsQuery(0).slice(2), 'latin1')), ANSWERED)
}

/** With its TCP length: A of www.harbor.test behind so many labels of 63 bytes. */
function dnsQuery(labels: number): string {
  const name = `${`?${'x'.repeat(63)}`.repeat(labels)}\x03www\x06harbor\x04test\0`
  const message = `\x12\x34\x01\0\0\x01\0\0\0\0\0\0${name}\0\x01\0\x01`
  return String.fromCharCode(message.length >> 8, message.length & 255) + message
}

async function shower(to: { readonly ip: string; readonly port: number }, random: SeededRandom): Promise<void> {
  const socket = createSocket('udp4')
  const sent = Array.from({ length: DATAGRAMS }, (_, at) => {
    const { promise, resolve } = Promise.withResolvers<void>()
    socket.send(random.bytes(1 + ((at * 7) % 1400)), to.port, to.ip, () => resolve())
    return promise
  })
  await Promise.all(sent)
  socket.close()
}

function asked(to: { readonly ip: string; readonly port: number }, packet: Uint8Array): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>()
  const socket = createSocket('udp4').on('message', (answer) => {
    socket.close()
    resolve(answer.toString('latin1'))
  })
  socket.send(packet, to.port, to.ip)
  return promise
}
