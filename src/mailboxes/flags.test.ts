import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isFailure } from '../core/failure.ts'
import { Flags, FlagSets } from './flags.ts'
import { KEYWORDS_MAX } from './limits.ts'
import { codeOf, made } from './sample-post.ts'

const sets = new FlagSets()
const set = (...names: string[]): Flags => made(sets.parse(names))
const changed = (from: Flags, kind: 'add' | 'remove' | 'replace', by: Flags): Flags =>
  made(sets.changed(from, kind, by))

test('a combination is one object, however it is written', () => {
  const first = set('\\Seen', '$Forwarded', '\\Answered')
  assert.equal(set('$Forwarded', '\\ANSWERED', '\\seen'), first)
  assert.equal(first.text, '\\Answered \\Seen $Forwarded')
  assert.deepEqual([...first.lower], ['\\answered', '\\seen', '$forwarded'])
  assert.equal(sets.stored(first.text), first)
  assert.equal(set(), sets.none)
  assert.equal(sets.stored(''), sets.none)
})

test('a set knows what is counted', () => {
  assert.deepEqual([set('\\Seen').seen, set('\\Seen').deleted], [true, false])
  assert.deepEqual([set('\\deleted').seen, set('\\deleted').deleted], [false, true])
})

test('the first spelling of a keyword stays', () => {
  const work = set('Work')
  assert.equal(changed(work, 'add', set('work')), work)
  assert.equal(changed(work, 'replace', set('WORK')), work)
  assert.equal(changed(work, 'remove', set('wORK')), sets.none)
})

test('adding, removing, replacing', () => {
  const both = set('\\Seen', 'a')
  assert.equal(changed(both, 'add', set('\\Flagged')).text, '\\Flagged \\Seen a')
  assert.equal(changed(both, 'remove', set('\\Seen', '\\Draft')).text, 'a')
  assert.equal(changed(both, 'replace', set('b')).text, 'b')
  assert.equal(changed(both, 'replace', sets.none), sets.none)
  assert.equal(changed(both, 'add', set('a')), both)
  assert.equal(changed(both, 'remove', set('b')), both)
})

test('what is no flag is refused', () => {
  for (const name of [
    '',
    '\\Recent',
    '\\Other',
    '\\',
    'a b',
    'a(',
    'a"',
    'a]',
    'a%',
    'a*',
    'a{',
    'é',
    'a\n',
    'x'.repeat(256),
  ]) {
    assert.equal(codeOf(sets.parse([name])), 'EINVAL', JSON.stringify(name))
  }
})

test('a message has so many keywords and no more', () => {
  const many = Array.from({ length: KEYWORDS_MAX }, (_, at) => `k${at}`)
  assert.ok(!isFailure(sets.parse(many)))
  assert.equal(codeOf(sets.parse([...many, 'one-more'])), 'EINVAL')
  assert.equal(codeOf(sets.changed(set(...many), 'add', set('one-more'))), 'EINVAL')
})
