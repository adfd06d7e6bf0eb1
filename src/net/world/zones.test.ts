import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isConfigError } from '../../core/failure.ts'
import type { NamedRecord } from '../../core/world-view.ts'
import { parseRdata } from '../../shared/dns/index.ts'
import { isMalformed, typeNumber } from '../../shared/dns/messages.ts'
import { derivedHostKeys, sshfpRecords } from '../../shared/ssh-keys/index.ts'
import { defaultWorld } from './index.ts'
import type { Host, World } from './model.ts'
import { resolveWorld } from './resolve.ts'
import { TOY_SERVICES } from './toy-services.ts'
import { planOf, reverseNames, zonesOf } from './zones.ts'

function world(data: unknown): World {
  const world = resolveWorld(data, { services: TOY_SERVICES, folder: undefined })
  assert.ok(!isConfigError(world), JSON.stringify(world))
  return world
}

function linesOf(world: World): Record<string, string[]> {
  return Object.fromEntries(
    zonesOf(world).map((zone) => [zone.name, zone.records.map((one) => `${one.name} ${one.type} ${one.data}`)]),
  )
}

test('a domain has its hosts, their aliases, mail and web records, and a reverse zone', () => {
  const data = {
    domains: {
      'harbor.test': {
        records: ['@ TXT "v=spf1 mx -all"', 'blog TXT hello', 'printer A 192.0.2.77', '*.dev CNAME www'],
      },
    },
    hosts: {
      'ns.harbor.test': ['dns'],
      'www.harbor.test': { aliases: ['harbor.test', 'web.harbor.test', 'blog.harbor.test'], services: ['http'] },
      'mail.harbor.test': [],
      laptop: { client: true },
    },
  }
  assert.deepEqual(linesOf(world(data)), {
    '': [
      ' SOA ns.harbor.test. hostmaster. 1 3600 600 86400 300',
      ' NS ns.harbor.test.',
      'laptop A 203.0.113.10',
      'laptop AAAA 2001:db8::a',
      'test NS ns.harbor.test.',
      'ns.harbor.test A 192.0.2.1',
      'ns.harbor.test AAAA 2001:db8:1::1',
      'arpa NS ns.harbor.test.',
      'ns.harbor.test A 192.0.2.1',
      'ns.harbor.test AAAA 2001:db8:1::1',
    ],
    test: [
      'test SOA ns.harbor.test. hostmaster.test. 1 3600 600 86400 300',
      'test NS ns.harbor.test.',
      'harbor.test NS ns.harbor.test.',
      'ns.harbor.test A 192.0.2.1',
      'ns.harbor.test AAAA 2001:db8:1::1',
    ],
    arpa: [
      'arpa SOA ns.harbor.test. hostmaster.arpa. 1 3600 600 86400 300',
      'arpa NS ns.harbor.test.',
      '2.0.192.in-addr.arpa NS ns.harbor.test.',
      '1.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa NS ns.harbor.test.',
      '113.0.203.in-addr.arpa NS ns.harbor.test.',
      '0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa NS ns.harbor.test.',
    ],
    'harbor.test': [
      'harbor.test SOA ns.harbor.test. hostmaster.harbor.test. 1 3600 600 86400 300',
      'harbor.test NS ns.harbor.test.',
      'harbor.test MX 10 mail.harbor.test.',
      'harbor.test CAA 0 issue "portolan.internal"',
      'ns.harbor.test A 192.0.2.1',
      'ns.harbor.test AAAA 2001:db8:1::1',
      'www.harbor.test A 192.0.2.2',
      'www.harbor.test AAAA 2001:db8:1::2',
      'www.harbor.test HTTPS 1 . alpn="h2,http/1.1"',
      'harbor.test A 192.0.2.2',
      'harbor.test AAAA 2001:db8:1::2',
      'harbor.test HTTPS 1 . alpn="h2,http/1.1"',
      'web.harbor.test CNAME www.harbor.test.',
      'blog.harbor.test A 192.0.2.2',
      'blog.harbor.test AAAA 2001:db8:1::2',
      'blog.harbor.test HTTPS 1 . alpn="h2,http/1.1"',
      'mail.harbor.test A 192.0.2.3',
      'mail.harbor.test AAAA 2001:db8:1::3',
      'harbor.test TXT "v=spf1 mx -all"',
      'blog.harbor.test TXT "hello"',
      'printer.harbor.test A 192.0.2.77',
      '*.dev.harbor.test CNAME www.harbor.test.',
    ],
    '2.0.192.in-addr.arpa': [
      '2.0.192.in-addr.arpa SOA ns.harbor.test. hostmaster.2.0.192.in-addr.arpa. 1 3600 600 86400 300',
      '2.0.192.in-addr.arpa NS ns.harbor.test.',
      '1.2.0.192.in-addr.arpa PTR ns.harbor.test.',
      '2.2.0.192.in-addr.arpa PTR www.harbor.test.',
      '3.2.0.192.in-addr.arpa PTR mail.harbor.test.',
      '77.2.0.192.in-addr.arpa PTR printer.harbor.test.',
    ],
    '1.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa': [
      '1.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa SOA ns.harbor.test. hostmaster.1.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa. 1 3600 600 86400 300',
      '1.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa NS ns.harbor.test.',
      '1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.1.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa PTR ns.harbor.test.',
      '2.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.1.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa PTR www.harbor.test.',
      '3.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.1.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa PTR mail.harbor.test.',
    ],
    '113.0.203.in-addr.arpa': [
      '113.0.203.in-addr.arpa SOA ns.harbor.test. hostmaster.113.0.203.in-addr.arpa. 1 3600 600 86400 300',
      '113.0.203.in-addr.arpa NS ns.harbor.test.',
      '10.113.0.203.in-addr.arpa PTR laptop.',
    ],
    '0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa': [
      '0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa SOA ns.harbor.test. hostmaster.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa. 1 3600 600 86400 300',
      '0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa NS ns.harbor.test.',
      'a.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa PTR laptop.',
    ],
  })
})

