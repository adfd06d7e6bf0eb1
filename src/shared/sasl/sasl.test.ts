// Every mechanism with both sides joined, and the choosing among them.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { ANY_PASSWORD } from '../../core/world-view.ts'
import { decodeBase64, encodeBase64 } from './base64.ts'
import {
  chooseMechanism,
  offeredMechanisms,
  parseMechanism,
  SASL_MECHANISMS,
  type SaslMechanism,
} from './mechanisms.ts'
import { MESSAGE_MAX_BYTES } from './messages.ts'
import { exchange, sampleClient, sampleServer, type Exchange } from './sample-exchange.ts'
import { isPassword } from './text.ts'

const bytes = (text: string) => new Uint8Array(Buffer.from(text))
const channelBinding = () => bytes('the same at both ends')

function joined(mechanism: SaslMechanism, given: object, when: 'at once' | 'late'): Exchange {
  const client = sampleClient(mechanism, { channelBinding, ...given })
  return exchange(client, sampleServer(mechanism, { channelBinding }), when)
}

for (const mechanism of SASL_MECHANISMS) {
  const login = (given: object = {}, when: 'at once' | 'late' = 'at once') => joined(mechanism, given, when)

  describe(mechanism, () => {
    test('a user logs in, with the command or when asked', () => {
      for (const when of ['at once', 'late'] as const) {
        const { outcome, isComplete } = login({}, when)
        assert.deepEqual(outcome, { kind: 'done', user: 'user' })
        assert.equal(isComplete, true)
      }
    })

    test('names and passwords with signs of the syntax, and beyond ASCII', () => {
      assert.deepEqual(login({ user: 'a,b=c', password: 'x,y=z' }).outcome, { kind: 'done', user: 'a,b=c' })
      const decomposed = { user: 'e\u0301lan', password: 'pa\u0308ssword' }
      assert.deepEqual(login(decomposed).outcome, { kind: 'done', user: 'élan' })
    })

    test('another password, another user, none', () => {
      assert.deepEqual(login({ password: 'pencil2' }).outcome, {
        kind: 'failed',
        reason: 'credentials',
        user: 'user',
      })
      assert.deepEqual(login({ user: 'nobody' }).outcome, { kind: 'failed', reason: 'credentials', user: 'nobody' })
      assert.equal(login({ password: '' }).broke ?? login({ password: '' }).outcome.kind, 'unusable')
    })

    test('success before the end is not complete', () => {
      const client = sampleClient(mechanism, { channelBinding })
      if (mechanism !== 'PLAIN') client.initial()
      assert.equal(client.isComplete, false)
    })

    test('an exchange that is over takes nothing more', () => {
      const client = sampleClient(mechanism, { channelBinding })
      const server = sampleServer(mechanism, { channelBinding })
      const { fromClient } = exchange(client, server)
      for (const response of fromClient) assert.equal(server.step(response).kind, 'failed')
      assert.equal(server.step(undefined).kind === 'done', false)
      assert.equal(client.step(new Uint8Array(0)).kind, 'failed')
    })

    test('what is cut off at any length, or has one bit flipped, logs no one in', () => {
      const { fromClient } = login()
      const replay = (messages: readonly Uint8Array[]) => {
        const server = sampleServer(mechanism, { channelBinding })
        let last = server.step(messages[0])
        for (const message of messages.slice(1)) last = server.step(message)
        return last.kind
      }
      const first = mechanism === 'LOGIN' ? [bytes('user'), bytes('pencil')] : fromClient
      assert.equal(replay(first), 'done')
      first.forEach((message, at) => {
        for (let length = 0; length < message.length; length++) {
          assert.notEqual(replay(first.with(at, message.subarray(0, length))), 'done', `${at} cut at ${length}`)
        }
        for (let bit = 0; bit < message.length * 8; bit++) {
          const flipped = message.with(bit >> 3, (message[bit >> 3] ?? 0) ^ (1 << (bit & 7)))
          assert.notEqual(replay(first.with(at, flipped)), 'done', `${at} bit ${bit}`)
        }
      })
    })

    test('what is not UTF-8, or too long, is malformed', () => {
      for (const bad of [Uint8Array.of(255, 254), new Uint8Array(MESSAGE_MAX_BYTES + 1).fill(97)]) {
        assert.deepEqual(sampleServer(mechanism, { channelBinding }).step(bad), { kind: 'failed', reason: 'malformed' })
      }
    })
  })
}

test('PLAIN: whom to act as, and messages that are none', () => {
  const { outcome } = exchange(sampleClient('PLAIN', { authorization: 'boss' }), sampleServer('PLAIN'))
  assert.deepEqual(outcome, { kind: 'done', user: 'user', authorization: 'boss' })
  assert.deepEqual(sampleServer('PLAIN').step(bytes('\0user\0pencil')), { kind: 'done', user: 'user' })
  for (const text of ['', 'user', 'user\0pencil', '\0user\0', '\0\0pencil', '\0user\0pen\0cil', '\0user\0pencil\0']) {
    assert.deepEqual(sampleServer('PLAIN').step(bytes(text)), { kind: 'failed', reason: 'malformed' }, text)
  }
})

