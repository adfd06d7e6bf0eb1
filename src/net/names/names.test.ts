// The zones of a world as its hosts serve them, what commands see and change of them, and failures on order.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isConfigError } from '../../core/failure.ts'
import type { ServedZone } from '../../core/zones.ts'
import { withImpliedHosts } from '../implied-hosts.ts'
import { createWorldState, resolveWorld, type World } from '../world/index.ts'
import { TOY_SERVICES } from '../world/toy-services.ts'
import { Lab, nameCalls } from './index.ts'

const SECRET = new Uint8Array(32).fill(7)

function worldFrom(data: object): World {
  const world = resolveWorld(data, { services: TOY_SERVICES, folder: undefined })
  assert.ok(!isConfigError(world), JSON.stringify(world))
  return withImpliedHosts(world, TOY_SERVICES)
}

const HARBOR = {
  domains: {
    'harbor.test': {
      servers: ['ns.harbor.test', 'ns2.harbor.test'],
      notify: '192.0.2.99:5353',
      transfer: ['key xfr'],
      update: ['laptop', 'key xfr'],
    },
    'island.test': { from: ['203.0.113.99 key xfr'], dnssec: false },
  },
  dns: { keys: { xfr: { algorithm: 'hmac-sha512' } } },
  hosts: {
    'ns.harbor.test': ['dns'],
    'ns2.harbor.test': ['dns'],
    'www.harbor.test': ['http'],
    'ns.island.test': ['dns'],
    laptop: { client: true },
  },
}

function stateFrom(data: object) {
  return createWorldState(worldFrom(data), { folder: () => undefined, secret: SECRET })
}

function servedBy(host: string): readonly ServedZone[] {
  return stateFrom(HARBOR).viewFor({ name: host }).served
}

const apexes = (zones: readonly ServedZone[]) => zones.map(({ zone, role }) => `${role} ${zone.apex}`)

test('each host serves the zones that are its own', () => {
  assert.deepEqual(apexes(servedBy('root')), ['primary '])
  assert.deepEqual(apexes(servedBy('registry')), [
    'primary test',
    'primary arpa',
    'primary 113.0.203.in-addr.arpa',
    'primary 0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa',
  ])
  assert.deepEqual(apexes(servedBy('ns2.harbor.test')), ['secondary harbor.test'])
  assert.deepEqual(apexes(servedBy('ns.island.test')).slice(0, 1), ['secondary island.test'])
  assert.deepEqual(servedBy('www.harbor.test'), [])
})

test('one holds a zone, the others have copies of their own', () => {
  const state = stateFrom(HARBOR)
  const [held] = state.viewFor({ name: 'ns.harbor.test' }).served
  const [copy] = state.viewFor({ name: 'ns2.harbor.test' }).served
  assert.ok(held !== undefined && copy !== undefined)
  assert.deepEqual([held.sources, copy.zone.current], [[], undefined])
  assert.deepEqual(
    copy.sources.map(({ address }) => address),
    [
      { ip: '192.0.2.1', port: 53 },
      { ip: '2001:db8:1::1', port: 53 },
    ],
  )
  assert.deepEqual(held.notify, [
    { ip: '192.0.2.2', port: 53 },
    { ip: '192.0.2.99', port: 5353 },
  ])
  assert.deepEqual(held.transfer, { peers: ['192.0.2.2', '2001:db8:1::2'], keys: ['xfr'] })
  assert.deepEqual(held.update, { peers: ['203.0.113.10', '2001:db8::a'], keys: ['xfr'] })
  assert.deepEqual([held.signing?.algorithm, copy.signing], [13, undefined])
  assert.equal(state.names.zone('harbor.test'), held.zone)
})

test('a zone from outside is transferred with the key that the file names', () => {
  const [copy] = servedBy('ns.island.test')
  assert.deepEqual(copy?.sources, [{ address: { ip: '203.0.113.99', port: 53 }, key: 'xfr' }])
})

