// What is kept: for how long, by whose clock, and how much of it.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ClockView } from '../../../core/clock.ts'
import { RCODE, type Message } from '../../../shared/dns/messages.ts'
import { FAILURE_FIRST_SECONDS, STALE_TTL_SECONDS } from '../limits.ts'
import { answersOf, harborLines, sampleNet } from '../sample-net.test.ts'
import { record, zoneScript, type Script } from '../sample-peers.ts'
import { Delegations, type Delegation } from './delegations.ts'
import { LinkCache, type Link } from './links.ts'

const good = zoneScript('harbor.test', harborLines)

function ttlOf(message: Message | undefined): number | undefined {
  return message?.answers[0]?.ttlSeconds
}

function errorsOf(message: Message | undefined): number[] {
  return (message?.edns?.options ?? []).filter(({ code }) => code === 15).map(({ data }) => (data[0]! << 8) | data[1]!)
}

/** Good until it is told to be silent. */
function failing(): { readonly script: Script; silent: boolean } {
  const state = { silent: false, script: (query: Parameters<Script>[0]) => (state.silent ? undefined : good(query)) }
  return state
}

test('TTLs count down, and at their end the server is asked again', async () => {
  const net = await sampleNet({ config: { prefetch: false } })
  assert.equal(ttlOf(await net.ask('www.harbor.test', 'A', {}, 100)), 300)
  net.plane.advance(100_000)
  assert.equal(ttlOf(await net.ask('www.harbor.test', 'A')), 200)
  net.plane.advance(199_000)
  assert.equal(ttlOf(await net.ask('www.harbor.test', 'A')), 1)
  assert.equal(net.harbor.asked.length, 1)
  net.plane.advance(1000)
  assert.equal(ttlOf(await net.ask('www.harbor.test', 'A', {}, 100)), 300)
  assert.equal(net.harbor.asked.length, 2)
})

test('that there is nothing is kept as long as the SOA says, and no longer than is set', async () => {
  const net = await sampleNet({ config: { 'negative-ttl-max': '1m', prefetch: false } })
  for (const waited of [0, 59_000]) {
    net.plane.advance(waited)
    assert.equal((await net.ask('nowhere.harbor.test', 'A', {}, 100))?.rcode, RCODE.NXDOMAIN)
    assert.equal((await net.ask('nowhere.harbor.test', 'MX', {}, 100))?.rcode, RCODE.NXDOMAIN)
  }
  assert.equal(net.harbor.asked.length, 1)
  net.plane.advance(2000)
  await net.ask('nowhere.harbor.test', 'A', {}, 100)
  assert.equal(net.harbor.asked.length, 2)
})

const long1: Script = () => ({ answers: [record('www.harbor.test 900000 A 192.0.2.10')] })

const short2: Script = () => ({ answers: [record('www.harbor.test 0 A 192.0.2.10')] })

test('TTLs are held within what is set', async () => {
  const net = await sampleNet({ harbor: long1, config: { 'ttl-max': '2h' } })
  assert.equal(ttlOf(await net.ask('www.harbor.test', 'A', {}, 100)), 7200)
  const other = await sampleNet({ harbor: short2, config: { 'ttl-min': '30s' } })
  assert.equal(ttlOf(await other.ask('www.harbor.test', 'A', {}, 100)), 30)
})

const short3: Script = () => ({ answers: [record('www.harbor.test 0 A 192.0.2.10')] })

test('a TTL of 0 is good for those who wait, and for nobody after', async () => {
  const net = await sampleNet({ harbor: short3 })
  assert.equal(ttlOf(await net.ask('www.harbor.test', 'A', {}, 100)), 0)
  assert.equal(ttlOf(await net.ask('www.harbor.test', 'A', {}, 100)), 0)
  assert.equal(net.harbor.asked.length, 2)
})

test('stale answers are given when no server answers in time, and told as such', async () => {
  const state = failing()
  const net = await sampleNet({ harbor: state.script })
  await net.ask('www.harbor.test', 'A', {}, 100)
  net.plane.advance(400_000)
  state.silent = true
  const stale = await net.ask('www.harbor.test', 'A', {}, 1900)
  assert.deepEqual(answersOf(stale), ['192.0.2.10'])
  assert.equal(ttlOf(stale), STALE_TTL_SECONDS)
  assert.deepEqual(errorsOf(stale), [3])
  net.plane.advance(20_000)
  await net.plane.settled()
  assert.deepEqual(errorsOf(await net.ask('www.harbor.test', 'A', {}, 11_000)), [3])
  state.silent = false
  net.plane.advance(120_000)
  assert.equal(ttlOf(await net.ask('www.harbor.test', 'A', {}, 1500)), 300)
})

