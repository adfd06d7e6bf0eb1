// Events: one for each refusal while they are few, a sum when they are many, and nothing longer than it may be.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { OpenGate, SimPlane } from '../../../sim/index.ts'
import { reply } from '../messages.ts'
import { SessionLog } from './session-log.ts'

const REFUSED = reply(550, '5.1.1', 'nobody')

test('more than a hundred refusals a second become one sum', () => {
  const gate = new OpenGate()
  const plane = new SimPlane()
  const io = plane.serviceIo('smtp', ['198.51.100.1'], gate, (timer) => log.woke(timer))
  const log = new SessionLog(io)
  for (let count = 0; count < 150; count++) log.refused(io, REFUSED, { from: 'a@b' })
  assert.equal(gate.events.length, 100)
  plane.advance(1000)
  assert.deepEqual(gate.events.at(-1)?.detail, { refusals: 50 })
  log.refused(io, REFUSED, { from: 'a@b' })
  assert.equal(gate.events.at(-1)?.summary, '<a@b>: 550 5.1.1 nobody')
})

test('what peers wrote is bounded and stays on its line', () => {
  const gate = new OpenGate()
  const io = new SimPlane().serviceIo('smtp', ['198.51.100.1'], gate, () => {})
  const log = new SessionLog(io)
  const to = Array.from({ length: 1000 }, (_, at) => `user${at}@harbor.test`)
  log.taken(io, { mail: 'x@y', from: 'a\r\nb@c', to, bytes: 1, queue: 'Q', user: undefined })
  const [event] = gate.events
  assert.ok(String(event?.detail?.['to']).length <= 1001)
  assert.ok((event?.summary ?? '').length < 500)
  assert.doesNotMatch(event?.summary ?? '', /[\r\n]/)
})
