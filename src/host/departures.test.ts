import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { Departures } from './departures.ts'
import type { Departed } from './kernel-stamps.ts'

/** A kernel whose stamps come when the test says. */
function setUp() {
  const ready: Departed[] = []
  let shown = 0
  const departures = new Departures({
    departed: () => (shown > 0 ? ready.shift() : undefined),
    shown: (on) => void (shown += on ? 1 : -1),
  })
  const heard: [string, number][] = []
  const send = (name: string, sentMs: number) => departures.wait(sentMs, (ms) => heard.push([name, ms]))
  return { departures, ready, heard, send }
}

/** In steps that no timer is skipped by. */
function pass(t: TestContext, ms: number): void {
  for (let step = 0; step < ms; step += 5) t.mock.timers.tick(5)
}

test('each packet hears its own stamp, in whatever order they come', () => {
  const { departures, ready, heard, send } = setUp()
  send('a', 10)
  send('b', 20)
  ready.push({ count: 1, machineMs: 19.5 }, { count: 0, machineMs: 9.5 })
  departures.read()
  assert.deepEqual(heard, [
    ['b', 19.5],
    ['a', 9.5],
  ])
  departures.stop()
})

test('a stamp that comes late is waited for, one that never comes is replaced by the clock', (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] })
  const { departures, ready, heard, send } = setUp()
  send('a', 10)
  send('b', 20)
  departures.read()
  ready.push({ count: 0, machineMs: 12 })
  pass(t, 5)
  assert.deepEqual(heard, [['a', 12]])
  pass(t, 1000)
  assert.deepEqual(heard.at(-1), ['b', 20])
  ready.push({ count: 1, machineMs: 900 })
  pass(t, 1000)
  assert.equal(ready.length, 0, 'taken away though nobody waits')
  assert.equal(heard.length, 2)
})

test('numbers that ran apart come together again', (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] })
  const { departures, ready, heard, send } = setUp()
  send('a', 10)
  ready.push({ count: 5, machineMs: 9 })
  departures.read()
  send('b', 20)
  ready.push({ count: 6, machineMs: 19 })
  departures.read()
  assert.deepEqual(heard, [
    ['a', 10],
    ['b', 19],
  ])
  departures.stop()
})
