import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Pace } from './pace.ts'

test('small pieces are moved at once until one was slow, and after a while again', () => {
  let now = 0
  const pace = new Pace(() => now)
  const takes = (ms: number): number => pace.run(() => (now += ms))
  assert.equal(pace.isAtOnce(65_536), true)
  assert.equal(pace.isAtOnce(65_537), false)
  assert.equal(takes(25), 25)
  assert.equal(pace.isAtOnce(1), true)
  takes(26)
  assert.equal(pace.isAtOnce(1), false)
  now += 249
  assert.equal(pace.isAtOnce(1), false)
  now += 1
  assert.equal(pace.isAtOnce(1), true)
})

test('what fails counts as well', () => {
  let now = 0
  const pace = new Pace(() => now)
  const fail = (): number => {
    now += 100
    throw new Error('no disk')
  }
  assert.throws(() => pace.run(fail), /no disk/)
  assert.equal(pace.isAtOnce(1), false)
})
