import assert from 'node:assert/strict'
import { test } from 'node:test'
import { formatDate } from '../codec/date.ts'
import type { Field } from '../messages.ts'
import { evaluate, isRangeCurrent } from './conditional.ts'

const MODIFIED = Date.UTC(2026, 0, 1, 12, 0, 0)
const VALIDATORS = { etag: '"one"', modifiedMs: MODIFIED + 400 }
const SAME = formatDate(MODIFIED)
const EARLIER = formatDate(MODIFIED - 1000)
const LATER = formatDate(MODIFIED + 1000)

const TABLE: readonly (readonly [fields: readonly Field[], verdict: string])[] = [
  [[], 'proceed'],
  [[['if-match', '"one"']], 'proceed'],
  [[['if-match', '*']], 'proceed'],
  [[['if-match', '"two", "one"']], 'proceed'],
  [[['if-match', 'W/"one"']], 'failed'],
  [[['if-match', '"two"']], 'failed'],
  [[['if-unmodified-since', SAME]], 'proceed'],
  [[['if-unmodified-since', EARLIER]], 'failed'],
  [[['if-unmodified-since', 'never']], 'proceed'],
  [
    [
      ['if-match', '"one"'],
      ['if-unmodified-since', EARLIER],
    ],
    'proceed',
  ],
  [[['if-none-match', '"one"']], 'not-modified'],
  [[['if-none-match', 'W/"one"']], 'not-modified'],
  [[['if-none-match', '*']], 'not-modified'],
  [[['if-none-match', '"two"']], 'proceed'],
  [[['if-modified-since', SAME]], 'not-modified'],
  [[['if-modified-since', LATER]], 'not-modified'],
  [[['if-modified-since', EARLIER]], 'proceed'],
  [
    [
      ['if-none-match', '"two"'],
      ['if-modified-since', SAME],
    ],
    'proceed',
  ],
  [
    [
      ['if-none-match', '"one"'],
      ['if-modified-since', EARLIER],
    ],
    'not-modified',
  ],
  [
    [
      ['if-match', '"two"'],
      ['if-none-match', '"one"'],
    ],
    'failed',
  ],
  [
    [
      ['if-match', '"one"'],
      ['if-none-match', '"one"'],
    ],
    'not-modified',
  ],
]

test('preconditions in the order of RFC 9110 §13.2.2', () => {
  for (const [fields, verdict] of TABLE) {
    assert.equal(evaluate(fields, VALIDATORS, MODIFIED), verdict, JSON.stringify(fields))
  }
})

test('If-Range compares strongly', () => {
  const current = (value: string): boolean => isRangeCurrent([['if-range', value]], VALIDATORS, MODIFIED)
  assert.equal(isRangeCurrent([], VALIDATORS, MODIFIED), true)
  assert.equal(current('"one"'), true)
  assert.equal(current('W/"one"'), false)
  assert.equal(current('"two"'), false)
  assert.equal(current(SAME), true)
  assert.equal(current(LATER), false)
})
