// The selection algorithm: hand-computed cases, and what holds of all.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { array, assert as check, constantFrom, integer, property, record } from 'fast-check'
import { intersectionOf, truechimersOf, type Candidate } from './selection.ts'

const at = (offsetMs: number, rootDistanceMs: number): Candidate => ({ offsetMs, rootDistanceMs })

const CASES: readonly {
  readonly name: string
  readonly candidates: readonly Candidate[]
  readonly interval: readonly [number, number] | undefined
  readonly chosen: readonly number[]
}[] = [
  { name: 'nobody', candidates: [], interval: undefined, chosen: [] },
  { name: 'one alone', candidates: [at(7, 10)], interval: [-3, 17], chosen: [0] },
  { name: 'three agree', candidates: [at(0, 10), at(5, 10), at(3, 10)], interval: [-5, 10], chosen: [0, 1, 2] },
  {
    name: 'one of four is far off',
    candidates: [at(0, 10), at(5, 10), at(100, 10), at(3, 10)],
    interval: [-5, 10],
    chosen: [0, 1, 3],
  },
  { name: 'two that are apart', candidates: [at(0, 10), at(100, 10)], interval: undefined, chosen: [] },
  { name: 'two that touch', candidates: [at(0, 10), at(20, 10)], interval: undefined, chosen: [] },
  { name: 'a midpoint outside of what two share', candidates: [at(0, 10), at(9, 2)], interval: undefined, chosen: [] },
  {
    name: 'a wide one whose midpoint is outside is allowed for',
    candidates: [at(0, 10), at(1, 10), at(50, 60)],
    interval: [-10, 11],
    chosen: [0, 1, 2],
  },
  {
    name: 'two pairs',
    candidates: [at(0, 1), at(0, 1), at(10, 1), at(10, 1)],
    interval: undefined,
    chosen: [],
  },
  {
    name: 'the larger group wins, right or wrong',
    candidates: [at(0, 1), at(0, 1), at(10, 1), at(10, 1), at(10, 1)],
    interval: [9, 11],
    chosen: [2, 3, 4],
  },
]

for (const { name, candidates, interval, chosen } of CASES) {
  test(name, () => {
    const found = intersectionOf(candidates)
    assert.deepEqual(found && [found.lowMs, found.highMs], interval)
    assert.deepEqual(
      truechimersOf(candidates).map((one) => candidates.indexOf(one)),
      chosen,
    )
  })
}

const candidate = record({ offsetMs: integer({ min: -50, max: 50 }), rootDistanceMs: integer({ min: 1, max: 40 }) })
const candidates = array(candidate, { minLength: 1, maxLength: 12 })
const holds = ({ offsetMs, rootDistanceMs }: Candidate, ms: number) => Math.abs(offsetMs - ms) <= rootDistanceMs

test('both ends of the intersection lie in the intervals of a majority', () => {
  check(
    property(candidates, (all) => {
      const found = intersectionOf(all)
      if (found === undefined) return
      for (const ms of [found.lowMs, found.highMs]) {
        const right = all.filter((one) => holds(one, ms))
        assert.ok(2 * right.length > all.length, `${right.length} of ${all.length} hold ${ms}`)
      }
    }),
  )
})

test('whoever is chosen has a point in the intersection, and whoever is not has none', () => {
  check(
    property(candidates, (all) => {
      const found = intersectionOf(all)
      const chosen = new Set(truechimersOf(all))
      for (const one of all) {
        const touches =
          found !== undefined &&
          one.offsetMs - one.rootDistanceMs <= found.highMs &&
          one.offsetMs + one.rootDistanceMs >= found.lowMs
        assert.equal(chosen.has(one), touches)
      }
    }),
  )
})

test('where all are right, the intersection holds the true time', () => {
  const right = record({ error: integer({ min: -20, max: 20 }), slack: integer({ min: 0, max: 20 }) })
  check(
    property(array(right, { minLength: 1, maxLength: 12 }), constantFrom(-30, 0, 17), (all, trueMs) => {
      const found = intersectionOf(all.map(({ error, slack }) => at(trueMs + error, Math.abs(error) + slack + 1)))
      if (found !== undefined) assert.ok(found.lowMs <= trueMs && trueMs <= found.highMs)
    }),
  )
})

test('the order of the sources does not matter', () => {
  check(property(candidates, (all) => assert.deepEqual(intersectionOf(all), intersectionOf(all.toReversed()))))
})
