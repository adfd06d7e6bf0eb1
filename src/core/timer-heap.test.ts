import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Deadline, NamedTimers, TimerHeap } from './timer-heap.ts'

test('the earliest fires first, equals in the order they were set', () => {
  const heap = new TimerHeap()
  const fired: string[] = []
  for (const [name, atMs] of [
    ['c', 30],
    ['a', 10],
    ['b1', 20],
    ['b2', 20],
  ] as const) {
    heap.set(new Deadline(() => fired.push(name)), atMs)
  }
  assert.equal(heap.nextAt, 10)
  heap.fire(20)
  assert.deepEqual(fired, ['a', 'b1', 'b2'])
  assert.equal(heap.nextAt, 30)
})

test('a deadline moved later fires once, then', () => {
  const heap = new TimerHeap()
  const fired: number[] = []
  const deadline = new Deadline(() => fired.push(1))
  for (let atMs = 10; atMs <= 1000; atMs += 10) heap.set(deadline, atMs)
  assert.equal(heap.size, 1)
  heap.fire(999)
  assert.deepEqual(fired, [])
  heap.fire(1000)
  heap.fire(2000)
  assert.deepEqual(fired, [1])
})

test('a cancelled deadline leaves when it surfaces, and can be set again before', () => {
  const heap = new TimerHeap()
  const fired: string[] = []
  const off = new Deadline(() => fired.push('off'))
  const back = new Deadline(() => fired.push('back'))
  heap.set(off, 5)
  heap.set(back, 5)
  heap.cancel(off)
  heap.cancel(back)
  heap.set(back, 7)
  heap.fire(10)
  assert.deepEqual(fired, ['back'])
  assert.equal(heap.size, 0)
  assert.equal(heap.nextAt, Infinity)
})

test('what is set while firing waits for the next time', () => {
  const heap = new TimerHeap()
  let rounds = 0
  const again = new Deadline(() => {
    rounds++
    heap.set(again, rounds)
  })
  const other = new Deadline(() => rounds++)
  heap.set(again, 10)
  heap.set(other, 10)
  heap.fire(10)
  assert.equal(rounds, 2)
  assert.equal(heap.nextAt, 10)
})

test('earlier is told only when the top moves forward', () => {
  const told: number[] = []
  const heap = new TimerHeap((atMs) => told.push(atMs))
  const first = new Deadline(() => {})
  heap.set(first, 50)
  heap.set(first, 70)
  heap.set(new Deadline(() => {}), 60)
  heap.set(new Deadline(() => {}), 20)
  assert.deepEqual(told, [50, 20])
})

test('named timers move, are cancelled and forgotten', () => {
  const heap = new TimerHeap()
  const woke: string[] = []
  const timers = new NamedTimers(heap, (timer) => woke.push(timer))
  timers.wakeAt('idle', 100)
  timers.wakeAt('idle', 10)
  timers.wakeAt('other', 20)
  timers.cancel('other')
  timers.cancel('unknown')
  heap.fire(1000)
  assert.deepEqual(woke, ['idle'])
  timers.wakeAt('idle', 2000)
  timers.clear()
  assert.equal(heap.size, 0)
})

test('any mix of moves and removals fires each deadline when it should', () => {
  const step = fc.record({ which: fc.nat(9), atMs: fc.nat(100), what: fc.constantFrom('set', 'cancel', 'remove') })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const heap = new TimerHeap()
      const fired: number[] = []
      const deadlines = Array.from({ length: 10 }, (_, index) => new Deadline(() => fired.push(index)))
      const model = new Map<number, number>()
      for (const { which, atMs, what } of steps) {
        const deadline = deadlines[which]!
        if (what === 'set') {
          heap.set(deadline, atMs)
          model.set(which, atMs)
        } else {
          if (what === 'cancel') heap.cancel(deadline)
          else heap.remove(deadline)
          model.delete(which)
        }
      }
      for (let now = 0; now <= 100; now++) {
        fired.length = 0
        heap.fire(now)
        const due = [...model].filter(([, atMs]) => atMs === now).map(([which]) => which)
        assert.deepEqual(fired.toSorted(), due.toSorted())
      }
      assert.equal(heap.size, 0)
    }),
  )
})