test('the zone above knows which zones below are signed', () => {
  const [test] = servedBy('registry')
  assert.deepEqual([...(test?.signedBelow.keys() ?? [])], ['harbor.test'])
})

test('a key without a secret has one that follows from the world’s', () => {
  const [key] = stateFrom(HARBOR).names.keys
  const [again] = stateFrom(HARBOR).names.keys
  assert.deepEqual([key?.name, key?.algorithm, key?.secret.length], ['xfr', 'hmac-sha512', 64])
  assert.deepEqual(key, again)
})

function callsFor(data: object) {
  const world = worldFrom(data)
  const state = createWorldState(world, { folder: () => undefined, secret: SECRET })
  return { state, calls: nameCalls({ world, state, secret: SECRET, wallMs: () => 1_767_225_600_000 }) }
}

test('a record that is set is served at once, in place of what was there', async () => {
  const { state, calls } = callsFor(HARBOR)
  const outcome = await calls.editNames({ add: ['www.harbor.test 60 A 192.0.2.77'], remove: [], replace: true })
  assert.deepEqual(outcome, {
    zone: 'harbor.test.',
    serial: 2,
    added: [{ name: 'www.harbor.test.', ttl: 60, type: 'A', data: '192.0.2.77' }],
    removed: [{ name: 'www.harbor.test.', ttl: 300, type: 'A', data: '192.0.2.3' }],
  })
  assert.deepEqual(state.names.zone('harbor.test')?.current?.setAt('www.harbor.test', 1), {
    type: 1,
    ttlSeconds: 60,
    data: [Uint8Array.of(192, 0, 2, 77)],
  })
})

test('records are added, removed one by one and all together', async () => {
  const { calls } = callsFor(HARBOR)
  const lines = () => {
    const records = calls.records('x.harbor.test')
    return 'refused' in records ? records.refused : records.map(({ name, type, data }) => `${name} ${type} ${data}`)
  }
  await calls.editNames({ add: ['x.harbor.test A 192.0.2.7'], remove: [], replace: true })
  await calls.editNames({ add: ['x.harbor.test A 192.0.2.8', 'y.x.harbor.test TXT hi'], remove: [], replace: false })
  assert.deepEqual(lines(), ['x.harbor.test. A 192.0.2.7', 'x.harbor.test. A 192.0.2.8', 'y.x.harbor.test. TXT "hi"'])
  await calls.editNames({ add: [], remove: [{ name: 'X.harbor.test.', type: 'a', data: '192.0.2.7' }], replace: false })
  assert.deepEqual(lines(), ['x.harbor.test. A 192.0.2.8', 'y.x.harbor.test. TXT "hi"'])
  await calls.editNames({ add: [], remove: [{ name: 'x.harbor.test' }, { name: 'y.x.harbor.test' }], replace: false })
  assert.equal(lines(), 'harbor.test. has nothing at or below x.harbor.test.')
})

const REFUSED: readonly [string, Partial<Parameters<ReturnType<typeof nameCalls>['editNames']>[0]>, RegExp][] = [
  ['a line that is none', { add: ['www.harbor.test'] }, /expected "owner TYPE data"/],
  ['data that are none', { add: ['www.harbor.test A x'] }, /A: expected an IPv4 address; got x/],
  ['two zones', { add: ['www.harbor.test A 192.0.2.7', 'nowhere.test A 192.0.2.7'] }, /different zones/],
  ['a type that is none', { remove: [{ name: 'www.harbor.test', type: 'QQ' }] }, /"QQ" is no record type/],
  ['a zone without contents', { remove: [{ name: 'www.island.test' }] }, /island\.test\. cannot be read/],
]

for (const [what, edit, why] of REFUSED) {
  test(`refuses ${what}`, async () => {
    const outcome = await callsFor(HARBOR).calls.editNames({ add: [], remove: [], replace: false, ...edit })
    assert.match('refused' in outcome ? outcome.refused : 'changed', why)
  })
}

