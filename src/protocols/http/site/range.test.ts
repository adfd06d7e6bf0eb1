import assert from 'node:assert/strict'
import { test } from 'node:test'
import { formatContentRange, selectRanges } from './range.ts'

/** Of 1,000 bytes: `[offset, length]` pairs. */
const TABLE: readonly (readonly [field: string, selected: string | readonly (readonly [number, number])[]])[] = [
  ['bytes=0-499', [[0, 500]]],
  ['bytes=500-', [[500, 500]]],
  ['Bytes=-200', [[800, 200]]],
  ['bytes=-2000', [[0, 1000]]],
  ['bytes=0-0', [[0, 1]]],
  ['bytes=999-5000', [[999, 1]]],
  [
    'bytes=0-0,-1',
    [
      [0, 1],
      [999, 1],
    ],
  ],
  [
    'bytes=0-9, 20-29',
    [
      [0, 10],
      [20, 10],
    ],
  ],
  ['bytes=0-9,5000-', [[0, 10]]],
  ['bytes=1000-', 'unsatisfiable'],
  ['bytes=-0', 'unsatisfiable'],
  ['bytes=9-0', 'whole'],
  ['bytes=', 'whole'],
  ['bytes=a-b', 'whole'],
  ['bytes=-', 'whole'],
  ['bytes 0-9', 'whole'],
  ['lines=0-9', 'whole'],
  ['bytes=0-99999999999999999', 'whole'],
  ['bytes=0-999,0-999', 'whole'],
  [`bytes=${Array.from({ length: 17 }, (_, i) => `${i}-${i}`).join(',')}`, 'whole'],
]

test('ranges of 1,000 bytes', () => {
  for (const [field, expected] of TABLE) {
    const selected = selectRanges(field, 1000)
    const pairs = typeof selected === 'string' ? selected : selected.map((range) => [range.offset, range.length])
    assert.deepEqual(pairs, expected, field)
  }
})

test('nothing lies inside an empty file', () => {
  assert.equal(selectRanges('bytes=0-', 0), 'unsatisfiable')
  assert.equal(selectRanges('bytes=-1', 0), 'unsatisfiable')
})

test('Content-Range', () => {
  assert.equal(formatContentRange({ offset: 5, length: 10 }, 100), 'bytes 5-14/100')
})
