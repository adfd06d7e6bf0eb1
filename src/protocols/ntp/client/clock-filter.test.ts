// The clock filter: hand-computed tables, spikes, silence.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ClockFilter, type Sample } from './clock-filter.ts'

const POLL_MS = 64_000
const PRECISION_MS = 0.001

const sample = (offsetMs: number, delayMs: number, atMs: number): Sample => ({
  offsetMs,
  delayMs,
  dispersionMs: 1,
  atMs,
})

function filled(samples: readonly Sample[]): ClockFilter {
  const filter = new ClockFilter()
  for (const one of samples) filter.add(one, POLL_MS, PRECISION_MS)
  return filter
}

const near = (value: number | undefined, wanted: number) =>
  assert.ok(Math.abs((value ?? Number.NaN) - wanted) < 1e-9, `${value} is not ${wanted}`)

test('one sample speaks at once, with the dispersion of seven that nobody has taken', () => {
  const { estimate } = filled([sample(10, 20, 0)])
  // 1/2 + 16,000 × (1/4 + 1/8 + ... + 1/256)
  near(estimate?.dispersionMs, 0.5 + 16_000 * (1 / 2 - 1 / 256))
  assert.equal(estimate?.offsetMs, 10)
  assert.equal(estimate.jitterMs, PRECISION_MS)
})

test('the least delay speaks, and the others are its jitter', () => {
  const delays = [30, 20, 10, 40]
  const { estimate } = filled(delays.map((delayMs, at) => sample(delayMs, delayMs, at)))
  assert.equal(estimate?.offsetMs, 10)
  assert.equal(estimate.sampledMs, 2)
  near(estimate.jitterMs, Math.sqrt((20 ** 2 + 10 ** 2 + 30 ** 2) / 3))
})

test('dispersion grows by 15 ppm, and counts by the order of delays', () => {
  const { estimate } = filled([sample(0, 10, 0), sample(0, 20, 100_000)])
  // The older sample is the better one: (1 + 1.5)/2 + 1/4, and six that nobody has taken.
  near(estimate?.dispersionMs, 2.5 / 2 + 1 / 4 + 16_000 * (1 / 4 - 1 / 256))
})

test('a sample that has spoken does not speak again, and after eight it is gone', () => {
  const filter = filled([sample(5, 10, 0)])
  for (let at = 1; at < 8; at++) assert.equal(filter.add(sample(5, 20, at), POLL_MS, PRECISION_MS), 'old', String(at))
  assert.equal(filter.estimate?.sampledMs, 0)
  assert.equal(filter.add(sample(5, 20, 8), POLL_MS, PRECISION_MS), 'used')
  assert.equal(filter.samples.length, 8)
})

test('a spike is suppressed, and believed when it has stood for two intervals', () => {
  const steady = Array.from({ length: 8 }, (_, at) => sample(at % 2, 10 - at / 10, at * POLL_MS))
  const filter = filled(steady)
  assert.equal(filter.add(sample(1, 11, 8 * POLL_MS), POLL_MS, PRECISION_MS), 'old', 'a worse delay')
  assert.equal(filter.add(sample(100, 1, 9 * POLL_MS - 1), POLL_MS, PRECISION_MS), 'spike')
  assert.equal(filter.estimate?.offsetMs, 1)
  assert.equal(filter.add(sample(100, 1, 9 * POLL_MS), POLL_MS, PRECISION_MS), 'used')
  assert.equal(filter.estimate?.offsetMs, 100)
})

test('nothing is a spike in a burst', () => {
  const filter = filled([sample(0, 10, 0), sample(0, 10, 2000)])
  assert.equal(filter.add(sample(100, 10, 4000), 0, PRECISION_MS), 'used')
})

test('silence makes the estimate worse each time, until it is gone', () => {
  const filter = filled(Array.from({ length: 8 }, (_, at) => sample(3, 10, at)))
  let before = filter.estimate?.dispersionMs ?? Infinity
  for (let at = 8; at < 15; at++) {
    filter.missed(at)
    const { offsetMs, dispersionMs = 0 } = filter.estimate ?? {}
    assert.equal(offsetMs, 3)
    assert.ok(dispersionMs > before)
    before = dispersionMs
  }
  filter.missed(15)
  assert.equal(filter.estimate, undefined)
})