test('the list of zones tells who serves each, and which are signed', () => {
  const zones = callsFor(HARBOR).calls.zones()
  assert.deepEqual(zones.slice(0, 2), [
    { zone: '.', serial: 1, records: zones[0]?.records, servers: ['root'], signed: true },
    { zone: 'test.', serial: 1, records: zones[1]?.records, servers: ['registry'], signed: true },
  ])
  const island = zones.find(({ zone }) => zone === 'island.test.')
  assert.deepEqual(island, {
    zone: 'island.test.',
    serial: null,
    records: 0,
    servers: ['ns.island.test'],
    signed: false,
  })
})

test('hints and anchors are what other resolvers read', async () => {
  const { hints, ds, bind } = await callsFor(HARBOR).calls.anchors()
  assert.equal(hints, '. 3600000 NS root.\nroot. 3600000 A 203.0.113.3\nroot. 3600000 AAAA 2001:db8::3\n')
  assert.match(ds, /^\. IN DS \d+ 13 2 [0-9A-F]{64}\n$/)
  assert.match(bind, /^trust-anchors \{\n {2}"?\."? static-ds \d+ 13 2 "[0-9A-F]{64}";\n\};\n$/)
})

const ASKED = { host: 'ns.a.test', name: 'www.a.test', type: 1, peer: '192.0.2.9' }

test('an order is done as often as it says, and the next one after it', () => {
  const world = worldFrom({
    hosts: { 'ns.a.test': ['dns'] },
    dns: {
      failures: [
        { do: 'servfail', name: 'www.*', count: 2 },
        { do: 'silence', type: 'A' },
      ],
    },
  })
  const lab = new Lab(world)
  const kinds = [1, 2, 3, 4].map(() => lab.take(ASKED)?.kind)
  assert.deepEqual(kinds, ['rcode', 'rcode', 'silence', 'silence'])
  assert.deepEqual(
    lab.standing.map(({ id, done }) => [id, done]),
    [[2, 2]],
  )
  assert.deepEqual([lab.cancel(9), lab.cancel(2), lab.busy], [0, 1, false])
})

test('an order is for the server, the asker, the name and the type that it names', () => {
  const lab = new Lab(worldFrom({ hosts: { 'ns.a.test': ['dns'] } }))
  lab.order({ mistake: { kind: 'lame' }, host: 'ns.a.test', peer: '192.0.2.0/24', name: '*.a.test', type: 1 })
  assert.equal(lab.take(ASKED)?.kind, 'lame')
  assert.equal(lab.take({ ...ASKED, name: 'WWW.A.TEST' })?.kind, 'lame')
  const others = [{ host: 'root' }, { peer: '198.51.100.1' }, { name: 'a.test' }, { type: 28 }]
  assert.deepEqual(
    others.map((other) => lab.take({ ...ASKED, ...other })),
    [undefined, undefined, undefined, undefined],
  )
})

test('an order from the command line is read as the world file is', () => {
  const { calls, state } = callsFor(HARBOR)
  const ordered = calls.orderFailure({
    do: 'delay',
    name: 'www.harbor.test',
    delay: '3s',
    host: 'ns.harbor.test',
    count: 1,
  })
  assert.deepEqual(ordered, {
    id: 1,
    do: 'delay',
    when: 'all types of www.harbor.test, at ns.harbor.test, once',
    done: 0,
  })
  assert.equal(state.names.lab.busy, true)
  const wrong = calls.orderFailure({ do: 'servfail', host: 'nowhere' })
  assert.deepEqual(wrong, { refused: 'host: there is no host "nowhere"' })
  assert.match(JSON.stringify(calls.orderFailure({ do: 'nothing', count: 0 })), /do: .*; count: /)
  calls.orderFailure({ do: 'notimp' })
  assert.deepEqual(
    calls.failures().map((one) => one.do),
    ['delay', 'notimp'],
  )
  assert.deepEqual([calls.cancelFailures(undefined), calls.failures()], [2, []])
})
