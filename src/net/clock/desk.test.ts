import assert from 'node:assert/strict'
import { test } from 'node:test'
import { clockCalls, type ClockChange, type ClockStatus } from './desk.ts'
import { WorldClock } from './world-clock.ts'

const NOW_MS = Date.UTC(2026, 10, 24, 12)

function setUp() {
  const calls = clockCalls(new WorldClock(() => NOW_MS), () => [])
  const change = (wanted: ClockChange): ClockStatus => {
    const status = calls.changeClock(wanted)
    assert.ok(!('refused' in status), JSON.stringify(status))
    return status
  }
  return { calls, change }
}

test('each change shows how the clock stands afterwards', () => {
  const { calls, change } = setUp()
  assert.deepEqual(calls.clock(), { machineMs: NOW_MS, worldMs: NOW_MS, rate: 1, leap: null, hosts: [] })
  assert.equal(change({ do: 'set', ms: 5000 }).worldMs, 5000)
  assert.equal(change({ do: 'step', ms: -500 }).worldMs, 4500)
  assert.equal(change({ do: 'offset', ms: 1000 }).worldMs, NOW_MS + 1000)
  assert.equal(change({ do: 'rate', rate: 60 }).rate, 60)
  assert.equal(change({ do: 'reset' }).worldMs, NOW_MS)
})

test('a leap second is at the end of today unless another day is said', () => {
  const { change } = setUp()
  const today = { kind: 'insert', atMs: Date.UTC(2026, 10, 25), smearMs: null, passed: false }
  assert.deepEqual(change({ do: 'leap', kind: 'insert' }).leap, today)
  const atMs = Date.UTC(2027, 0, 1)
  const smeared = { kind: 'delete', atMs, smearMs: 86_400_000, passed: false } as const
  assert.deepEqual(change({ do: 'leap', kind: 'delete', atMs, smearMs: 86_400_000 }).leap, smeared)
  assert.equal(change({ do: 'set', ms: atMs + 86_400_000 }).leap?.passed, true)
})

test('what cannot be is refused with its reason', () => {
  const { calls } = setUp()
  for (const [change, why] of [
    [{ do: 'rate', rate: -1 }, /rate/],
    [{ do: 'set', ms: NaN }, /1970/],
    [{ do: 'leap', kind: 'insert', atMs: 86_400_000 }, /has passed/],
    [{ do: 'leap', kind: 'insert', atMs: NaN }, /1970/],
    [{ do: 'leap', kind: 'insert', smearMs: 0 }, /1000s/],
  ] as const) {
    const refused = calls.changeClock(change)
    assert.ok('refused' in refused && why.test(refused.refused), JSON.stringify(refused))
  }
  const fixed = clockCalls(undefined, () => [])
  assert.ok('refused' in fixed.clock() && 'refused' in fixed.changeClock({ do: 'reset' }))
})
