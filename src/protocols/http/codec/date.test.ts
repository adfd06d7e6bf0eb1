import assert from 'node:assert/strict'
import { test } from 'node:test'
import { formatDate, parseDate } from './date.ts'

/** RFC 9110 §5.6.7's own example. */
const MOMENT = 784_111_777_000
const NOW = Date.UTC(2026, 0, 1)

test('one moment in three forms', () => {
  assert.equal(formatDate(MOMENT), 'Sun, 06 Nov 1994 08:49:37 GMT')
  assert.equal(parseDate('Sun, 06 Nov 1994 08:49:37 GMT', NOW), MOMENT)
  assert.equal(parseDate('Sunday, 06-Nov-94 08:49:37 GMT', NOW), MOMENT)
  assert.equal(parseDate('Sun Nov  6 08:49:37 1994', NOW), MOMENT)
})

test('a year of two digits lies at most 50 years ahead', () => {
  assert.equal(parseDate('Wednesday, 01-Jan-76 00:00:00 GMT', NOW), Date.UTC(2076, 0, 1))
  assert.equal(parseDate('Saturday, 01-Jan-77 00:00:00 GMT', NOW), Date.UTC(1977, 0, 1))
})

test('what is no date', () => {
  for (const text of ['', 'yesterday', '0', 'Sun, 06 Nov 1994 08:49:37', 'Sun, 06 Nov 1994 24:49:37 GMT']) {
    assert.equal(parseDate(text, NOW), undefined, text)
  }
  assert.equal(parseDate('Sun, 06 Nop 1994 08:49:37 GMT', NOW), undefined)
  assert.equal(parseDate('Sun, 00 Nov 1994 08:49:37 GMT', NOW), undefined)
})
