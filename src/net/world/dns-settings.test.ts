// Who serves, signs and changes the domains of a world file, and what is to go wrong with its names.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isConfigError } from '../../core/failure.ts'
import type { World } from './model.ts'
import { resolveWorld } from './resolve.ts'
import { TOY_SERVICES } from './toy-services.ts'

const HOSTS = {
  'ns.a.test': ['dns'],
  'ns2.a.test': ['dns'],
  'www.a.test': ['http'],
  outside: { address: '192.0.2.99' },
}

function resolved(domain: object, dns?: object) {
  const data = { domains: { 'a.test': domain }, hosts: HOSTS, ...(dns && { dns }) }
  return resolveWorld(data, { services: TOY_SERVICES, folder: undefined })
}

function worldOf(domain: object, dns?: object): World {
  const world = resolved(domain, dns)
  assert.ok(!isConfigError(world), JSON.stringify(world))
  return world
}

function problemsOf(domain: object, dns?: object): readonly string[] {
  const world = resolved(domain, dns)
  return isConfigError(world) ? world.problems.map(({ path, message }) => `${path.join('.')}: ${message}`) : []
}

test('a domain says who serves, transfers and changes it', () => {
  const domain = {
    zone: './a.zone',
    servers: ['NS2.a.test', 'ns.a.test'],
    from: ['192.0.2.7 key xfr', '[2001:db8::7]:5353', 'outside:5300'],
    notify: '192.0.2.8',
    transfer: ['192.0.2.0/24', 'outside', 'key xfr', 'any'],
    update: 'key xfr',
  }
  const [read] = worldOf(domain, { keys: { xfr: { secret: 'AAECAwQFBgcICQoLDA0ODw==' }, own: null } }).domains
  assert.deepEqual(read, {
    name: 'a.test',
    records: [],
    zoneFile: './a.zone',
    servers: ['ns2.a.test', 'ns.a.test'],
    sources: [
      { server: '192.0.2.7', port: 53, key: 'xfr' },
      { server: '2001:db8::7', port: 5353 },
      { server: 'outside', port: 5300 },
    ],
    notify: [{ server: '192.0.2.8', port: 53 }],
    transfer: { peers: ['192.0.2.0/24', 'outside', 'any'], keys: ['xfr'] },
    update: { peers: [], keys: ['xfr'] },
  })
})

test('signing has the defaults of RFC 9276, and its own words', () => {
  const dnssec = {
    algorithm: 'ed25519',
    denial: 'nsec3',
    salt: 'AABB',
    iterations: 5,
    'zone-key': '1h',
    broken: 'expired',
  }
  assert.deepEqual(worldOf({ dnssec }).domains[0]?.signing, {
    algorithm: 15,
    denial: 'nsec3',
    salt: 'aabb',
    iterations: 5,
    optOut: false,
    validityMs: 14 * 86_400_000,
    zoneKeyMs: 3_600_000,
    keyKeyMs: Infinity,
    ahead: false,
    broken: 'expired',
  })
  assert.equal(worldOf({ dnssec: false }).domains[0]?.signing, false)
  assert.equal(worldOf({}, { dnssec: false }).names.signed, false)
})

test('failures are read with all that they ask for', () => {
  const failures = [
    { do: 'servfail', name: 'WWW.*.', type: 'mx', host: 'ns.a.test', peer: '192.0.2.0/24', count: 2 },
    { do: 'delay', delay: '3s' },
    { do: 'poison', poison: 'bank.test 203.0.113.66' },
  ]
  assert.deepEqual(worldOf({}, { failures }).names.failures, [
    {
      mistake: { kind: 'rcode', rcode: 2 },
      name: 'www.*',
      type: 15,
      host: 'ns.a.test',
      peer: '192.0.2.0/24',
      count: 2,
    },
    { mistake: { kind: 'delay', ms: 3000 } },
    { mistake: { kind: 'poison', name: 'bank.test', ip: '203.0.113.66' } },
  ])
})

test('mistakes are told where they stand', () => {
  assert.deepEqual(
    problemsOf({
      servers: ['www.a.test', 'no.a.test'],
      from: 'a b',
      notify: 'nobody',
      update: ['key x', 'some where'],
    }),
    [
      'domains.a.test.servers.0: www.a.test serves no dns; add it to its services',
      'domains.a.test.servers.1: "no.a.test" is no host of this world; did you mean "ns.a.test"?',
      'domains.a.test.from.0: expected a server such as 192.0.2.53, ns.harbor.test:5353 or 192.0.2.53 key NAME; got a b',
      'domains.a.test.notify.0: "nobody" is neither an address nor a host of this world',
      'domains.a.test.update.0: there is no key "x" under dns: keys',
      'domains.a.test.update.1: "some where" is no host, address or range, and neither `key NAME` nor `any`',
    ],
  )
  const failures = [
    { do: 'servfail', type: 'QQ' },
    { do: 'poison', poison: 'bank.test' },
    { do: 'half', peer: 'nobody' },
    { do: 'poison' },
  ]
  assert.deepEqual(problemsOf({}, { keys: { xfr: { secret: 'AAAA' } }, failures }), [
    'dns.keys.xfr.secret: expected 16 octets at least, in base64',
    'dns.failures.0.type: "QQ" is no record type',
    'dns.failures.1.poison: expected a name and an address: www.bank.test 203.0.113.66',
    'dns.failures.2.peer: "nobody" is neither a host nor an address or range',
    'dns.failures.3: `do: poison` needs `poison: NAME ADDRESS`, and nothing else has it',
  ])
})
