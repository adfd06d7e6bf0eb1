import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Lead } from './lead.ts'

test('a lead is learnt, and follows slowly', () => {
  const lead = new Lead()
  assert.equal(lead.of(48), 0)
  lead.saw(48, 0.008)
  assert.equal(lead.of(48), 0.008)
  for (let one = 0; one < 50; one++) lead.saw(48, 0.004)
  assert.ok(Math.abs(lead.of(48) - 0.004) < 0.0001)
})

test('one packet that was held up moves it little, one without a sensible stamp not at all', () => {
  const lead = new Lead()
  lead.saw(48, 0.008)
  lead.saw(48, 0.4)
  assert.ok(lead.of(48) < 0.0091)
  const before = lead.of(48)
  for (const ms of [-0.001, 5, NaN, Infinity]) lead.saw(48, ms)
  assert.equal(lead.of(48), before)
})

test('each size has its own', () => {
  const lead = new Lead()
  lead.saw(48, 0.005)
  lead.saw(228, 0.05)
  assert.deepEqual([lead.of(48), lead.of(220), lead.of(68), lead.of(4000)], [0.005, 0.05, 0, 0])
})

test('it learns now and then', () => {
  const lead = new Lead()
  assert.deepEqual(
    [0, 5, 9.9, 10, 15, 21].map((ms) => lead.wants(48, ms)),
    [true, false, false, true, false, true],
  )
  assert.equal(lead.wants(228, 21), true)
  assert.equal(lead.wants(48, -1000), true, 'the clock was set back')
})
