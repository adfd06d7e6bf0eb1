// The poll process: bursts, reach register, intervals, and servers that ask for less.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { PollProcess } from './poll-process.ts'

const start = () => new PollProcess({ minPoll: 6, maxPoll: 10, iburst: true })
const MIDDLE = 0.5

test('it begins with eight requests, two seconds apart', () => {
  const polling = start()
  const intervals = Array.from({ length: 9 }, () => {
    polling.due(6)
    polling.answered()
    return polling.intervalMs(MIDDLE)
  })
  assert.deepEqual(intervals, [...Array.from({ length: 7 }, () => 2000), 64_000, 64_000])
})

test('the reach register holds eight polls', () => {
  const polling = new PollProcess({ minPoll: 6, maxPoll: 10, iburst: false })
  const answers = [true, false, true, true]
  for (const isAnswered of answers) {
    polling.due(6)
    if (isAnswered) polling.answered()
  }
  assert.equal(polling.reach, 0b1011)
  assert.equal(polling.due(6), undefined)
  assert.equal(polling.due(6), undefined)
  assert.equal(polling.due(6), 'silent', 'the third in a row')
  for (let polls = 0; polls < 5; polls++) polling.due(6)
  assert.equal(polling.reach, 0)
})

test('it asks as often as the discipline wants, within its bounds', () => {
  const polling = start()
  for (let polls = 0; polls < 9; polls++) {
    polling.due(8)
    polling.answered()
  }
  assert.equal(polling.poll, 8)
  polling.due(12)
  assert.equal(polling.poll, 10)
  polling.due(2)
  assert.equal(polling.poll, 6)
})

test('who does not answer is asked less and less', () => {
  const polling = start()
  for (let polls = 0; polls < 100; polls++) polling.due(6)
  assert.equal(polling.poll, 10)
})

test('RATE halves the rate, heeds what the server says, and is not forgotten', () => {
  const polling = start()
  polling.slowDown(6)
  assert.equal(polling.poll, 7)
  polling.slowDown(9)
  assert.equal(polling.poll, 9)
  for (let polls = 0; polls < 12; polls++) polling.slowDown(127)
  assert.equal(polling.poll, 17)
  polling.restart()
  polling.due(6)
  polling.answered()
  assert.equal(polling.poll, 17)
})

test('intervals differ by chance, by three in a hundred at most', () => {
  const polling = new PollProcess({ minPoll: 6, maxPoll: 10, iburst: false })
  assert.equal(polling.intervalMs(0), 62_000)
  assert.equal(polling.intervalMs(1), 66_000)
})
