// Bounds on what a resolver keeps going, or keeps in mind, at a time.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { encodeMessage } from '../../shared/dns/codec/message.ts'
import { CLASS, RCODE, TYPE, query } from '../../shared/dns/messages.ts'
import { ServerTable, markLame, isLame } from './cache/servers.ts'
import { ITERATIONS_MAX, PORTS_MAX, PORT_MAX_MS, SERVERS_MAX, WAITING_PER_CLIENT } from './limits.ts'
import { sampleNet, type SampleNet } from './sample-net.test.ts'

const CONFIG = { 'qname-minimisation': 'off', 'serve-stale': '0s', prefetch: false }

/** Asks for `count` names of a server at once, from as many clients as it takes. */
async function askMany(net: SampleNet, count: number, prefix: string) {
  const { to } = net.served.datagramPeer(53)
  const clients = Array.from({ length: Math.ceil(count / WAITING_PER_CLIENT) }, (_, n) =>
    net.plane.datagramPeer({ ip: `192.0.2.${100 + n}`, port: 5000 }),
  )
  for (let n = 0; n < count; n += 1) {
    const question = { name: `${prefix}${n}.harbor.test`, type: TYPE.A, class: CLASS.IN }
    clients[n % clients.length]?.send(encodeMessage(query(n, question)), to)
  }
  await net.plane.settled()
  return clients
}

test('no more resolutions are under way than so many', async () => {
  const net = await sampleNet({ harbor: () => undefined, config: CONFIG })
  await net.ask('harbor.test', 'A', {}, 100)
  net.plane.advance(20_000)
  await net.plane.settled()
  const above = 100
  const clients = await askMany(net, ITERATIONS_MAX + above, 'h')
  const codes = clients.flatMap(({ received }) => received.map(({ packet }) => packet[3]! & 15))
  assert.deepEqual(
    codes,
    Array.from({ length: above }, () => RCODE.SERVFAIL),
  )
  const told = net.served.gate.events.find(({ kind }) => kind === 'resolver.limit')
  assert.equal(told?.detail?.['limit'], 'iterations')
  net.plane.advance(30_000)
  await net.plane.settled()
  assert.equal(
    clients.reduce((sum, { received }) => sum + received.length, 0),
    ITERATIONS_MAX + above,
  )
})

test('of all servers that were ever asked, the last are remembered', () => {
  const table = new ServerTable()
  const first = table.at('192.0.2.1')
  markLame(first, 'harbor.test', 0)
  for (let n = 1; n < SERVERS_MAX; n += 1) table.at(`10.0.${n >> 8}.${n & 255}`)
  assert.equal(table.at('192.0.2.1'), first)
  table.at('192.0.2.2')
  const again = table.at('192.0.2.1')
  assert.notEqual(again, first)
  assert.equal(isLame(again, 'harbor.test', 1), false)
})

test('questions leave from so many ports at a time, and from others a while later', async () => {
  const net = await sampleNet({ config: CONFIG })
  await net.ask('www.harbor.test', 'A', {}, 100)
  for (let round = 0; round < 4; round += 1) await askMany(net, 50, `r${round}h`)
  const before = new Set(net.harbor.from.map(({ port }) => port))
  assert.equal(before.size, PORTS_MAX)
  net.plane.advance(PORT_MAX_MS)
  await net.plane.settled()
  const asked = net.harbor.from.length
  for (let round = 0; round < 4; round += 1) await askMany(net, 50, `s${round}h`)
  const after = net.harbor.from.slice(asked).map(({ port }) => port)
  assert.ok(after.length > 100)
  assert.ok(after.every((port) => !before.has(port)))
})
