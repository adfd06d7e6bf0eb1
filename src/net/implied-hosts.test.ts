import assert from 'node:assert/strict'
import { test } from 'node:test'
import { host, LAPTOP, worldWith } from './firewall/fixture.ts'
import { resolverAddresses, withImpliedHosts } from './implied-hosts.ts'
import { TOY_SERVICES } from './world/toy-services.ts'

test('a world without name servers gets a resolver, a root and a registry', () => {
  const world = withImpliedHosts(worldWith(), TOY_SERVICES)
  const added = world.hosts.slice(-3)
  assert.deepEqual(
    added.map(({ name, addresses, services }) => [name, addresses, services.map(({ service }) => service)]),
    [
      ['resolver', ['203.0.113.2', '2001:db8::2'], ['resolver']],
      ['root', ['203.0.113.3', '2001:db8::3'], ['dns']],
      ['registry', ['203.0.113.4', '2001:db8::4'], ['dns']],
    ],
  )
  assert.deepEqual(world.hierarchy, { root: 'root', registry: 'registry' })
  assert.deepEqual(resolverAddresses(world), added[0]?.addresses)
})

test('a name or an address that is taken is passed over', () => {
  const hosts = [host('resolver', ['203.0.113.2']), { ...host('other', ['2001:db8::3']), aliases: ['resolver2'] }]
  const added = withImpliedHosts(worldWith({ hosts }), TOY_SERVICES).hosts.at(2)
  assert.deepEqual([added?.name, added?.addresses], ['resolver3', ['203.0.113.4', '2001:db8::4']])
})

test('what the world has of its own is not added', () => {
  const hosts = [
    host('ns.harbor.test', ['192.0.2.53'], ['dns']),
    host('dial.harbor.test', ['192.0.2.54'], ['resolver']),
    LAPTOP,
  ]
  const own = worldWith({ hosts, domains: [{ name: '', records: [], servers: ['ns.harbor.test'] }] })
  const world = withImpliedHosts(own, TOY_SERVICES)
  assert.deepEqual(
    world.hosts.map(({ name }) => name),
    ['ns.harbor.test', 'dial.harbor.test', 'laptop', 'registry'],
  )
  assert.deepEqual(resolverAddresses(world), ['192.0.2.54'])
  assert.deepEqual(withImpliedHosts(worldWith(), []).hosts, worldWith().hosts)
})
