import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Host, World } from '../world/model.ts'
import { onLoopback } from '../loopback.ts'
import { namesFor, territoryOf } from './residence.ts'

function host(name: string, aliases: readonly string[], addresses: readonly string[]): Host {
  return { name, aliases, addresses, services: [], client: false }
}

const WWW = host('www.harbor.test', ['harbor.test'], ['192.0.2.10', '2001:db8:1::10'])
const MAIL = host('mail.harbor.test', [], ['192.0.2.25', '2001:db8:1::25'])
const STRAY = host('ca.example', ['pki.example'], ['10.0.0.1', 'fd00::1'])
const WWW_NAMES = ['www.harbor.test', 'harbor.test', '192.0.2.10', '2001:db8:1::10']

function world(catchAll: boolean): World {
  return {
    name: 'default',
    seed: 1,
    domains: [{ name: 'harbor.test', records: [] }],
    names: { signed: true, keys: [], failures: [] },
    hosts: [WWW, MAIL, STRAY],
    users: [],
    firewall: { default: 'allow', rules: [] },
    faults: [],
    ports: [],
    catchAll,
    folder: undefined,
  }
}

test('a host answers to its name, its aliases and its addresses', () => {
  for (const asked of ['www.harbor.test', 'harbor.test', 'WWW.Harbor.Test.', undefined, '', '192.0.2.10', '::1']) {
    assert.deepEqual(namesFor(world(false), '192.0.2.10', asked), WWW_NAMES, asked)
  }
  assert.deepEqual(namesFor(world(false), '2001:db8:1::10', 'harbor.test'), WWW_NAMES)
})

test('no certificate for a name that does not live at the address', () => {
  for (const asked of ['mail.harbor.test', 'x.harbor.test', 'example.com', 'harbor.tes']) {
    assert.equal(namesFor(world(false), '192.0.2.10', asked), undefined, asked)
  }
  assert.equal(namesFor(world(false), '192.0.2.99', undefined), undefined)
})

test('in a catch-all world every name and address has one', () => {
  assert.deepEqual(namesFor(world(true), '192.0.2.10', 'harbor.test'), WWW_NAMES)
  assert.deepEqual(namesFor(world(true), '203.0.113.9', 'Example.com'), ['example.com', '203.0.113.9'])
  assert.deepEqual(namesFor(world(true), '2001:db8::9', undefined), ['2001:db8::9'])
  assert.deepEqual(namesFor(world(true), '192.0.2.10', 'example.com'), ['example.com', '192.0.2.10'])
})

test('a catch-all world issues nothing for what is no name', () => {
  for (const asked of [
    'a b',
    '*.example.com',
    'a..b',
    '-a.test',
    'a\n.test',
    'é.test',
    'a'.repeat(64),
    `${'a.'.repeat(127)}b`,
  ]) {
    assert.equal(namesFor(world(true), '203.0.113.9', asked), undefined, asked)
  }
})

test('on loopback every host is covered, and what is added later', () => {
  const moved = onLoopback({ ...world(false), hosts: [WWW, MAIL] }, true)
  assert.deepEqual(territoryOf(moved).ranges, ['127.80.0.0/16'])
  assert.deepEqual(namesFor(moved, '127.80.0.1', undefined), ['www.harbor.test', 'harbor.test', '127.80.0.1'])
})

test('the territory is the domains, the names outside of them, and the address ranges', () => {
  assert.deepEqual(territoryOf(world(false)), {
    names: ['harbor.test', 'ca.example', 'pki.example'],
    ranges: ['192.0.2.0/24', '2001:db8::/32', '10.0.0.1/32', 'fd00::1/128'],
  })
})
