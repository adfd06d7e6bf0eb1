import assert from 'node:assert/strict'
import { test } from 'node:test'
import { host, LAPTOP, worldWith } from './firewall/fixture.ts'
import { resolverAddresses, withResolver } from './resolver-host.ts'
import { TOY_SERVICES } from './world/toy-services.ts'

test('a world without dns gets a host for it', () => {
  const world = withResolver(worldWith(), TOY_SERVICES)
  const added = world.hosts.at(-1)
  assert.deepEqual([added?.name, added?.addresses], ['resolver', ['203.0.113.2', '2001:db8::2']])
  assert.deepEqual(
    added?.services.map(({ service, ports }) => [service, ports.length]),
    [['dns', 2]],
  )
  assert.deepEqual(resolverAddresses(world), added?.addresses)
})

test('a name or an address that is taken is passed over', () => {
  const hosts = [host('resolver', ['203.0.113.2']), { ...host('other', ['2001:db8::3']), aliases: ['resolver2'] }]
  const added = withResolver(worldWith({ hosts }), TOY_SERVICES).hosts.at(-1)
  assert.deepEqual([added?.name, added?.addresses], ['resolver3', ['203.0.113.4', '2001:db8::4']])
})

test('a world with dns, or without such a service, stays as it is', () => {
  const world = worldWith({ hosts: [host('ns.harbor.test', ['192.0.2.53'], ['dns']), LAPTOP] })
  assert.equal(withResolver(world, TOY_SERVICES), world)
  assert.deepEqual(resolverAddresses(world), ['192.0.2.53'])
  const bare = worldWith()
  assert.equal(withResolver(bare, []), bare)
})
