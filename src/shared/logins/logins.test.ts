// Guessing by one peer: ever slower, then the connection ends, then the peer is shut out, and later forgiven.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { BadLogins, DEFAULT_LOGIN_LIMITS, PeerCount } from './index.ts'

const GUESSER = '192.0.2.1'
const { perPeerMax, shutMs } = DEFAULT_LOGIN_LIMITS

test('each refusal on a connection takes twice as long, and the fifth closes it', () => {
  const logins = new BadLogins()
  const rebuffs = [1, 2, 3, 4, 5].map((count) => logins.failed(GUESSER, count, 0))
  assert.deepEqual(
    rebuffs.map(({ delayMs }) => delayMs),
    [500, 1000, 2000, 4000, 8000],
  )
  assert.deepEqual(
    rebuffs.map(({ close }) => close),
    [false, false, false, false, true],
  )
  assert.equal(logins.failed(GUESSER, 1000, 0).delayMs, 15_000)
})

test('a peer that goes on guessing is shut out, others are not', () => {
  const logins = new BadLogins()
  for (let count = 1; count < perPeerMax; count++) assert.equal(logins.failed(GUESSER, 1, 0).shut, false)
  assert.equal(logins.isShut(GUESSER, 0), false)
  assert.deepEqual(logins.failed(GUESSER, 1, 0), { delayMs: 500, close: true, shut: true })
  assert.equal(logins.isShut(GUESSER, shutMs - 1), true)
  assert.equal(logins.isShut('192.0.2.2', 0), false)
  assert.equal(logins.isShut(GUESSER, shutMs), false)
  assert.equal(logins.failed(GUESSER, 1, shutMs).shut, false)
})

test('a good login clears the count', () => {
  const logins = new BadLogins()
  for (let count = 1; count < perPeerMax; count++) logins.failed(GUESSER, 1, 0)
  logins.succeeded(GUESSER)
  assert.equal(logins.failed(GUESSER, 1, 0).shut, false)
})

test('remembers a bounded number of peers, the latest', () => {
  const logins = new BadLogins({ ...DEFAULT_LOGIN_LIMITS, perPeerMax: 1 })
  for (let peer = 0; peer <= 4096; peer++) logins.failed(`peer ${peer}`, 1, 0)
  assert.equal(logins.isShut('peer 0', 0), false)
  assert.equal(logins.isShut('peer 1', 0), true)
  assert.equal(logins.isShut('peer 4096', 0), true)
})

test('a peer has as many connections as it may, each counted once', () => {
  const count = new PeerCount(2)
  assert.deepEqual([count.enter('a'), count.enter('a'), count.enter('a'), count.enter('b')], [true, true, false, true])
  count.leave('a')
  assert.equal(count.enter('a'), true)
  assert.equal(count.enter('a'), false)
  count.leave('a')
  count.leave('a')
  count.leave('a')
  assert.deepEqual([count.enter('a'), count.enter('a'), count.enter('a')], [true, true, false])
})