test('nothing is given that is past its time for longer than is set', async () => {
  const state = failing()
  const net = await sampleNet({ harbor: state.script, config: { 'serve-stale': '1m' } })
  await net.ask('www.harbor.test', 'A', {}, 100)
  net.plane.advance(400_000)
  state.silent = true
  assert.equal((await net.ask('www.harbor.test', 'A', {}, 11_000))?.rcode, RCODE.SERVFAIL)
})

test('what is asked for in the last tenth of its time is looked up anew, once', async () => {
  const net = await sampleNet()
  await net.ask('www.harbor.test', 'A', {}, 100)
  net.plane.advance(280_000)
  assert.equal(ttlOf(await net.ask('www.harbor.test', 'A')), 20)
  await net.plane.settled()
  assert.equal(net.harbor.asked.length, 2)
  assert.equal(ttlOf(await net.ask('www.harbor.test', 'A')), 300)
})

test('failures are kept, longer each time', async () => {
  const net = await sampleNet({ harbor: () => ({ rcode: RCODE.SERVFAIL }), config: { 'serve-stale': '0s' } })
  const asks = async (afterMs: number): Promise<boolean> => {
    const before = net.harbor.asked.length
    net.plane.advance(afterMs)
    assert.equal((await net.ask('www.harbor.test', 'A', {}, 100))?.rcode, RCODE.SERVFAIL)
    return net.harbor.asked.length > before
  }
  assert.equal(await asks(0), true)
  assert.equal(await asks(FAILURE_FIRST_SECONDS * 1000 - 500), false)
  assert.equal(await asks(600), true)
  assert.equal(await asks(FAILURE_FIRST_SECONDS * 1000 + 100), false)
  assert.equal(await asks(FAILURE_FIRST_SECONDS * 1000), true)
})

test('when the clock is set, all is forgotten', async () => {
  const watching: (() => void)[] = []
  const clock: ClockView = { rate: 1, leap: undefined, watch: (then) => (watching.push(then), () => undefined) }
  const net = await sampleNet({ world: { clock } })
  await net.ask('www.harbor.test', 'A', {}, 100)
  for (const then of watching) then()
  await net.ask('www.harbor.test', 'A', {}, 100)
  assert.equal(net.harbor.asked.length, 2)
  assert.equal(net.root.asked.length, 2)
})

function link(name: string, size: number): Link {
  const data = [new Uint8Array(size)]
  const sets = [{ name, type: 16, ttlSeconds: 300, data, signatures: [] }]
  const held = {
    authorities: [],
    zone: '',
    security: 'insecure',
    ttlSeconds: 300,
    storedMs: 0,
    expiresMs: 300_000,
  } as const
  return { name, type: 16, kind: 'data', sets, ...held }
}

test('the cache stays within its bytes, and what is asked for outlives what is not', () => {
  const cache = new LinkCache(1_000_000)
  cache.add(link('wanted.test', 1000))
  for (let n = 0; n < 5000; n += 1) {
    cache.add(link(`n${n}.test`, 1000))
    assert.ok(cache.find('wanted.test', 16) !== undefined)
    assert.ok(cache.bytes <= 1_000_000)
  }
  assert.ok(cache.count > 400 && cache.count < 1000, `${cache.count}`)
  cache.add(link('huge.test', 2_000_000))
  assert.equal(cache.find('huge.test', 16), undefined)
  cache.clear()
  assert.equal(cache.bytes, 0)
})

test('what exists again puts away that it did not', () => {
  const cache = new LinkCache(1_000_000)
  cache.add({ ...link('a.test', 1), kind: 'no-name' })
  assert.ok(cache.findNoName('a.test') !== undefined)
  cache.add(link('a.test', 1))
  assert.equal(cache.findNoName('a.test'), undefined)
})

test('delegations are bounded in number, and in bytes where they are large', () => {
  const held = { forwards: false, port: 53, storedMs: 0, expiresMs: 1000 }
  const common = (n: number): Delegation => ({ zone: `z${n}.test`, servers: [], ...held })
  const large = (n: number): Delegation => {
    const addresses = Array.from({ length: 8 }, (_, at) => `2001:db8::${at}`)
    const servers = Array.from({ length: 16 }, (_, at) => ({ name: `${at}${'x'.repeat(200)}.test`, addresses }))
    return { zone: `large${n}.test`, servers, ...held }
  }
  const known = new Delegations(undefined, [])
  for (let n = 0; n <= 50_000; n += 1) known.add(common(n))
  assert.equal(known.closest('z0.test', 1), undefined)
  assert.ok(known.closest('z1.test', 1) !== undefined)
  for (let n = 0; n < 5000; n += 1) known.add(large(n))
  assert.ok(known.bytes <= 33_554_432 && known.bytes > 30_000_000, `${known.bytes} bytes`)
  assert.equal(known.closest('z50000.test', 1), undefined)
  assert.ok(known.closest('www.large4999.test', 1) !== undefined)
  known.clear()
  assert.equal(known.bytes, 0)
})
