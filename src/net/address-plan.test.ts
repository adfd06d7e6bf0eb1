import assert from 'node:assert/strict'
import { test } from 'node:test'
import { planAddresses, type Placement } from './address-plan.ts'

const host = (block: Placement['block'], ...named: string[]): Placement => ({ block, named })

test('each domain and the clients have a range of their own', () => {
  assert.deepEqual(planAddresses([host(0), host(1), host(0), host('clients'), host(2), host(15)]), [
    ['192.0.2.1', '2001:db8:1::1'],
    ['198.51.100.1', '2001:db8:2::1'],
    ['192.0.2.2', '2001:db8:1::2'],
    ['203.0.113.10', '2001:db8::a'],
    ['198.18.0.1', '2001:db8:3::1'],
    ['198.18.13.1', '2001:db8:10::1'],
  ])
})

test('a host at the end moves nobody', () => {
  const before = [host(0), host(1), host('clients'), host(0)]
  assert.deepEqual(planAddresses([...before, host(1), host(0)]).slice(0, 4), planAddresses(before))
})

test('a named address is kept, its number used up, and the other family given', () => {
  assert.deepEqual(planAddresses([host(0), host(0, '10.1.2.3'), host(0)]), [
    ['192.0.2.1', '2001:db8:1::1'],
    ['10.1.2.3', '2001:db8:1::2'],
    ['192.0.2.3', '2001:db8:1::3'],
  ])
})

test('what one host names is given to no other, wherever it stands', () => {
  assert.deepEqual(planAddresses([host(0), host(0, '192.0.2.1', '2001:db8:1::3'), host(0)]), [
    ['192.0.2.2', '2001:db8:1::2'],
    ['192.0.2.1', '2001:db8:1::3'],
    ['192.0.2.5', '2001:db8:1::5'],
  ])
})

test('a full /24 overflows into the end of the benchmarking range', () => {
  const given = planAddresses([...Array.from({ length: 256 }, () => host(0)), host(1)])
  assert.deepEqual(given.slice(253), [
    ['192.0.2.254', '2001:db8:1::fe'],
    ['198.18.255.1', '2001:db8:1::ff'],
    ['198.18.255.2', '2001:db8:1::100'],
    ['198.51.100.1', '2001:db8:2::1'],
  ])
})
