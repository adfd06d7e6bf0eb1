// Names, sets of numbers and dates, each both ways.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { STAR } from '../content/search-key.ts'
import { formatDate, formatDateTime, parseDate, parseDateTime } from './date.ts'
import { formatNumbers, formatNumberSet, isInSet, parseNumberSet } from './number-set.ts'
import { decodeUtf7, decodeUtf8, encodeUtf7, encodeUtf8 } from './utf7.ts'

/** RFC 3501 §5.1.3, and more. */
const NAMES: readonly (readonly [name: string, wire: string])[] = [
  ['INBOX', 'INBOX'],
  ['~peter/mail/台北/日本語', '~peter/mail/&U,BTFw-/&ZeVnLIqe-'],
  ['Entwürfe', 'Entw&APw-rfe'],
  ['a & b', 'a &- b'],
  ['&', '&-'],
  ['📬', '&2D3c7A-'],
  ['tab\there', 'tab&AAk-here'],
  ['', ''],
]

for (const [name, wire] of NAMES) {
  test(`"${name}" is ${wire} in modified UTF-7`, () => {
    assert.equal(encodeUtf7(name), wire)
    assert.equal(decodeUtf7(wire), name)
    assert.equal(decodeUtf8(encodeUtf8(name)), name)
  })
}

for (const wrong of ['&', '&AGE-', '&U,BTFw-&ZeVnLIqe-', '&U,BTFw', 'é', '&!-', '&AA-', 'a\rb', '&2D0-x&3Kw']) {
  test(`"${wrong}" is no modified UTF-7`, () => assert.equal(decodeUtf7(wrong), undefined))
}

test('octets that are no UTF-8', () => {
  assert.equal(decodeUtf8('\xff'), undefined)
  assert.equal(decodeUtf8('\xc3'), undefined)
})

test('sets of numbers', () => {
  for (const text of ['1', '1:3,7,9:*', '*', '*:4', '4294967295']) {
    assert.equal(formatNumberSet(parseNumberSet(text) ?? []), text)
  }
  for (const text of ['', '0', '1,', ':1', '1:', '1:2:3', '4294967296', '1 2', '-1', '1;2']) {
    assert.equal(parseNumberSet(text), undefined, text)
  }
  assert.equal(formatNumbers([1, 2, 3, 7, 9, 10]), '1:3,7,9:10')
  assert.equal(formatNumbers([]), '')
  assert.equal(isInSet([{ from: 5, to: STAR }], 3, 3), true)
  assert.equal(isInSet([{ from: 5, to: STAR }], 4, 9), false)
  assert.equal(isInSet([{ from: 9, to: 5 }], 7, 20), true)
})

test('dates', () => {
  const ms = Date.UTC(1996, 6, 17, 9, 44, 25)
  assert.equal(parseDateTime('17-Jul-1996 02:44:25 -0700'), ms)
  assert.equal(formatDateTime(ms), '17-Jul-1996 09:44:25 +0000')
  assert.equal(formatDateTime(Date.UTC(2026, 0, 2)), ' 2-Jan-2026 00:00:00 +0000')
  assert.equal(parseDateTime(formatDateTime(ms)), ms)
  for (const wrong of [
    '',
    '17-Jul-1996',
    '32-Jul-1996 02:44:25 -0700',
    '17-Foo-1996 02:44:25 +0000',
    '30-Feb-2024 00:00:00 +0000',
    '17-Jul-1996 24:00:00 +0000',
  ]) {
    assert.equal(parseDateTime(wrong), undefined, wrong)
  }
  assert.equal(formatDate(parseDate('1-Feb-1994') ?? 0), '1-Feb-1994')
  assert.equal(parseDate('29-Feb-2023'), undefined)
})
