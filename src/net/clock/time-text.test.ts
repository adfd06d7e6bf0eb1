import assert from 'node:assert/strict'
import { test } from 'node:test'
import { formatDayBefore, formatTime, parseDayEnd, parseTime } from './time-text.ts'

for (const [text, iso] of [
  ['2027-01-01', '2027-01-01T00:00:00.000Z'],
  ['2027-01-01T12:30Z', '2027-01-01T12:30:00.000Z'],
  ['2027-01-01 12:30:05', '2027-01-01T12:30:05.000Z'],
  ['2027-01-01T12:30:05.25+02:00', '2027-01-01T10:30:05.250Z'],
  ['2028-02-29', '2028-02-29T00:00:00.000Z'],
] as const) {
  test(`${text} is ${iso}`, () => {
    const ms = parseTime(text)
    assert.ok(ms !== undefined)
    assert.equal(formatTime(ms), iso)
  })
}

test('what is no time is none', () => {
  for (const text of [
    '',
    'soon',
    '2027',
    '2027-02-30',
    '2027-13-01',
    '2027-01-01T25:00Z',
    '2027-01-01T12:00:00+9',
    '-1',
  ]) {
    assert.equal(parseTime(text), undefined, text)
  }
})

test('a leap second stands at the end of its day', () => {
  const atMs = parseDayEnd('2026-12-31')
  assert.equal(atMs, Date.UTC(2027, 0, 1))
  assert.equal(formatDayBefore(Date.UTC(2027, 0, 1)), '2026-12-31')
  for (const text of ['2026-12-32', '2026-12-31T00:00Z', '']) assert.equal(parseDayEnd(text), undefined, text)
})
