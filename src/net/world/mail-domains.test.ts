import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isConfigError } from '../../core/failure.ts'
import { ANY_PASSWORD } from '../../core/world-view.ts'
import { createWorldState, mailViewElsewhere, resolveWorld } from './index.ts'
import { TOY_SERVICES } from './toy-services.ts'

const world = resolveWorld(
  {
    domains: {
      'harbor.test': {},
      'island.test': { records: ['@ MX 10 mx.harbor.test.', '@ MX 20 backup.island.test.'] },
      'quiet.test': { records: ['@ MX 0 .'] },
      'plain.test': {},
    },
    hosts: {
      'mx.harbor.test': { aliases: ['smtp.harbor.test'], services: ['smtp'] },
      'backup.island.test': ['smtp'],
      'www.plain.test': ['http'],
      'in.quiet.test': ['http'],
    },
    users: { 'Alice@harbor.test': 'one', 'bob@island.test': 'two', 'alice@plain.test': 'three' },
  },
  { services: TOY_SERVICES, folder: undefined },
)
assert.ok(!isConfigError(world), JSON.stringify(world))
const state = createWorldState(world, { folder: () => undefined })
const view = (name: string) => state.viewFor({ name })

const takes = (host: string) =>
  ['harbor.test', 'ISLAND.test', 'quiet.test', 'plain.test', 'other.test'].filter((domain) =>
    view(host).takesMailFor(domain),
  )

test('a host takes mail for the domains whose exchanger it is', () => {
  assert.deepEqual(takes('mx.harbor.test'), ['harbor.test', 'ISLAND.test'])
  assert.deepEqual(takes('backup.island.test'), ['ISLAND.test'])
})

test('a domain without exchangers has its mail where its hosts are; one that wants none has it nowhere', () => {
  assert.equal(view('www.plain.test').takesMailFor('plain.test'), true)
  assert.equal(view('in.quiet.test').takesMailFor('quiet.test'), false)
})

test('users log in by their address in any case, or by its local part on a host of their domain', () => {
  const address = (host: string, login: string) => view(host).user(login)?.address
  assert.equal(address('mx.harbor.test', 'ALICE@Harbor.test'), 'alice@harbor.test')
  assert.equal(address('mx.harbor.test', 'alice'), 'alice@harbor.test')
  assert.equal(address('mx.harbor.test', 'bob'), 'bob@island.test')
  assert.equal(address('www.plain.test', 'Alice'), 'alice@plain.test')
  assert.equal(view('www.plain.test').user('alice')?.password, 'three')
  assert.equal(address('backup.island.test', 'alice@harbor.test'), undefined)
  assert.equal(address('mx.harbor.test', 'carol'), undefined)
  assert.equal(address('mx.harbor.test', ''), undefined)
})

test('in a catch-all world, mail for every domain that the world lacks ends elsewhere', () => {
  const elsewhere = mailViewElsewhere(state.zones)
  assert.equal(elsewhere.takesMailFor('example.com'), true)
  assert.equal(elsewhere.takesMailFor('Harbor.test'), false)
  assert.equal(elsewhere.anyUser, true)
  assert.deepEqual(elsewhere.user('alice'), { address: 'alice@anywhere', password: ANY_PASSWORD })
  assert.equal(elsewhere.user('Carol@example.com')?.address, 'carol@example.com')
  assert.equal(elsewhere.user('a b'), undefined)
})
