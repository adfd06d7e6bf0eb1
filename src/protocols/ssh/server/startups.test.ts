// How many may be without a login: of one peer, and in all, by chance before there are too many.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Startups } from './startups.ts'

const never = () => 0.999_999
const always = () => 0

test('one peer has as many as it may, and others are not in its way', () => {
  const startups = new Startups({ start: 10, chance: 0.3, full: 20 }, 2)
  assert.deepEqual(
    ['a', 'a', 'a', 'b'].map((ip) => startups.enter(ip, always)),
    ['in', 'in', 'too many of this peer', 'in'],
  )
  startups.leave('a')
  assert.equal(startups.enter('a', always), 'in')
})

test('from the start on some are dropped, ever more, and from the full number on all', () => {
  const startups = new Startups({ start: 2, chance: 0.5, full: 4 }, 100)
  assert.equal(startups.enter('a', always), 'in')
  assert.equal(startups.enter('b', always), 'in')
  assert.equal(
    startups.enter('c', () => 0.49),
    'dropped by chance',
  )
  assert.equal(
    startups.enter('c', () => 0.5),
    'in',
  )
  assert.equal(
    startups.enter('d', () => 0.74),
    'dropped by chance',
  )
  assert.equal(
    startups.enter('d', () => 0.75),
    'in',
  )
  assert.equal(startups.enter('e', never), 'too many in all')
  startups.leave('d')
  assert.equal(startups.enter('e', never), 'in')
})
