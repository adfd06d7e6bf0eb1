// The cluster and combine algorithms, by hand.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { selectionJitterMs, survivorsOf } from './cluster.ts'
import { combine } from './combine.ts'

const spread = (jitterMs: number, ...offsets: number[]) => offsets.map((offsetMs) => ({ offsetMs, jitterMs }))
const members = (...offsets: number[]) => spread(1, ...offsets)
const offsetsOf = (some: readonly { readonly offsetMs: number }[]) => some.map(({ offsetMs }) => offsetMs)

test('the outlier goes first, and three are left in any case', () => {
  assert.deepEqual(offsetsOf(survivorsOf(members(0, 50, 1, 2))), [0, 1, 2])
  assert.deepEqual(offsetsOf(survivorsOf(members(0, 500, 1000))), [0, 500, 1000])
})

test('it stops where leaving out makes nothing steadier; of equals the last goes', () => {
  // Selection jitters 1.58, 1 and 1.58 against 1, then 1 and 1.
  assert.deepEqual(offsetsOf(survivorsOf(members(0, 1, 2), 1)), [0, 1])
})

test('sources that are unsteady themselves keep who is spread no more than they are', () => {
  assert.equal(survivorsOf(spread(10, 0, 3, 6, 9), 1).length, 4)
})

test('the selection jitter is the root mean square of the differences', () => {
  const three = members(0, 3, 4)
  assert.equal(selectionJitterMs({ offsetMs: 0, jitterMs: 0 }, three), Math.sqrt((9 + 16) / 2))
  assert.equal(selectionJitterMs({ offsetMs: 0, jitterMs: 0 }, members(7)), 0)
})

test('each weighs by how near it is', () => {
  const { offsetMs, jitterMs } = combine([
    { offsetMs: 10, rootDistanceMs: 1 },
    { offsetMs: 20, rootDistanceMs: 3 },
  ])
  // (10/1 + 20/3) / (1/1 + 1/3), √((10²/3) / (4/3))
  assert.ok(Math.abs(offsetMs - 12.5) < 1e-12)
  assert.ok(Math.abs(jitterMs - 5) < 1e-12)
  assert.deepEqual(combine([{ offsetMs: -4, rootDistanceMs: 8 }]), { offsetMs: -4, jitterMs: 0 })
})
