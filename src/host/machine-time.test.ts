import assert from 'node:assert/strict'
import { test } from 'node:test'
import { AnchoredTime, machineMs, msOf, sharpenMachineTime } from './machine-time.ts'

const WALL_MS = 1_800_000_000_000

/** A machine whose date shows whole milliseconds of `monotonic + ahead`. */
function machine() {
  const state = { monotonicMs: 1234.4, aheadMs: WALL_MS + 0.25 }
  const trueMs = () => state.monotonicMs + state.aheadMs
  const sources = { monotonicMs: () => state.monotonicMs, dateMs: () => Math.floor(trueMs()) }
  return { state, trueMs, time: new AnchoredTime(sources) }
}

test('an anchored time comes nearer to the truth with each reading', () => {
  const { state, trueMs, time } = machine()
  const off = () => Math.abs(time.read() - trueMs())
  assert.ok(off() <= 1)
  for (let reading = 0; reading < 1000; reading++) {
    state.monotonicMs += 0.37
    assert.ok(off() <= 1)
  }
  assert.ok(off() < 0.02, String(off()))
})

test('it follows a step of the machine, in both directions, at once', () => {
  const { state, trueMs, time } = machine()
  for (const step of [5000, -90_000]) {
    state.aheadMs += step
    assert.ok(Math.abs(time.read() - trueMs()) <= 1)
  }
})

test('it has steps below the millisecond', () => {
  const { state, time } = machine()
  for (let reading = 0; reading < 50; reading++) {
    state.monotonicMs += 0.3
    time.read()
  }
  const before = time.read()
  state.monotonicMs += 0.001
  assert.ok(time.read() > before)
})

test('a timespec is read in parts of a microsecond', () => {
  const view = new DataView(new ArrayBuffer(24))
  view.setBigInt64(8, 4_800_000_000n, true)
  view.setBigInt64(16, 123_456_789n, true)
  assert.ok(Math.abs(msOf(view, 8) - 4_800_000_000_123.457) < 0.001)
})

test("the system's own clock is the one that Date.now shows", async () => {
  await sharpenMachineTime()
  const [before, sharp, after] = [Date.now(), machineMs(), Date.now()]
  assert.ok(sharp >= before && sharp < after + 1)
})
