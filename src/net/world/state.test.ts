import assert from 'node:assert/strict'
import { test } from 'node:test'
import { MemoryTree } from '../../sim/memory-tree.ts'
import { createWorldState, defaultClient, defaultWorld, UNKNOWN_NAMES_MAX } from './index.ts'
import { TOY_SERVICES } from './toy-services.ts'
import { createUnknownNames } from './unknown-names.ts'

const site = new MemoryTree()
const world = defaultWorld(TOY_SERVICES)
const stateOf = (catchAll: boolean) =>
  createWorldState({ ...world, catchAll }, { folder: (path) => (path === './site' ? site : undefined) })

test('the default world has two domains, their hosts, two users and two clients', () => {
  assert.deepEqual(
    world.hosts.map((host) => [host.name, host.addresses[0], host.services.map((entry) => entry.service).join()]),
    [
      ['ns.harbor.test', '192.0.2.1', 'dns'],
      ['www.harbor.test', '192.0.2.2', 'http'],
      ['mail.harbor.test', '192.0.2.3', 'smtp,imap,pop3'],
      ['files.harbor.test', '192.0.2.4', 'ftp,ssh'],
      ['time.harbor.test', '192.0.2.5', 'ntp'],
      ['ns.island.test', '198.51.100.1', 'dns'],
      ['www.island.test', '198.51.100.2', 'http'],
      ['mail.island.test', '198.51.100.3', 'smtp,imap,pop3'],
      ['files.island.test', '198.51.100.4', 'ftp,ssh'],
      ['laptop', '203.0.113.10', ''],
      ['desktop', '203.0.113.11', ''],
    ],
  )
  assert.deepEqual(
    world.users.map((user) => user.address),
    ['alice@harbor.test', 'bob@island.test'],
  )
  assert.equal(defaultClient(world).name, 'laptop')
})

test('a service sees its host, and every address leads back to its name', () => {
  const state = stateOf(false)
  const view = state.viewFor({ name: 'www.harbor.test' })
  assert.deepEqual(view.host, {
    name: 'www.harbor.test',
    aliases: ['harbor.test'],
    addresses: ['192.0.2.2', '2001:db8:1::2'],
    services: ['http'],
  })
  for (const host of view.hosts) for (const ip of host.addresses) assert.equal(view.nameOf(ip), host.name)
  assert.equal(view.nameOf('192.0.2.200'), undefined)
  assert.equal(view.folder('./site'), site)
  assert.equal(view.folder('./other'), undefined)
  assert.throws(() => state.viewFor({ name: 'nobody.test' }), { message: 'no host of this world: nobody.test' })
})

test('names that a catch-all world lacks get addresses that lead back, the same for all hosts', () => {
  const state = stateOf(true)
  const one = state.viewFor({ name: 'ns.harbor.test' })
  const other = state.viewFor({ name: 'ns.island.test' })
  assert.deepEqual(one.unknownName('www.example.com'), ['198.19.0.1', '2001:db8:ffff::1'])
  assert.deepEqual(other.unknownName('cdn.example.com'), ['198.19.0.2', '2001:db8:ffff::2'])
  assert.deepEqual(other.unknownName('www.example.com'), ['198.19.0.1', '2001:db8:ffff::1'])
  assert.equal(one.nameOf('2001:db8:ffff::2'), 'cdn.example.com')
  assert.equal(state.nameOf('198.19.0.1'), 'www.example.com')
})

test('other worlds give unknown names nothing', () => {
  assert.equal(stateOf(false).viewFor({ name: 'laptop' }).unknownName('www.example.com'), undefined)
})

test('unknown names have an end, and those that have addresses keep them', () => {
  const names = createUnknownNames((ip) => ip === '198.19.0.1')
  for (let number = 1; number < UNKNOWN_NAMES_MAX; number++) names.addressesOf(`${number}.test`)
  assert.deepEqual(names.addressesOf('1.test'), ['198.19.0.2', '2001:db8:ffff::2'])
  assert.deepEqual(names.addressesOf(`${UNKNOWN_NAMES_MAX - 1}.test`), ['198.19.255.254', '2001:db8:ffff::fffe'])
  assert.equal(names.addressesOf('one-too-many.test'), undefined)
})

test('the clocks that hosts show are read when somebody asks', () => {
  const state = stateOf(false)
  let aheadMs = 300
  state.viewFor({ name: 'time.harbor.test' }).showClock(() => ({ aheadMs, stratum: 1 }))
  aheadMs = 299
  assert.deepEqual(state.hostClocks(0), [{ host: 'time.harbor.test', aheadMs: 299, stratum: 1 }])
})
