// Timers of the world's clock, as machines have them on a plane.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Io } from '../../core/io.ts'
import { OpenGate } from '../../sim/gatekeeper.ts'
import { SimPlane } from '../../sim/index.ts'
import { WorldClock } from './world-clock.ts'

const START_MS = Date.UTC(2026, 11, 31, 23, 59)
const MIDNIGHT_MS = START_MS + 60_000

function setUp() {
  const clocks: WorldClock[] = []
  const wallClock = (machineMs: () => number) => {
    const clock = new WorldClock(machineMs)
    clocks.push(clock)
    return clock
  }
  const plane = new SimPlane({ wallMs: START_MS, wallClock })
  const woken: { readonly timer: string; readonly wallMs: number; readonly now: number }[] = []
  const io: Io = plane.serviceIo('test', ['192.0.2.1'], new OpenGate(), (timer) =>
    woken.push({ timer, wallMs: io.wallMs, now: io.now }),
  )
  const clock = clocks[0]!
  return { plane, clock, io, woken }
}

test('a timer of the wall clock fires at its time when the clock runs at another rate', () => {
  const { plane, clock, io, woken } = setUp()
  clock.run(60)
  io.wakeAtWall('retry', START_MS + 3_600_000)
  plane.advance(59_999)
  assert.equal(woken.length, 0)
  plane.advance(1)
  assert.deepEqual(woken, [{ timer: 'retry', wallMs: START_MS + 3_600_000, now: 60_000 }])
})

test('it follows a clock that is moved, in both directions, or changes its rate', () => {
  const { plane, clock, io, woken } = setUp()
  io.wakeAtWall('a', START_MS + 10_000)
  clock.step(-5000)
  plane.advance(14_999)
  assert.equal(woken.length, 0)
  plane.advance(1)
  assert.equal(woken.length, 1)
  io.wakeAtWall('b', io.wallMs + 86_400_000)
  clock.step(86_400_000)
  plane.advance(0)
  assert.equal(woken.length, 2)
  io.wakeAtWall('c', io.wallMs + 10_000)
  clock.run(10)
  plane.advance(1000)
  assert.equal(woken.length, 3)
})

test('it waits for the second that a leap second repeats', () => {
  const { plane, clock, io, woken } = setUp()
  clock.announce({ kind: 'insert', atMs: MIDNIGHT_MS, smearMs: undefined })
  io.wakeAtWall('midnight', MIDNIGHT_MS)
  plane.advance(60_999)
  assert.equal(woken.length, 0)
  plane.advance(2)
  assert.equal(woken.length, 1)
  assert.ok(woken[0]!.wallMs - MIDNIGHT_MS <= 1)
})

test('setting a timer by the other clock moves it, and cancelling ends it', () => {
  const { plane, clock, io, woken } = setUp()
  io.wakeAtWall('a', START_MS + 1000)
  io.wakeAt('a', 5000)
  io.wakeAtWall('b', START_MS + 1000)
  io.cancel('b')
  clock.step(1)
  plane.advance(4999)
  assert.equal(woken.length, 0)
  plane.advance(1)
  assert.deepEqual(
    woken.map(({ timer }) => timer),
    ['a'],
  )
})