test('LOGIN: asks for the name and the password by their words, or takes the name with the command', () => {
  const server = sampleServer('LOGIN')
  assert.deepEqual(server.step(undefined), { kind: 'challenge', bytes: Buffer.from('Username:') })
  assert.deepEqual(server.step(bytes('user')), { kind: 'challenge', bytes: Buffer.from('Password:') })
  assert.equal(server.step(bytes('pencil')).kind, 'done')
  const early = sampleServer('LOGIN')
  assert.deepEqual(early.step(bytes('user')), { kind: 'challenge', bytes: Buffer.from('Password:') })
  assert.deepEqual(early.step(bytes('')), { kind: 'failed', reason: 'malformed', user: 'user' })
})

test('a client sends no name or password that the mechanism cannot carry', () => {
  for (const mechanism of SASL_MECHANISMS) {
    const client = sampleClient(mechanism, { user: 'us\0er', channelBinding })
    assert.equal(client.initial(), undefined)
    assert.deepEqual(client.step(new Uint8Array(0)), { kind: 'failed', reason: 'unusable' })
  }
})

test('a password that is not there is none, not even an empty one', () => {
  assert.equal(isPassword('', undefined), false)
  assert.equal(isPassword('a', 'a'), true)
  assert.equal(isPassword('a', 'aa'), false)
})

test('base64 is strict, and goes both ways', () => {
  for (let length = 0; length < 20; length++) {
    const given = Uint8Array.from({ length }, (_, at) => at * 53)
    assert.deepEqual(decodeBase64(encodeBase64(given)), given)
  }
  assert.deepEqual(decodeBase64('='), new Uint8Array(0))
  for (const text of [
    '*',
    'A',
    'AB',
    'ABC',
    'AB=',
    'AB==C',
    'A===',
    '====',
    'AB C',
    'QUI=\n',
    'QUJ=',
    'QR==',
    'A-_A',
  ]) {
    assert.equal(decodeBase64(text), undefined, text)
  }
  assert.equal(decodeBase64('A'.repeat(12_288))?.length, 9_216)
  assert.equal(decodeBase64('A'.repeat(12_292)), undefined)
})

test('what is offered, and what is taken', () => {
  const bare = { secured: false, plainAllowedWithoutTls: false, channelBinding: false }
  const safe = { secured: true, plainAllowedWithoutTls: false, channelBinding: true }
  assert.deepEqual(offeredMechanisms(bare), ['SCRAM-SHA-256', 'SCRAM-SHA-1'])
  assert.deepEqual(offeredMechanisms({ ...bare, plainAllowedWithoutTls: true }), [
    'SCRAM-SHA-256',
    'SCRAM-SHA-1',
    'PLAIN',
    'LOGIN',
  ])
  assert.deepEqual(offeredMechanisms(safe), [...SASL_MECHANISMS])
  assert.deepEqual(offeredMechanisms({ ...safe, channelBinding: false }), SASL_MECHANISMS.slice(1))
  assert.equal(chooseMechanism(['login', 'plain', 'GSSAPI'], safe), 'PLAIN')
  assert.equal(chooseMechanism(['login', 'plain', 'GSSAPI'], bare), undefined)
  assert.equal(chooseMechanism(SASL_MECHANISMS, safe), 'SCRAM-SHA-256-PLUS')
  assert.equal(parseMechanism('scram-sha-256-plus'), 'SCRAM-SHA-256-PLUS')
  assert.equal(parseMechanism('SCRAM-SHA-512'), undefined)
})

describe('where any password will do', () => {
  test('PLAIN and LOGIN alone are offered, and let everybody in', () => {
    const situation = { secured: true, plainAllowedWithoutTls: false, channelBinding: true, anyPassword: true }
    assert.deepEqual(offeredMechanisms(situation), ['PLAIN', 'LOGIN'])
    const plain = sampleServer('PLAIN', { passwordOf: () => ANY_PASSWORD })
    assert.deepEqual(plain.step(Buffer.from('\0x\0whatever')), { kind: 'done', user: 'x' })
  })
  test('SCRAM lets nobody in', () => {
    const exchange = sampleServer('SCRAM-SHA-256', { passwordOf: () => ANY_PASSWORD })
    const first = exchange.step(Buffer.from('n,,n=x,r=abcdefgh'))
    assert.equal(first.kind, 'challenge')
    const nonce = first.kind === 'challenge' ? (/r=([^,]+)/.exec(Buffer.from(first.bytes).toString())?.[1] ?? '') : ''
    const proof = Buffer.alloc(32).toString('base64')
    assert.equal(exchange.step(Buffer.from(`c=biws,r=${nonce},p=${proof}`)).kind, 'failed')
  })
})
