import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isFailure } from '../core/failure.ts'
import { byName, isBelow, levelsAbove, parseName, spelling } from './names.ts'

const GOOD: readonly (readonly [string, string])[] = [
  ['inbox', 'INBOX'],
  ['Inbox/Lists', 'INBOX/Lists'],
  ['inboxes', 'inboxes'],
  ['Lists/inbox', 'Lists/inbox'],
  ['Entwu\u0308rfe', 'Entw\u00fcrfe'],
  ['日本語/✉️', '日本語/✉️'],
  ['a'.repeat(255), 'a'.repeat(255)],
]

const BAD = [
  '',
  '/',
  '/a',
  'a/',
  'a//b',
  'a\0b',
  'a\nb',
  'a\x7fb',
  'a\x85b',
  'a\u2028b',
  'a\ud800b',
  'a'.repeat(256),
  'é'.repeat(128),
  Array.from({ length: 400 }, () => 'ab').join('/'),
]

test('a name has one spelling', () => {
  for (const [written, kept] of GOOD) {
    assert.equal(parseName(written), kept)
    assert.equal(spelling(written), kept)
  }
})

test('what is no name is refused', () => {
  for (const name of BAD) assert.ok(isFailure(parseName(name)), JSON.stringify(name))
})

test('levels', () => {
  assert.deepEqual(levelsAbove('a/b/c'), ['a', 'a/b'])
  assert.deepEqual(levelsAbove('a'), [])
  assert.equal(isBelow('a/b', 'a'), true)
  assert.equal(isBelow('ab', 'a'), false)
  assert.equal(isBelow('a', 'a'), false)
})

test('INBOX comes first', () => {
  assert.deepEqual(['b', 'INBOX', 'A', 'INBOX/x'].toSorted(byName), ['INBOX', 'A', 'INBOX/x', 'b'])
})
