import assert from 'node:assert/strict'
import { test } from 'node:test'
import { membership } from './number-set.ts'
import { STAR, type NumberSet } from './search-key.ts'

/** The numbers from 1 to 9 that are in a set of which `*` is 7. */
function members(set: NumberSet): string {
  const isIn = membership(set, 7)
  return [1, 2, 3, 4, 5, 6, 7, 8, 9].filter(isIn).join('')
}

const CASES: readonly (readonly [ranges: readonly (readonly [from: number, to: number])[], members: string])[] = [
  [[], ''],
  [[[3, 3]], '3'],
  [[[2, 4]], '234'],
  [[[4, 2]], '234'],
  [[[STAR, STAR]], '7'],
  [[[5, STAR]], '567'],
  [[[STAR, 5]], '567'],
  [[[9, STAR]], '789'],
  [
    [
      [1, 1],
      [3, 3],
      [9, 9],
    ],
    '139',
  ],
  [
    [
      [8, 9],
      [1, 2],
      [2, 4],
    ],
    '123489',
  ],
  [
    [
      [1, 3],
      [4, 5],
      [STAR, STAR],
    ],
    '123457',
  ],
]

test('what is in a set', () => {
  for (const [ranges, expected] of CASES) {
    assert.equal(members(ranges.map(([from, to]) => ({ from, to }))), expected, JSON.stringify(ranges))
  }
})
