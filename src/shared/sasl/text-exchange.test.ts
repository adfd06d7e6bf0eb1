// Logins line by line: what is offered where, what ends an exchange, and who is let in.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { encodeBase64 } from './base64.ts'
import { counting, sampleClient } from './sample-exchange.ts'
import { ScramKeys } from './scram-keys.ts'
import { checkPassword, mechanismsFor, takesPlain, TextExchange, type LoginTerms } from './text-exchange.ts'

const ALICE = { address: 'alice@harbor.test', password: 'secret' }
const BOB = { address: 'bob@harbor.test', password: 'other' }
const LOGINS = new Map([
  ['alice', ALICE],
  [ALICE.address, ALICE],
  ['bob', BOB],
])

const terms: LoginTerms = {
  policy: { anyUser: false, user: (login) => LOGINS.get(login) },
  keys: new ScramKeys(new Uint8Array(32).fill(7)),
  channelBinding: false,
}
const plain = { random: counting(1), tls: undefined }
const bound = {
  random: counting(1),
  tls: { version: 'TLSv1.3', cipher: 'any', channelBinding: () => new Uint8Array([1, 2, 3]) },
}

const base64 = (text: string) => Buffer.from(text).toString('base64')
const begun = (mechanism: 'PLAIN' | 'LOGIN', initial?: string) => {
  const exchange = new TextExchange(bound, terms, mechanism)
  return { exchange, first: exchange.begin(initial) }
}

const ALL = ['SCRAM-SHA-256-PLUS', 'SCRAM-SHA-256', 'SCRAM-SHA-1', 'PLAIN', 'LOGIN']

test('a password is shown under TLS or with leave, and TLS is bound where the service does so', () => {
  assert.deepEqual(mechanismsFor(plain, terms), ALL.slice(1, 3))
  assert.deepEqual(mechanismsFor(plain, { ...terms, plainLogin: true }), ALL.slice(1))
  assert.deepEqual(mechanismsFor(plain, { ...terms, channelBinding: true }), ALL.slice(1, 3))
  assert.deepEqual(mechanismsFor(bound, terms), ALL.slice(1))
  assert.deepEqual(mechanismsFor(bound, { ...terms, channelBinding: true }), ALL)
  assert.deepEqual(mechanismsFor(bound, { ...terms, policy: { ...terms.policy, anyUser: true } }), ALL.slice(3))
  assert.deepEqual([takesPlain(plain, terms), takesPlain(bound, terms)], [false, true])
  assert.equal(takesPlain(plain, { ...terms, plainLogin: true }), true)
})

test('with the command, and when asked', () => {
  const done = { kind: 'done', user: ALICE, by: 'PLAIN' }
  assert.deepEqual(begun('PLAIN', base64('\0alice\0secret')).first, done)
  const { exchange, first } = begun('PLAIN')
  assert.deepEqual(first, { kind: 'challenge', base64: '' })
  assert.deepEqual(exchange.answer(base64('\0alice\0secret')), done)
})

test('several lines', () => {
  const { exchange, first } = begun('LOGIN')
  assert.deepEqual(first, { kind: 'challenge', base64: base64('Username:') })
  assert.deepEqual(exchange.answer(base64('alice')), { kind: 'challenge', base64: base64('Password:') })
  assert.deepEqual(exchange.answer(base64('secret')), { kind: 'done', user: ALICE, by: 'LOGIN' })
})

test('a client bound to this TLS logs in, and one bound to another does not', () => {
  for (const [data, kind] of [
    [[1, 2, 3], 'done'],
    [[1, 2, 4], 'failed'],
  ] as const) {
    const channelBinding = () => new Uint8Array(data)
    const client = sampleClient('SCRAM-SHA-256-PLUS', { user: 'alice', password: 'secret', channelBinding })
    const exchange = new TextExchange(bound, { ...terms, channelBinding: true }, 'SCRAM-SHA-256-PLUS')
    let step = exchange.begin(encodeBase64(client.initial() ?? new Uint8Array(0)))
    while (step.kind === 'challenge') {
      const answer = client.step(Buffer.from(step.base64, 'base64'))
      assert.ok(answer.kind === 'response')
      step = exchange.answer(encodeBase64(answer.bytes))
    }
    assert.equal(step.kind, kind)
    if (step.kind === 'failed') assert.equal(step.reason, 'bound to another TLS session')
  }
})

const broken = (why: string, reason: string) => ({ kind: 'broken', why, reason })

test('what is no exchange breaks it off, and is no bad login', () => {
  assert.deepEqual(begun('LOGIN').exchange.answer('*'), broken('cancelled', 'cancelled, as asked for'))
  assert.deepEqual(begun('LOGIN').exchange.answer('*a'), broken('encoding', 'this is not base64'))
  assert.deepEqual(begun('PLAIN', '*').first, broken('encoding', 'this is not base64'))
  assert.deepEqual(begun('PLAIN', base64('alice')).first, broken('malformed', 'this is no message of PLAIN'))
})

test('another password, and acting for others', () => {
  const wrong = { kind: 'failed', name: 'alice', reason: 'wrong name or password' }
  assert.deepEqual(begun('PLAIN', base64('\0alice\0guess')).first, wrong)
  assert.deepEqual(begun('PLAIN', base64('\0carol\0guess')).first, { ...wrong, name: 'carol' })
  const other = { ...wrong, reason: 'may not act for another' }
  assert.deepEqual(begun('PLAIN', base64('bob\0alice\0secret')).first, other)
  assert.deepEqual(begun('PLAIN', base64('carol\0alice\0secret')).first, other)
  assert.equal(begun('PLAIN', base64(`${ALICE.address}\0alice\0secret`)).first.kind, 'done')
})

test('a name and a password by a command of its own', () => {
  assert.deepEqual(checkPassword(plain, terms, 'USER', ['alice', 'secret']), { kind: 'done', user: ALICE, by: 'USER' })
  assert.equal(checkPassword(plain, terms, 'USER', ['alice', 'other']).kind, 'failed')
  const nameless = checkPassword(plain, terms, 'USER', ['', 'secret'])
  assert.deepEqual(nameless, broken('malformed', 'this is no message of USER'))
})
