// A hundred events a second one by one, then sums: by the timer, by the next second's first event, and when asked for.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { EventBudget } from './event-budget.ts'

const TIMER = 'log'

function scene() {
  const alarms: number[] = []
  const sums: (readonly [number, number])[] = []
  const io = { wakeAt: (timer: string, atMs: number) => void (timer === TIMER && alarms.push(atMs)) }
  const budget = new EventBudget(io, TIMER, (count, bytes) => sums.push([count, bytes]))
  const take = (times: number, nowMs: number, bytes?: number) =>
    Array.from({ length: times }, () => budget.takes(nowMs, bytes)).filter(Boolean).length
  return { alarms, sums, budget, take }
}

test('a hundred a second are told, and no sum follows where none was left out', () => {
  const { alarms, sums, budget, take } = scene()
  assert.equal(take(100, 5000), 100)
  budget.woke(TIMER)
  assert.deepEqual([alarms, sums], [[], []])
})

test('the rest is told as a sum when the second ends that the first of them began', () => {
  const { alarms, sums, budget, take } = scene()
  take(60, 5000, 9)
  assert.equal(take(50, 5999, 9), 40)
  assert.equal(take(1, 5999), 0)
  assert.deepEqual([alarms, sums], [[6000], []])
  budget.woke('another')
  assert.deepEqual(sums, [])
  budget.woke(TIMER)
  budget.woke(TIMER)
  assert.deepEqual(sums, [[11, 90]])
})

test('each second has a share of its own, and its sum begins at nothing', () => {
  const { alarms, sums, take, budget } = scene()
  take(103, 5000, 1)
  assert.equal(take(102, 6000, 1), 100)
  assert.deepEqual([alarms, sums], [[6000, 7000], [[3, 3]]])
  budget.flush()
  assert.deepEqual(sums, [
    [3, 3],
    [2, 2],
  ])
})

test('after a sum within its second, what follows is counted anew', () => {
  const { alarms, sums, budget, take } = scene()
  take(101, 5000)
  budget.flush()
  assert.equal(take(1, 5500), 0)
  budget.woke(TIMER)
  assert.deepEqual(sums, [
    [1, 0],
    [1, 0],
  ])
  assert.deepEqual(alarms, [6000, 6000])
})
