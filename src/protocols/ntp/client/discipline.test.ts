// The clock discipline: its state machine, both loops, and the poll interval.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Discipline, type ClockControl, type Disciplined, type DisciplineState } from './discipline.ts'

class FakeClock implements ClockControl {
  readonly done: string[] = []
  frequencyPpm = 0
  leftMs = 0

  slewLeftMs(): number {
    return this.leftMs
  }

  step(byMs: number): void {
    this.done.push(`step ${byMs}`)
  }

  slew(byMs: number, overMs: number): void {
    this.done.push(`slew ${byMs} over ${overMs}`)
  }

  setFrequency(ppm: number): void {
    this.frequencyPpm = ppm
  }
}

const OPTIONS = { minPoll: 6, maxPoll: 10, panicMs: 1_000_000, jitterMinMs: 0.001 }

function start(options: Partial<typeof OPTIONS> & { readonly frequencyKnown?: boolean } = {}) {
  const clock = new FakeClock()
  return { clock, discipline: new Discipline(clock, { ...OPTIONS, ...options }) }
}

/** Brings a discipline into a state, its last correction at 0. */
function inState(state: DisciplineState) {
  const started = start({ frequencyKnown: state === 'FSET' })
  const { discipline } = started
  if (state === 'FREQ') discipline.update(0, 0)
  if (state === 'SYNC' || state === 'SPIK') {
    discipline.update(0, -900_000)
    discipline.update(0, 0)
  }
  if (state === 'SPIK') discipline.update(500, 1)
  assert.equal(discipline.state, state)
  started.clock.done.length = 0
  return started
}

// RFC 5905 figure 25, with the last column of A.5.5.6: an outlier in SYNC is always looked at twice.
const TABLE: readonly [DisciplineState, number, number, Disciplined, DisciplineState][] = [
  ['NSET', 50, 10, 'slewed', 'FREQ'],
  ['NSET', 500, 10, 'stepped', 'FREQ'],
  ['FSET', 50, 10, 'slewed', 'SYNC'],
  ['FSET', 500, 10, 'stepped', 'SYNC'],
  ['FREQ', 50, 899_999, 'ignored', 'FREQ'],
  ['FREQ', 50, 900_000, 'slewed', 'SYNC'],
  ['FREQ', 500, 899_999, 'ignored', 'FREQ'],
  ['FREQ', 500, 900_000, 'stepped', 'SYNC'],
  ['SYNC', 50, 64_000, 'slewed', 'SYNC'],
  ['SYNC', 500, 64_000, 'ignored', 'SPIK'],
  ['SYNC', 500, 900_000, 'ignored', 'SPIK'],
  ['SPIK', 50, 64_000, 'slewed', 'SYNC'],
  ['SPIK', 500, 899_999, 'ignored', 'SPIK'],
  ['SPIK', -500, 900_000, 'stepped', 'SYNC'],
]

for (const [state, offsetMs, atMs, outcome, next] of TABLE) {
  test(`${state}: ${offsetMs} ms after ${atMs} ms is ${outcome}, then ${next}`, () => {
    const { clock, discipline } = inState(state)
    assert.equal(discipline.update(offsetMs, atMs), outcome)
    assert.equal(discipline.state, next)
    const [verb] = clock.done.map((line) => line.split(' ')[0])
    assert.equal(verb, { slewed: 'slew', stepped: 'step', ignored: undefined, panic: undefined }[outcome])
  })
}

test('the step threshold is 128 ms, and that itself is slewed', () => {
  for (const [offsetMs, outcome] of [
    [128, 'slewed'],
    [-128, 'slewed'],
    [128.001, 'stepped'],
  ] as const) {
    assert.equal(start().discipline.update(offsetMs, 0), outcome)
  }
})

test('beyond the panic threshold nothing is touched', () => {
  const { clock, discipline } = start()
  assert.equal(discipline.update(1_000_001, 0), 'panic')
  assert.deepEqual(clock.done, [])
  assert.equal(discipline.state, 'NSET')
})

test('the frequency is measured from what no slew has made', () => {
  const { clock, discipline } = inState('FREQ')
  clock.leftMs = 1
  discipline.update(-44, 900_000)
  assert.ok(Math.abs(clock.frequencyPpm - (-45 / 900_000) * 1e6) < 1e-9)
})

test('while the phase is slewed behind a measured frequency, no loop changes that', () => {
  const { clock, discipline } = inState('FREQ')
  discipline.update(-45, 900_000)
  const ppm = clock.frequencyPpm
  discipline.update(-20, 964_000)
  assert.equal(clock.frequencyPpm, ppm)
  // 45 ms take 90 s at 500 ppm, five times over.
  discipline.update(-1, 900_000 + 5 * 90_000)
  assert.notEqual(clock.frequencyPpm, ppm)
})

test('the phase-locked loop takes 16 intervals, and the frequency follows by its square', () => {
  const { clock, discipline } = inState('SYNC')
  discipline.update(10, 64_000)
  assert.deepEqual(clock.done, [`slew 10 over ${16 * 64_000}`])
  // offset × interval / (4 × 16 × interval)²
  assert.ok(Math.abs(clock.frequencyPpm - ((10 * 64_000) / (64 * 64_000) ** 2) * 1e6) < 1e-12)
})

test('beyond half of the Allan intercept the frequency-locked loop joins', () => {
  const { clock, discipline } = start({ minPoll: 12, maxPoll: 17, frequencyKnown: true })
  discipline.update(0, 0)
  const pollMs = 4_096_000
  discipline.update(10, pollMs)
  const wanted = ((10 * pollMs) / (64 * pollMs) ** 2 + 10 / (pollMs * 8)) * 1e6
  assert.ok(Math.abs(clock.frequencyPpm - wanted) < 1e-12, String(clock.frequencyPpm))
})

test('no slew runs faster than 500 ppm, and no frequency goes beyond them', () => {
  const first = start()
  first.discipline.update(100, 0)
  assert.deepEqual(first.clock.done, ['slew 100 over 200000'])
  const { clock, discipline } = inState('FREQ')
  discipline.update(1000, 900_000)
  assert.equal(clock.frequencyPpm, 500)
})

test('the interval grows while the offset is lost in the jitter, and shrinks while it is not', () => {
  const { discipline } = inState('SYNC')
  let atMs = 0
  const run = (times: number, offset: (round: number) => number) => {
    for (let round = 0; round < times; round++) discipline.update(offset(round), (atMs += 64_000))
  }
  run(200, (round) => (round % 2 === 0 ? 1 : -1))
  assert.equal(discipline.poll, 10)
  assert.ok(discipline.jitterMs > 1 && discipline.jitterMs < 2.1, String(discipline.jitterMs))
  run(200, (round) => 60 + round / 1000)
  assert.equal(discipline.poll, 6)
})
