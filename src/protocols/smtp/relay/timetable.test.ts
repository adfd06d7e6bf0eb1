// The heap against a sorted list, and the waits of a mail that nobody takes.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as v from 'valibot'
import { SeededRandom } from '../../../sim/index.ts'
import { relaySettings } from './settings.ts'
import { Timetable, waitAfter } from './timetable.ts'

test('what is due comes in order of time', () => {
  const random = new SeededRandom(7)
  const times = [...random.bytes(500)]
  const table = new Timetable()
  for (const [mailId, atMs] of times.entries()) table.add({ atMs, mailId })
  const taken: number[] = []
  for (let due = table.take(128); due !== undefined; due = table.take(128)) taken.push(due.atMs)
  assert.deepEqual(
    taken,
    times.filter((ms) => ms <= 128).toSorted((a, b) => a - b),
  )
  assert.equal(table.nextAt, Math.min(...times.filter((ms) => ms > 128)))
  assert.equal(new Timetable().nextAt, Infinity)
})

test('each wait is twice the one before, up to the longest', () => {
  const settings = v.parse(relaySettings, undefined)
  const minutes = [1, 2, 3, 4, 5, 6, 7, 8, 100].map((tries) => Math.round(waitAfter(tries, settings, 127.5) / 60_000))
  assert.deepEqual(minutes, [5, 10, 20, 40, 80, 160, 240, 240, 240])
})

test('chance moves a wait by a tenth at most', () => {
  const settings = v.parse(relaySettings, { 'first-retry': '10m' })
  assert.equal(waitAfter(1, settings, 0), 540_000)
  assert.equal(waitAfter(1, settings, 255), 660_000)
})
