// Answers on demand: the counting, the patterns, and the settings as a world file has them.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { toJsonSchema } from '@valibot/to-json-schema'
import * as v from 'valibot'
import { configFrom } from '../../core/index.ts'
import { Answers, answersSchema, type AnswerFacts } from './index.ts'
import { parsePattern, parsePeerPattern } from './pattern.ts'

const reply = v.pipe(v.string(), v.regex(/^[45]\d\d /, 'expected a code and a text'), v.description('What is said.'))
const config = configFrom(v.strictObject({ answers: answersSchema(['connect', 'rcpt', 'data'], reply) }))
const peer = { ip: '10.1.2.3', name: 'island.test' }

function answersOf(rules: readonly object[]) {
  const read = config.parse({ answers: rules })
  assert.ok('answers' in read, JSON.stringify(read))
  return new Answers(read.answers)
}

/** What is said at `rcpt`, time after time: the code, or `-`. */
function said(rule: object, count: number, facts: AnswerFacts = { peer }): string {
  const answers = answersOf([{ at: 'rcpt', reply: '451 later', ...rule }])
  return Array.from({ length: count }, () => answers.decide('rcpt', facts)?.slice(0, 3) ?? '-').join(' ')
}

function problems(rule: object): readonly string[] {
  const read = config.parse({ answers: [rule] })
  return 'answers' in read ? [] : read.problems.map(({ path, message }) => `${path.join('.')}: ${message}`)
}

const hit = (pattern: string, value: string) => parsePattern(pattern)?.(value)
const hitPeer = (pattern: string, ip: string, name?: string) => parsePeerPattern(pattern)?.({ ip, name })

test('a rule answers always, first, after, every', () => {
  assert.equal(said({}, 3), '451 451 451')
  assert.equal(said({ first: 2 }, 4), '451 451 - -')
  assert.equal(said({ after: 2 }, 4), '- - 451 451')
  assert.equal(said({ every: 3 }, 7), '- - 451 - - 451 -')
  assert.equal(said({ first: 2, after: 1 }, 5), '- 451 451 - -')
  assert.equal(said({ every: 2, first: 4 }, 7), '- 451 - 451 - - -')
})

test('a rule answers only at its moment', () => {
  const answers = answersOf([{ at: 'data', reply: '550 no' }])
  assert.deepEqual([answers.has('data'), answers.has('rcpt')], [true, false])
  assert.equal(answers.decide('rcpt', { peer }), undefined)
  assert.equal(answers.decide('data', { peer }), '550 no')
})

test('the first rule that fits and is due answers, and those behind it do not count', () => {
  const answers = answersOf([
    { at: 'rcpt', first: 1, reply: '451 one' },
    { at: 'rcpt', first: 1, reply: '452 two' },
  ])
  assert.deepEqual(
    [1, 2, 3].map(() => answers.decide('rcpt', { peer })),
    ['451 one', '452 two', undefined],
  )
})

test('all that a rule asks for must fit, and what is not known does not', () => {
  const from = 'alice@harbor.test'
  assert.equal(said({ from: '*@Harbor.test' }, 1, { peer, from }), '451')
  assert.equal(said({ from: '*@harbor.test', to: 'bob@island.test' }, 1, { peer, from }), '-')
  assert.equal(said({ from: '*@harbor.test', to: 'bob@island.test' }, 1, { peer, from, to: 'BOB@island.test' }), '451')
  assert.equal(said({ to: 'bob@island.test' }, 1, { peer, to: ['carol@island.test', 'bob@island.test'] }), '451')
  assert.equal(said({ to: 'bob@island.test' }, 1, { peer, to: [] }), '-')
  assert.equal(said({ user: 'bob' }, 1, { peer, user: 'bobby' }), '-')
  assert.equal(said({ peer: 'island.test' }, 1), '451')
  assert.equal(said({ peer: 'harbor.test' }, 1), '-')
})

