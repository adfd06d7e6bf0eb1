// A test changes the names of its world, asks them, and has them go wrong.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { withWorld } from './index.ts'

const SHOP = { hosts: { 'ns.shop.test': ['dns'], 'www.shop.test': ['http'] } }

test('a record that is set is what the resolver finds, validated', async (t) => {
  const { names } = await withWorld(t, { world: SHOP })
  await names.set('pay.shop.test 60 A 192.0.2.77')
  await names.add('pay.shop.test 60 A 192.0.2.78')
  const { rcode, secure, answers } = await names.query('pay.shop.test')
  assert.deepEqual(
    [rcode, secure, answers.map(({ data }) => data).toSorted()],
    ['NOERROR', true, ['192.0.2.77', '192.0.2.78']],
  )
  await names.remove('pay.shop.test', 'A')
  assert.throws(() => names.list('pay.shop.test'), /nothing at or below pay\.shop\.test/)
})

test('a name server fails as often as it is told to', async (t) => {
  const { names } = await withWorld(t, { world: SHOP })
  const heal = names.fail({ do: 'servfail', name: 'www.shop.test' })
  assert.equal((await names.query('www.shop.test')).rcode, 'SERVFAIL')
  heal()
  assert.equal((await names.query('ns.shop.test')).rcode, 'NOERROR')
})

test('what cannot be done is refused with its reason', async (t) => {
  const { names } = await withWorld(t, { world: SHOP })
  await assert.rejects(names.set('pay.shop.test A nowhere'), /expected an IPv4 address; got nowhere/)
  assert.throws(() => names.fail({ do: 'nonsense' }), /do: /)
  await assert.rejects(names.query('a..b'), /no name/)
})

test('the clock of a world is turned by its test', async (t) => {
  const world = await withWorld(t, { world: SHOP })
  const before = world.clock?.reading().worldMs ?? 0
  world.clock?.step(86_400_000)
  const after = world.clock?.reading().worldMs ?? 0
  assert.ok(after - before >= 86_400_000 && after - before < 86_500_000)
})
