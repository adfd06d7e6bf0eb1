import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { LeapSecond } from '../../core/clock.ts'
import { isFailure } from '../../core/failure.ts'
import { RATE_MAX, WorldClock, type ClockSettings } from './world-clock.ts'

const START_MS = Date.UTC(2026, 10, 24, 12)
const MIDNIGHT_MS = Date.UTC(2027, 0, 1)
const DAY_MS = 86_400_000

interface Machine {
  ms: number
}

function clockAt(ms: number, settings?: ClockSettings): { machine: Machine; clock: WorldClock; now: () => number } {
  const machine = { ms }
  const clock = new WorldClock(() => machine.ms, settings)
  return { machine, clock, now: () => clock.worldMs(machine.ms) }
}

function leap(kind: LeapSecond['kind'], smearMs?: number): LeapSecond {
  return { kind, atMs: MIDNIGHT_MS, smearMs }
}

test('a clock that nobody moved is the machine exactly, steps of that included', () => {
  const { machine, now } = clockAt(START_MS + 0.123)
  assert.equal(now(), START_MS + 0.123)
  machine.ms -= 5000
  assert.equal(now(), START_MS + 0.123 - 5000)
})

test('it starts at a time, or ahead of the machine', () => {
  const started = clockAt(START_MS, { startMs: MIDNIGHT_MS })
  started.machine.ms += 1500
  assert.equal(started.now(), MIDNIGHT_MS + 1500)
  assert.equal(clockAt(START_MS, { offsetMs: -DAY_MS }).now(), START_MS - DAY_MS)
})

test('a rate counts from where it was set, without a step', () => {
  const { machine, clock, now } = clockAt(START_MS, { rate: 60 })
  machine.ms += 1000
  assert.equal(now(), START_MS + 60_000)
  assert.equal(clock.run(0.5), undefined)
  assert.equal(now(), START_MS + 60_000)
  machine.ms += 1000
  assert.equal(now(), START_MS + 60_500)
  for (const rate of [0, -1, NaN, RATE_MAX + 1, Infinity]) assert.ok(isFailure(clock.run(rate)), String(rate))
  assert.equal(clock.rate, 0.5)
})

test('set, step, offset and reset move it, and who watches hears of each', () => {
  const { machine, clock, now } = clockAt(START_MS)
  let heard = 0
  const unwatch = clock.watch(() => heard++)
  clock.set(MIDNIGHT_MS)
  assert.equal(now(), MIDNIGHT_MS)
  clock.step(-500)
  assert.equal(now(), MIDNIGHT_MS - 500)
  machine.ms += 100
  clock.offset(3 * DAY_MS)
  assert.equal(now(), machine.ms + 3 * DAY_MS)
  clock.run(2)
  clock.reset()
  assert.equal(now(), machine.ms)
  assert.equal(clock.rate, 1)
  assert.equal(heard, 5)
  unwatch()
  clock.step(1)
  assert.equal(heard, 5)
})

test('it stays within what dates and NTP can count', () => {
  const { clock, now } = clockAt(START_MS)
  for (const failed of [clock.set(-1), clock.step(-100 * 366 * DAY_MS), clock.set(8.64e15), clock.set(NaN)]) {
    assert.ok(isFailure(failed) && failed.code === 'ERANGE')
  }
  assert.equal(now(), START_MS)
})

test('an inserted second repeats the last one of the day', () => {
  const { machine, clock, now } = clockAt(MIDNIGHT_MS - 2000, { leap: leap('insert') })
  const read = [0, 1000, 1999, 2000, 2500, 2999, 3000, 4000].map((ms) => {
    machine.ms = MIDNIGHT_MS - 2000 + ms
    return now() - MIDNIGHT_MS
  })
  assert.deepEqual(read, [-2000, -1000, -1, -1000, -500, -1, 0, 1000])
  assert.equal(clock.leap?.kind, 'insert')
})

test('a deleted second is stepped over', () => {
  const { machine, now } = clockAt(MIDNIGHT_MS - 3000, { leap: leap('delete') })
  const read = [0, 1999, 2000, 3000].map((ms) => {
    machine.ms = MIDNIGHT_MS - 3000 + ms
    return now() - MIDNIGHT_MS
  })
  assert.deepEqual(read, [-3000, -1001, 0, 1000])
})

for (const kind of ['insert', 'delete'] as const) {
  const lost = kind === 'insert' ? 1000 : -1000
  test(`a smear spreads a second to ${kind} evenly, from noon to noon`, () => {
    const { machine, now } = clockAt(MIDNIGHT_MS - DAY_MS, { leap: leap(kind, DAY_MS) })
    const noonMs = MIDNIGHT_MS - DAY_MS / 2
    const at = (ms: number) => {
      machine.ms = ms
      return now()
    }
    assert.equal(at(noonMs), noonMs)
    const behindMs = (part: number) => noonMs + part * (DAY_MS + lost) - at(noonMs + part * (DAY_MS + lost))
    assert.ok(Math.abs(behindMs(0.5) - lost / 2) < 0.01, String(behindMs(0.5)))
    assert.ok(Math.abs(behindMs(0.25) - lost / 4) < 0.01)
    assert.equal(behindMs(1), lost)
    assert.equal(behindMs(2), lost)
    let before = at(noonMs)
    for (let ms = 0; ms <= 2 * DAY_MS; ms += 997_000) {
      const next = at(noonMs + ms)
      assert.ok(next >= before)
      before = next
    }
  })
}

test('a leap second announced within its smear does not step the clock', () => {
  const { machine, clock, now } = clockAt(MIDNIGHT_MS - DAY_MS / 4)
  assert.equal(clock.announce(leap('insert', DAY_MS)), undefined)
  assert.ok(Math.abs(now() - machine.ms) < 0.01)
  machine.ms += DAY_MS
  assert.ok(Math.abs(machine.ms - now() - 750) < 0.01)
})

test('a leap second that has passed cannot be announced, and is over where a clock starts behind it', () => {
  const { clock } = clockAt(MIDNIGHT_MS + 1)
  const failed = clock.announce(leap('insert'))
  assert.ok(isFailure(failed) && /passed/.test(failed.message))
  assert.equal(clockAt(MIDNIGHT_MS + 1, { leap: leap('insert') }).now(), MIDNIGHT_MS + 1)
})

test('a clock that is moved keeps a leap second that lies ahead, and has one that lies behind no more', () => {
  const { machine, clock, now } = clockAt(START_MS, { leap: leap('insert') })
  clock.set(MIDNIGHT_MS - 100)
  machine.ms += 200
  assert.equal(now(), MIDNIGHT_MS - 900)
  clock.step(-50)
  assert.equal(now(), MIDNIGHT_MS - 950)
  machine.ms += 2000
  assert.equal(now(), MIDNIGHT_MS + 1050, 'not repeated again')
  assert.equal(clock.leap?.atMs, MIDNIGHT_MS)
})

test('the rate and the leap second go together', () => {
  const { machine, clock, now } = clockAt(MIDNIGHT_MS - 60_000, { rate: 60, leap: leap('insert') })
  machine.ms += 1000
  assert.equal(now(), MIDNIGHT_MS - 1000)
  machine.ms += 100
  assert.equal(now(), MIDNIGHT_MS + 5000)
  assert.equal(clock.rate, 60)
})
