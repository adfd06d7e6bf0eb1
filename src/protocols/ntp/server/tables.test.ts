// What a server remembers is bounded, and who comes as one too many takes the place of the oldest; ranges of addresses.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { accessOf, parseRange } from './access.ts'
import { ClientTable, CLIENTS_MAX } from './clients.ts'

const ip = (index: number) => `10.${index >> 16}.${(index >> 8) & 255}.${index & 255}`

const lists = (...texts: string[]) => ({
  deny: texts.map(parseRange).filter((range) => range !== undefined),
  restrict: [],
})

test('clients: the oldest is forgotten', () => {
  const table = new ClientTable({ deny: [], restrict: [] }, 0)
  for (let index = 0; index < CLIENTS_MAX * 2 + 10; index++) {
    const client = table.add(ip(index), index)
    assert.equal(table.at(ip(index)), client)
  }
  assert.equal(table.size, CLIENTS_MAX)
  assert.equal(table.at(ip(CLIENTS_MAX + 9)), undefined)
  assert.ok(table.at(ip(CLIENTS_MAX + 10)) !== undefined)
})

test('ranges', () => {
  for (const [range, address, denied] of [
    ['192.0.2.7', '192.0.2.7', true],
    ['192.0.2.7', '192.0.2.8', false],
    ['192.0.2.0/25', '192.0.2.127', true],
    ['192.0.2.0/25', '192.0.2.128', false],
    ['0.0.0.0/0', '203.0.113.1', true],
    ['0.0.0.0/0', '2001:db8::1', false],
    ['2001:db8::/33', '2001:db8:7fff::1', true],
    ['2001:db8::/33', '2001:db8:8000::1', false],
    ['::/0', '2001:db8::1', true],
  ] as const) {
    assert.equal(accessOf(address, lists(range)), denied ? 'DENY' : undefined, `${range} ${address}`)
  }
  for (const text of ['192.0.2.0/33', '::/129', '192.0.2.0/', '192.0.2.0/-1', '192.0.2.0/8/8', 'all', '']) {
    assert.equal(parseRange(text), undefined, text)
  }
})