test('per counts each apart', () => {
  const answers = answersOf([{ at: 'rcpt', first: 1, per: 'to', reply: '451 later' }])
  const ask = (to: string) => answers.decide('rcpt', { peer, to }) ?? '-'
  assert.deepEqual(['a@x', 'b@x', 'A@x', 'b@x'].map(ask), ['451 later', '451 later', '-', '-'])
  const byPeer = answersOf([{ at: 'rcpt', first: 1, per: 'peer', reply: '451 later' }])
  const from = (ip: string) => byPeer.decide('rcpt', { peer: { ip } }) ?? '-'
  assert.deepEqual(['10.0.0.1', '10.0.0.2', '10.0.0.1'].map(from), ['451 later', '451 later', '-'])
})

test('what is counted apart is forgotten some day, the longest unused first', () => {
  const answers = answersOf([{ at: 'rcpt', first: 1, per: 'to', reply: '451 later' }])
  const ask = (to: string) => answers.decide('rcpt', { peer, to }) ?? '-'
  ask('old@x')
  ask('kept@x')
  for (let at = 0; at < 4095; at++) {
    ask(`${at}@x`)
    ask('kept@x')
  }
  assert.deepEqual([ask('kept@x'), ask('old@x')], ['-', '451 later'])
})

test('patterns', () => {
  assert.equal(hit('*', ''), true)
  assert.equal(hit('<>', ''), true)
  assert.equal(hit('<>', 'a@x'), false)
  assert.equal(hit('*@x.test', 'a@X.test'), true)
  assert.equal(hit('*@x.test', 'a@sub.x.test'), false)
  assert.equal(hit('*@x.test', ''), false)
  assert.equal(hit('alice', 'Alice'), true)
  for (const text of ['', '*@', 'a*@x', '*@*.x', '**']) assert.equal(parsePattern(text), undefined, text)
})

test('peers', () => {
  assert.equal(hitPeer('*', '10.0.0.1'), true)
  assert.equal(hitPeer('Island.test.', '10.0.0.1', 'island.test'), true)
  assert.equal(hitPeer('island.test', '10.0.0.1'), false)
  assert.equal(hitPeer('10.1.0.0/15', '10.0.255.1'), true)
  assert.equal(hitPeer('10.1.0.0/16', '10.0.255.1'), false)
  assert.equal(hitPeer('10.1.0.0/20', '10.1.15.255'), true)
  assert.equal(hitPeer('10.1.0.0/20', '10.1.16.0'), false)
  assert.equal(hitPeer('0.0.0.0/0', '2001:db8::1'), false)
  assert.equal(hitPeer('2001:db8::/32', '2001:db8:1::1'), true)
  assert.equal(hitPeer('2001:db8::1', '2001:db8::2'), false)
  for (const text of ['', '10.0.0.0/33', '10.0.0.0/', '10.0.0', '300.1.1.1', 'a..b', 'a b', '10.0.0.0/8/8x']) {
    assert.equal(parsePeerPattern(text), undefined, text)
  }
})

test('what is wrong in a world file is said where it stands', () => {
  assert.deepEqual(problems({ at: 'rcpt', reply: '451 later', peer: '10.0.0.0/33' }), [
    'answers.0.peer: expected a host name, an address, a range such as 10.0.0.0/8, or *',
  ])
  assert.deepEqual(problems({ at: 'rcpt', reply: '200 fine' }), ['answers.0.reply: expected a code and a text'])
  assert.equal(problems({ at: 'helo', reply: '451 later' }).length, 1)
  assert.equal(problems({ at: 'rcpt', reply: '451 later', first: 0 }).length, 1)
  assert.match(problems({ at: 'rcpt', reply: '451 later', form: '*' }).join(), /unknown key "form".*from/)
})

test('its JSON Schema describes every key', () => {
  const text = JSON.stringify(
    toJsonSchema(v.strictObject({ answers: answersSchema(['rcpt'], reply) }), {
      typeMode: 'input',
      errorMode: 'ignore',
    }),
  )
  for (const key of ['at', 'from', 'to', 'user', 'peer', 'first', 'after', 'every', 'per', 'reply']) {
    assert.match(text, new RegExp(`"${key}":\\{[^{}]*"description"`), key)
  }
})