test("the owner's records stand in place of derived ones of the same name and type", () => {
  const data = {
    domains: { 'harbor.test': { records: ['@ MX 5 mx.island.test.', '@ CAA 0 issue ";"', 'www 60 A 192.0.2.99'] } },
    hosts: { 'mail.harbor.test': ['smtp'], 'www.harbor.test': ['http'] },
  }
  const lines = linesOf(world(data))['harbor.test']?.filter((line) => / (MX|CAA|A) /.test(line))
  assert.deepEqual(lines, [
    'mail.harbor.test A 192.0.2.1',
    'harbor.test MX 5 mx.island.test.',
    'harbor.test CAA 0 issue ";"',
    'www.harbor.test A 192.0.2.99',
  ])
})

test('a host that serves SMTP is the mail exchange, whatever its name', () => {
  const lines = linesOf(world({ hosts: { 'mail.a.test': [], 'relay.a.test': ['smtp'] } }))['a.test'] ?? []
  assert.deepEqual(
    lines.filter((line) => line.includes(' MX ')),
    ['a.test MX 10 relay.a.test.'],
  )
})

test('an alias that is the domain itself has addresses, for it cannot be a CNAME', () => {
  const lines = linesOf(world({ hosts: { 'www.a.test': { aliases: ['a.test'] } } }))['a.test'] ?? []
  assert.ok(lines.includes('a.test A 192.0.2.1'))
  assert.deepEqual(
    lines.filter((line) => line.includes(' CNAME ')),
    [],
  )
})

test('no HTTPS record promises a port that is not served', () => {
  const lines = linesOf(world({ hosts: { 'www.a.test': [{ http: { port: 8080 } }] } }))['a.test'] ?? []
  assert.deepEqual(
    lines.filter((line) => line.includes(' HTTPS ')),
    [],
  )
})

test('hosts publish the keys that they prove themselves by', () => {
  const keys = derivedHostKeys(new Uint8Array(32), 'files.a.test')
  const zones = zonesOf(
    world({ hosts: { 'files.a.test': ['ssh'], 'www.a.test': ['http'] } }),
    undefined,
    new Map([['files.a.test', keys]]),
  )
  const records = zones.flatMap((zone) => zone.records).filter((record) => record.type === 'SSHFP')
  assert.deepEqual(
    records.map((record) => [record.name, record.data]),
    sshfpRecords(keys).map((data) => ['files.a.test', data]),
  )
  for (const record of records) assert.ok(isServable(record))
})

test('a domain below another is a zone of its own', () => {
  const zones = linesOf(
    world({ domains: { 'a.test': {}, 'b.a.test': {} }, hosts: { 'www.b.a.test': [], 'www.a.test': [] } }),
  )
  assert.ok(zones['b.a.test']?.includes('www.b.a.test A 198.51.100.1'))
  assert.ok(!zones['a.test']?.some((line) => line.startsWith('www.b.a.test ')))
})

test('the DNS service can serve every record of the default world', () => {
  for (const record of zonesOf(defaultWorld(TOY_SERVICES)).flatMap((zone) => zone.records)) {
    assert.ok(isServable(record), JSON.stringify(record))
  }
})

function isServable({ type, data }: NamedRecord): boolean {
  return !isMalformed(parseRdata(typeNumber(type) ?? 0, data))
}

test('the file may say who serves a domain, the root and what lies between', () => {
  const data = {
    domains: {
      '.': { servers: 'a.test-root.test' },
      test: { servers: ['b.test-root.test'], dnssec: false },
      'test-root.test': {},
      'x.test': { servers: ['b.test-root.test', 'a.test-root.test'] },
    },
    hosts: { 'a.test-root.test': ['dns'], 'b.test-root.test': ['dns'], 'www.x.test': [] },
  }
  const zones = linesOf(world(data))
  assert.deepEqual(
    zones['']?.filter((line) => / (SOA|NS) /.test(line)),
    [
      ' SOA a.test-root.test. hostmaster. 1 3600 600 86400 300',
      ' NS a.test-root.test.',
      'test NS b.test-root.test.',
      'arpa NS a.test-root.test.',
    ],
  )
  assert.deepEqual(
    zones['test']?.filter((line) => line.startsWith('x.test')),
    ['x.test NS b.test-root.test.', 'x.test NS a.test-root.test.'],
  )
  const plan = planOf(world(data))
  assert.deepEqual(
    [plan.get('test')?.signing, plan.get('x.test')?.signing?.algorithm, plan.get('x.test')?.parent],
    [undefined, 13, 'test'],
  )
})

const sharing = (host: Host): Host => (host.client ? { ...host, addresses: ['127.0.0.1'] } : host)

test('an address that several hosts share leads back to the first of them', () => {
  const world = defaultWorld(TOY_SERVICES)
  const shared = { ...world, hosts: world.hosts.map(sharing) }
  assert.equal(reverseNames(shared, []).get('127.0.0.1'), 'laptop')
})
