import assert from 'node:assert/strict'
import { test } from 'node:test'
import { EXCHANGE_EARNED_BYTES, EXCHANGE_EARNED_MS, EXCHANGES_AHEAD_MAX } from '../limits.ts'
import { ExchangeCredit } from './exchange-credit.ts'

function usedUp(): ExchangeCredit {
  const credit = new ExchangeCredit(0)
  for (let count = 0; count < EXCHANGES_AHEAD_MAX; count++) assert.equal(credit.takes(0, 0), true)
  return credit
}

test('so many ahead, and no more', () => assert.equal(usedUp().takes(0, 0), false))

test('more with time', () => {
  const credit = usedUp()
  assert.equal(credit.takes(EXCHANGE_EARNED_MS, 0), true)
  assert.equal(credit.takes(EXCHANGE_EARNED_MS, 0), false)
})

test('more with what is sent, however fast', () => {
  const credit = usedUp()
  for (let count = 1; count < 1000; count++) assert.equal(credit.takes(0, count * EXCHANGE_EARNED_BYTES), true)
  assert.equal(credit.takes(0, 1000 * EXCHANGE_EARNED_BYTES - 1), false)
})

test('long silence saves up no more than there is at first', () => {
  const credit = new ExchangeCredit(0)
  const later = 1_000_000 * EXCHANGE_EARNED_MS
  for (let count = 0; count < EXCHANGES_AHEAD_MAX; count++) assert.equal(credit.takes(later, 0), true)
  assert.equal(credit.takes(later, 0), false)
})
