import assert from 'node:assert/strict'
import { test } from 'node:test'
import { formatDate, parseDate, writtenDay } from './dates.ts'

const READ: readonly (readonly [text: string, iso: string, zoneMinutes: number])[] = [
  ['Fri, 21 Nov 1997 09:55:06 -0600', '1997-11-21T15:55:06Z', -360],
  ['Tue, 1 Jul 2003 10:52:37 +0200', '2003-07-01T08:52:37Z', 120],
  [
    'Thu,\r\n      13\r\n        Feb\r\n          1969\r\n      23:32\r\n               -0330 (Newfoundland Time)',
    '1969-02-14T03:02:00Z',
    -210,
  ],
  ['21 Nov 97 09:55:06 GMT', '1997-11-21T09:55:06Z', 0],
  ['Fri, 21 Nov 1997 09(comment):   55  :  06 -0600', '1997-11-21T15:55:06Z', -360],
  ['1 Jan 49 00:00 UT', '2049-01-01T00:00:00Z', 0],
  ['1 Jan 50 00:00 Z', '1950-01-01T00:00:00Z', 0],
  ['1 Jan 104 00:00 +0000', '2004-01-01T00:00:00Z', 0],
  ['1 Jan 2020 00:00:00 EST', '2020-01-01T05:00:00Z', -300],
  ['1 Jan 2020 00:00:00 PDT', '2020-01-01T07:00:00Z', -420],
  ['1 Jan 2020 00:00:00 A', '2020-01-01T00:00:00Z', 0],
  ['1 Jan 2020 00:00:00', '2020-01-01T00:00:00Z', 0],
  ['30 Jun 2015 23:59:60 +0000', '2015-07-01T00:00:00Z', 0],
  ['Tue Feb  1 12:00:00 1994', '1994-02-01T12:00:00Z', 0],
  ['Tue Feb 1 12:00:00 EST 1994', '1994-02-01T17:00:00Z', -300],
  ['Tue Feb 1 12:00:00 1994 +0100', '1994-02-01T11:00:00Z', 60],
  ['Tue, 01-Feb-1994 12:00:00 +01:00', '1994-02-01T11:00:00Z', 60],
  ['Tue 1 February 1994 12.00.00 gmt', '1994-02-01T12:00:00Z', 0],
]

test('dates in all their forms', () => {
  for (const [text, iso, zoneMinutes] of READ) {
    assert.deepEqual(parseDate(text), { ms: Date.parse(iso), zoneMinutes }, text)
  }
})

test('what is no date', () => {
  const texts = [
    '',
    'yesterday',
    '32 Jan 2020 00:00 Z',
    '0 Jan 2020 00:00 Z',
    '1 Foo 2020 00:00 Z',
    '1 Jan 2020',
    '1 Jan 2020 24:00 Z',
  ]
  for (const text of [...texts, '1 Jan 2020 23:60:00 Z', ' '.repeat(100_000)])
    assert.equal(parseDate(text), undefined, text)
})

test('one form written, and read again', () => {
  assert.equal(formatDate(Date.parse('1994-11-06T08:49:37.9Z')), 'Sun, 06 Nov 1994 08:49:37 +0000')
  assert.deepEqual(parseDate(formatDate(784_111_777_000)), { ms: 784_111_777_000, zoneMinutes: 0 })
})

test('the day is the one that was written, not the one in UTC', () => {
  const late = parseDate('31 Dec 1969 23:00 -0500')
  assert.equal(late && writtenDay(late), -1)
  const early = parseDate('2 Jan 1970 01:00 +0300')
  assert.equal(early && writtenDay(early), 1)
})
