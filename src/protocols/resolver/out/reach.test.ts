// How servers are reached: over both families, by names without addresses, over TLS, and what is left when they are not.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decodeMessage, encodeMessage } from '../../../shared/dns/codec/message.ts'
import { framed, takeFramed } from '../../../shared/dns/framing.ts'
import { RCODE, isMalformed } from '../../../shared/dns/messages.ts'
import { STREAMS_OUT_MAX } from '../limits.ts'
import { HARBOR, RESOLVER, ROOT, answersOf, harborLines, sampleNet, testLines } from '../sample-net.test.ts'
import { record, zoneScript } from '../sample-peers.ts'

const good = zoneScript('harbor.test', harborLines)
const SIX = '2001:db8::53'

test('a server with an IPv6 address alone is asked by a host that has one, and by no other', async () => {
  const test6 = zoneScript('test', ['harbor.test 3600 NS ns.harbor.test.', `ns.harbor.test 3600 AAAA ${SIX}`])
  const net = await sampleNet({ test: test6, addresses: [RESOLVER, '2001:db8::1'] })
  const six = await net.add(SIX, good)
  assert.deepEqual(answersOf(await net.ask('www.harbor.test', 'A', {}, 3000)), ['192.0.2.10'])
  assert.equal(six.from[0]?.ip, '2001:db8::1')
  const four = await sampleNet({ test: test6 })
  const unheard = await four.add(SIX, good)
  assert.equal((await four.ask('www.harbor.test', 'A', {}, 11_000))?.rcode, RCODE.SERVFAIL)
  assert.deepEqual(unheard.asked, [])
})

test('a server without glue is looked up, and its answer asked for once', async () => {
  const lines = [
    'harbor.test 3600 NS ns.island.test.',
    'island.test 3600 NS ns1.island.test.',
    'ns1.island.test 3600 A 192.0.2.5',
  ]
  const net = await sampleNet({ test: zoneScript('test', lines), addresses: [RESOLVER, '2001:db8::1'] })
  const island = zoneScript('island.test', [`ns.island.test 60 A ${HARBOR}`])
  const other = await net.add('192.0.2.5', island)
  assert.deepEqual(answersOf(await net.ask('www.harbor.test', 'A', {}, 3000)), ['192.0.2.10'])
  assert.deepEqual(other.asked.toSorted(), ['ns.island.test A', 'ns.island.test AAAA'])
  assert.deepEqual(net.harbor.asked, ['www.harbor.test A'])
})

test('the faster of two servers is asked most, the other now and then', async () => {
  const lines = [...testLines, 'harbor.test 3600 NS ns2.harbor.test.', 'ns2.harbor.test 3600 A 192.0.2.4']
  let unanswered = 0
  const slow = (query: Parameters<typeof good>[0]) => (query.count % 2 === 0 ? void (unanswered += 1) : good(query))
  const net = await sampleNet({ test: zoneScript('test', lines), harbor: slow })
  const other = await net.add('192.0.2.4', good)
  for (let n = 0; n < 100; n += 1) await net.ask(`host${n}.harbor.test`, 'A', {}, 5000)
  assert.ok(other.asked.length > 80, `${other.asked.length}`)
  assert.ok(unanswered > 0 && unanswered < 10, `${unanswered}`)
})

test('a server that is silent for long rests, and is tried again', async () => {
  let silent = true
  const net = await sampleNet({
    harbor: (query) => (silent ? undefined : good(query)),
    config: { 'serve-stale': '0s' },
  })
  await net.ask('www.harbor.test', 'A', {}, 11_000)
  silent = false
  net.plane.advance(5100)
  assert.deepEqual(answersOf(await net.ask('www.harbor.test', 'A', {}, 3000)), ['192.0.2.10'])
})

test('a forwarder is asked over TLS, one connection for all', async () => {
  const forward = [{ to: ['192.0.2.77'], tls: 'dns.harbor.test', only: true }]
  const net = await sampleNet({ config: { forward } })
  let connections = 0
  const names: (string | undefined)[] = []
  const at = { ip: '192.0.2.77', port: 853 }
  const listen = {
    transport: 'tcp',
    port: 853,
    tls: 'implicit',
    alpn: ['dot'],
    accept(io: Parameters<Parameters<typeof net.plane.listenStream>[0]['accept']>[0]) {
      connections += 1
      names.push(io.tls?.serverName)
      return {
        received(inbox: Parameters<typeof takeFramed>[0]) {
          const bytes = takeFramed(inbox)
          const message = bytes === undefined ? undefined : decodeMessage(new Uint8Array(bytes))
          if (message === undefined || isMalformed(message)) return false
          const name = message.questions[0]?.name ?? ''
          io.send(framed(encodeMessage({ ...message, response: true, answers: [record(`${name} 60 A 192.0.2.99`)] })))
          return true
        },
      }
    },
  } as const
  await net.plane.listenStream(listen, { at, service: 'sample' }, net.served.gate)
  assert.deepEqual(answersOf(await net.ask('a.test', 'A', {}, 1000)), ['192.0.2.99'])
  assert.deepEqual(answersOf(await net.ask('b.test', 'A', {}, 1000)), ['192.0.2.99'])
  assert.equal(connections, 1)
  assert.deepEqual(names, ['dns.harbor.test'])
})

test('streams to servers are bounded', async () => {
  const zones = Array.from({ length: STREAMS_OUT_MAX + 20 }, (_, n) => n)
  const forward = zones.map((n) => ({ zone: `z${n}.test`, to: [`10.0.0.${n}`], tls: 'dns.test', only: true }))
  const net = await sampleNet({ config: { forward } })
  let open = 0
  let most = 0
  for (const n of zones) {
    const at = { ip: `10.0.0.${n}`, port: 853 }
    const accept = () => {
      most = Math.max(most, (open += 1))
      return { received: () => false, closed: () => void (open -= 1) }
    }
    await net.plane.listenStream(
      { transport: 'tcp', port: 853, tls: 'implicit', accept },
      { at, service: 'sample' },
      net.served.gate,
    )
  }
  const answers = await Promise.all(zones.map((n) => net.ask(`www.z${n}.test`, 'A')))
  assert.equal(most, STREAMS_OUT_MAX)
  assert.equal(answers.filter((one) => one?.rcode === RCODE.SERVFAIL).length, 20)
  net.plane.advance(30_000)
  await net.plane.settled()
  assert.equal(open, 0)
})

test('without root servers there is nothing but a failure', async () => {
  const net = await sampleNet({ world: { root: { servers: [], signing: undefined } } })
  assert.equal((await net.ask('www.harbor.test', 'A', {}, 100))?.rcode, RCODE.SERVFAIL)
  assert.equal(net.root.asked.length, 0)
  assert.notEqual(ROOT, RESOLVER)
})
