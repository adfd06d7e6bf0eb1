// The process time: the machine's, at the world's rate.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ProcessTime } from './process-time.ts'

test('it runs with the world, and does not jump when that runs otherwise', () => {
  const io = { now: 5000 }
  const view = { rate: 1 }
  const time = new ProcessTime(io, view)
  io.now += 100
  assert.equal(time.ms, 100)
  view.rate = 60
  time.changed()
  assert.equal(time.ms, 100)
  assert.equal(time.rate, 60)
  io.now += 10
  assert.equal(time.ms, 700)
})
