// Every case of RFC 5321 §5.1 that a domain can be in, against names in a table.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { failure, type Failure } from '../../../core/failure.ts'
import type { NameResolver } from '../../../core/world-view.ts'
import { findRoute, type Asker, type Route } from './routes.ts'

type Names = Readonly<Record<string, readonly (readonly string[])[] | Failure>>

const ASKER: Asker = {
  names: new Set(['mail.harbor.test']),
  addresses: ['198.51.100.1', '2001:db8::1'],
  random: (size) => new Uint8Array(size),
}
const TWO: Names = {
  'MX island.test': [
    ['20', 'b.island.test'],
    ['10', 'a.island.test'],
  ],
  'A a.island.test': [['198.51.100.2']],
  'AAAA a.island.test': [['2001:db8::2']],
  'A b.island.test': [['198.51.100.3']],
}

function routeOf(domain: string, names: Names, asker: Asker = ASKER): Route {
  const routes: Route[] = []
  const resolver: NameResolver = {
    resolve: (name, type, then) => then(names[`${type} ${name}`] ?? failure('ENODATA', `no ${type}`)),
  }
  findRoute(domain, resolver, asker, (route) => routes.push(route))
  assert.equal(routes.length, 1)
  return routes[0] ?? []
}

function ips(route: Route): readonly string[] | string | undefined {
  return 'code' in route ? route.enhanced : route.map((host) => host.ip)
}

const CASES: readonly (readonly [string, string, Names, readonly string[] | string])[] = [
  ['by preference, each with all its addresses', 'island.test', TWO, ['198.51.100.2', '2001:db8::2', '198.51.100.3']],
  ['no MX: the domain itself', 'island.test', { 'A island.test': [['198.51.100.9']] }, ['198.51.100.9']],
  ['no MX and no address', 'island.test', {}, '5.4.4'],
  ['no such domain', 'island.test', { 'MX island.test': failure('ENOTFOUND', 'no') }, '5.1.2'],
  ['a name server that cannot say', 'island.test', { 'MX island.test': failure('ESERVFAIL', 'no') }, '4.4.3'],
  ['a name server that does not answer', 'island.test', { 'MX island.test': failure('ETIMEOUT', 'no') }, '4.4.3'],
  ['null MX', 'island.test', { 'MX island.test': [['0', '']] }, '5.1.10'],
  [
    'an exchanger whose address cannot be told now',
    'island.test',
    { 'MX island.test': [['10', 'a.island.test']], 'A a.island.test': failure('ETIMEOUT', 'no') },
    '4.4.3',
  ],
  [
    'an exchanger without an address beside one that has one',
    'island.test',
    {
      'MX island.test': [
        ['10', 'x.test'],
        ['20', 'y.test'],
      ],
      'A y.test': [['198.51.100.4']],
    },
    ['198.51.100.4'],
  ],
  ['an address literal', '[192.0.2.1]', {}, ['192.0.2.1']],
  ['an IPv6 literal', '[IPv6:2001:db8::9]', {}, ['2001:db8::9']],
  ['our own address', '[198.51.100.1]', {}, '5.4.6'],
  [
    'ourselves second: those before only',
    'island.test',
    {
      ...TWO,
      'MX island.test': [
        ['10', 'a.island.test'],
        ['20', 'mail.harbor.test'],
        ['20', 'b.island.test'],
      ],
    },
    ['198.51.100.2', '2001:db8::2'],
  ],
  [
    'ourselves first',
    'island.test',
    {
      ...TWO,
      'MX island.test': [
        ['1', 'mail.harbor.test'],
        ['9', 'a.island.test'],
      ],
    },
    '5.4.6',
  ],
  [
    'ourselves by address',
    'island.test',
    { 'MX island.test': [['1', 'other.test']], 'A other.test': [['198.51.100.1']] },
    '5.4.6',
  ],
  [
    'a domain with letters of the world',
    'b\u00fccher.test',
    { 'A xn--bcher-kva.test': [['198.51.100.5']] },
    ['198.51.100.5'],
  ],
]

for (const [what, domain, names, expected] of CASES) {
  test(what, () => assert.deepEqual(ips(routeOf(domain, names)), expected))
}

test('equal preferences are shuffled by chance', () => {
  const names: Names = {
    'MX island.test': [
      ['10', 'a.test'],
      ['10', 'b.test'],
    ],
    'A a.test': [['198.51.100.2']],
    'A b.test': [['198.51.100.3']],
  }
  const by = (...chances: number[]): Route =>
    routeOf('island.test', names, { ...ASKER, random: () => Uint8Array.from(chances) })
  assert.deepEqual(ips(by(1, 2)), ['198.51.100.2', '198.51.100.3'])
  assert.deepEqual(ips(by(2, 1)), ['198.51.100.3', '198.51.100.2'])
})

test('a host without IPv6 is not sent there', () => {
  const route = routeOf('island.test', TWO, { ...ASKER, addresses: ['198.51.100.1'] })
  assert.deepEqual(ips(route), ['198.51.100.2', '198.51.100.3'])
})

test('the certificate is to be for the exchanger', () => {
  const route = routeOf('island.test', TWO)
  assert.ok(!('code' in route))
  assert.deepEqual(route[0], { name: 'a.island.test', ip: '198.51.100.2' })
})
