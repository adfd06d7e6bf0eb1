// A client's login line by line: the mechanism that it takes, what goes along, and what breaks it off.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ScramKeys } from './scram-keys.ts'
import { counting } from './sample-exchange.ts'
import { startTextClient, type TextClient } from './text-client.ts'
import { TextExchange } from './text-exchange.ts'

const LOGIN = { user: 'alice', password: 'secret', plainAllowedWithoutTls: false }
const ALL = ['PLAIN', 'LOGIN', 'SCRAM-SHA-1', 'SCRAM-SHA-256', 'SCRAM-SHA-256-PLUS']
const PLAIN_ONLY = ['PLAIN', 'LOGIN', 'X-OTHER']
const plain = { random: counting(1), tls: undefined }
const secured = { random: counting(1), tls: { version: 'TLSv1.3', cipher: 'any' } }
const bound = { random: counting(1), tls: { ...secured.tls, channelBinding: () => new Uint8Array([1, 2, 3]) } }

const base64 = (text: string) => Buffer.from(text).toString('base64')
const decoded = (text = '') => Buffer.from(text, 'base64').toString()

function started(...given: Parameters<typeof startTextClient>): TextClient {
  const client = startTextClient(...given)
  assert.ok(client !== undefined)
  return client
}

test('the best mechanism that will do here, in any case of letters', () => {
  assert.equal(started(bound, ALL, LOGIN).mechanism, 'SCRAM-SHA-256-PLUS')
  assert.equal(started(secured, ALL, LOGIN).mechanism, 'SCRAM-SHA-256')
  assert.equal(started(secured, ['plain'], LOGIN).mechanism, 'PLAIN')
  assert.equal(startTextClient(plain, PLAIN_ONLY, LOGIN), undefined)
  assert.equal(started(plain, PLAIN_ONLY, { ...LOGIN, plainAllowedWithoutTls: true }).mechanism, 'PLAIN')
})

test('what goes along with the command', () => {
  assert.equal(started(secured, ['PLAIN'], LOGIN).initial(), base64('\0alice\0secret'))
  const acting = { ...LOGIN, authorization: 'bob' }
  assert.equal(started(secured, ['PLAIN'], acting).initial(), base64('bob\0alice\0secret'))
  assert.equal(started(secured, ['LOGIN'], LOGIN).initial(), undefined)
})

test('a server that did not offer to bind is told that we could have', () => {
  assert.match(decoded(started(bound, ['SCRAM-SHA-256'], LOGIN).initial()), /^y,,/)
  assert.match(decoded(started(secured, ['SCRAM-SHA-256'], LOGIN).initial()), /^n,,/)
})

test('an exchange up to its end', () => {
  const policy = { anyUser: false, user: () => ({ address: 'alice@harbor.test', password: 'secret' }) }
  const terms = { policy, keys: new ScramKeys(new Uint8Array(32).fill(7)), channelBinding: true }
  const client = started(bound, ALL, LOGIN)
  const server = new TextExchange(bound, terms, client.mechanism)
  let step = server.begin(client.initial())
  for (let lines = 0; step.kind === 'challenge'; lines++) {
    assert.ok(lines < 3 && !client.isComplete)
    const answer = client.answer(step.base64)
    assert.ok(answer.kind === 'response')
    step = server.answer(answer.base64)
  }
  assert.deepEqual([step.kind, client.isComplete], ['done', true])
})

test('a challenge that is none', () => {
  const client = started(secured, ['SCRAM-SHA-256'], LOGIN)
  client.initial()
  assert.deepEqual(client.answer('!'), { kind: 'failed', why: 'the challenge is not base64' })
  assert.equal(client.answer(base64('nothing of SCRAM')).kind, 'failed')
})
