// TSIG between a signer and a verifier, against keys, times and MACs that are wrong, and against messages that another implementation made.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { TransactionKey } from '../../../core/zones.ts'
import { encodeMessage } from '../codec/message.ts'
import { CLASS, RCODE, TYPE, query } from '../messages.ts'
import { macBytes, tsigBytes } from './mac.ts'
import { TSIG_ERROR, appendTsig, findTsig } from './record.ts'
import { TsigSigner, TsigVerifier, UNSIGNED_MAX, refusalAnswer, verifyRequest, type Refused } from './tsig.ts'

const NOW = 1_600_000_000
const ALGORITHMS = ['hmac-sha1', 'hmac-sha224', 'hmac-sha256', 'hmac-sha384', 'hmac-sha512'] as const
const key: TransactionKey = { name: 'key.test', algorithm: 'hmac-sha256', secret: Uint8Array.of(1, 2, 3) }
const keys = (name: string) => (name === key.name ? key : undefined)

const request = encodeMessage(query(7, { name: 'a.test', type: TYPE.SOA, class: CLASS.IN }))
const answer = encodeMessage(
  query(7, { name: 'a.test', type: TYPE.SOA, class: CLASS.IN }, { response: true, rcode: RCODE.NOTAUTH }),
)

/** A query with EDNS that dig signed with `key`. */
const FOREIGN =
  'aca50120000100000000000201610474657374000006000100002904d0000000000000036b657904746573740000fa00ff00000000003d' +
  '0b686d61632d7368613235360000006b061616012c002030d59463f077ab0b06e815ccb44e077935bc56449556d8a1c172cb9815b752db' +
  'aca500000000'

function signed(): { signer: TsigSigner; packet: Uint8Array; mac: Uint8Array } {
  const signer = new TsigSigner(key)
  const packet = signer.sign(request, NOW)
  assert.ok(signer.mac)
  return { signer, packet, mac: signer.mac }
}

function refused(packet: Uint8Array, now = NOW, macMinBytes = Infinity): Refused {
  const verdict = verifyRequest(packet, keys, now, macMinBytes)
  assert.equal(verdict.kind, 'refused')
  return verdict
}

/** The packet with its MAC cut to `bytes`. */
function cut(packet: Uint8Array, bytes: number): Uint8Array {
  const found = findTsig(packet)
  assert.ok(typeof found === 'object')
  return appendTsig(request, { ...found.record, mac: found.record.mac.subarray(0, bytes) })
}

describe('a request', () => {
  for (const algorithm of ALGORITHMS) {
    test(`is verified with ${algorithm}`, () => {
      const other = { ...key, algorithm }
      const packet = new TsigSigner(other).sign(request, NOW)
      const verdict = verifyRequest(packet, () => other, NOW)
      assert.ok(verdict.kind === 'verified')
      assert.deepEqual(verdict.message, request)
      assert.equal(verdict.mac.length, macBytes(algorithm))
      assert.equal(packet.length, request.length + tsigBytes(other))
    })
  }

  test('that another implementation signed is verified', () => {
    const packet = Uint8Array.from(Buffer.from(FOREIGN, 'hex'))
    const verdict = verifyRequest(packet, keys, 0x6b06_1616)
    assert.ok(verdict.kind === 'verified')
    assert.equal(verdict.message.length, 12 + 12 + 11)
  })

  test('that a forwarder gave another id is verified, and keeps that id', () => {
    const { packet } = signed()
    packet[0] = 0xab
    const verdict = verifyRequest(packet, keys, NOW)
    assert.ok(verdict.kind === 'verified')
    assert.equal(verdict.message[0], 0xab)
  })

  test('without a signature is that', () => assert.equal(verifyRequest(request, keys, NOW).kind, 'unsigned'))

  test('is refused after any flipped bit, but for its id and the case of names', () => {
    const { packet } = signed()
    for (let bit = 16; bit < packet.length * 8; bit += 1) {
      packet[bit >> 3]! ^= 1 << (bit & 7)
      const verdict = verifyRequest(packet, keys, NOW)
      const letter = (packet[bit >> 3]! | 32) >= 97 && (packet[bit >> 3]! | 32) <= 122
      assert.ok(verdict.kind !== 'verified' || (letter && (bit & 7) === 5), `bit ${bit}`)
      packet[bit >> 3]! ^= 1 << (bit & 7)
    }
  })

  test('is malformed or unsigned when truncated anywhere', () => {
    const { packet } = signed()
    for (let length = 0; length < packet.length; length += 1)
      assert.equal(verifyRequest(packet.subarray(0, length), keys, NOW).kind, 'malformed')
  })

  test('with a TSIG that is not last is malformed', () => {
    const twice = new TsigSigner(key).sign(signed().packet, NOW)
    assert.equal(verifyRequest(twice, keys, NOW).kind, 'malformed')
  })

  test('of a key that is not known, or of another algorithm: BADKEY, answered unsigned', () => {
    const { packet, mac } = signed()
    for (const known of [() => undefined, () => ({ ...key, algorithm: 'hmac-sha1' as const })]) {
      const verdict = verifyRequest(packet, known, NOW)
      assert.ok(verdict.kind === 'refused' && verdict.error === TSIG_ERROR.BADKEY && verdict.key === undefined)
      const found = findTsig(refusalAnswer(answer, verdict, NOW))
      assert.ok(typeof found === 'object')
      assert.deepEqual([found.record.error, found.record.mac.length], [TSIG_ERROR.BADKEY, 0])
      const seen = new TsigVerifier(key, mac).take(refusalAnswer(answer, verdict, NOW), NOW)
      assert.ok(seen.kind === 'untrusted' && seen.error === TSIG_ERROR.BADKEY)
    }
  })

  test('of another secret: BADSIG', () => {
    const packet = new TsigSigner({ ...key, secret: Uint8Array.of(9) }).sign(request, NOW)
    assert.equal(refused(packet).error, TSIG_ERROR.BADSIG)
  })

  test('of another time: BADTIME, answered with both times and signed', () => {
    const { packet, mac } = signed()
    assert.equal(verifyRequest(packet, keys, NOW + 300).kind, 'verified')
    assert.equal(verifyRequest(packet, keys, NOW - 300).kind, 'verified')
    const verdict = refused(packet, NOW + 301)
    assert.equal(verdict.error, TSIG_ERROR.BADTIME)
    const bytes = refusalAnswer(answer, verdict, NOW + 301)
    const found = findTsig(bytes)
    assert.ok(typeof found === 'object')
    assert.equal(found.record.timeSeconds, NOW)
    assert.equal(Buffer.from(found.record.other).readUIntBE(0, 6), NOW + 301)
    const seen = new TsigVerifier(key, mac).take(bytes, NOW)
    assert.ok(seen.kind === 'verified' && seen.error === TSIG_ERROR.BADTIME)
  })

  test('with a MAC that was cut: BADTRUNC, malformed below half, or verified where it is allowed', () => {
    const { packet } = signed()
    assert.equal(refused(cut(packet, 31)).error, TSIG_ERROR.BADTRUNC)
    assert.equal(verifyRequest(cut(packet, 16), keys, NOW, 16).kind, 'verified')
    assert.equal(refused(cut(packet, 16), NOW, 17).error, TSIG_ERROR.BADTRUNC)
    assert.equal(verifyRequest(cut(packet, 15), keys, NOW, 0).kind, 'malformed')
    assert.equal(refused(cut(packet, 0), NOW, 0).error, TSIG_ERROR.BADSIG)
  })
})

describe('an answer', () => {
  test('is chained to its request', () => {
    const { packet, mac } = signed()
    const verdict = verifyRequest(packet, keys, NOW)
    assert.ok(verdict.kind === 'verified')
    const bytes = new TsigSigner(verdict.key, verdict.mac).sign(answer, NOW)
    const seen = new TsigVerifier(key, mac).take(bytes, NOW)
    assert.ok(seen.kind === 'verified')
    assert.deepEqual(seen.message, answer)
    assert.equal(new TsigVerifier(key, new Uint8Array(32)).take(bytes, NOW).kind, 'untrusted')
    assert.equal(new TsigVerifier(key, mac).take(answer, NOW).kind, 'untrusted')
    assert.equal(new TsigVerifier(key, mac).take(bytes, NOW + 301).kind, 'untrusted')
  })

  test('of many messages is chained from one to the next, unsigned ones between included', () => {
    const { mac } = signed()
    const sender = new TsigSigner(key, mac)
    const stream = [sender.sign(answer, NOW), sender.sign(answer, NOW), answer, answer]
    sender.pass(answer)
    sender.pass(answer)
    stream.push(sender.sign(request, NOW))
    const receiver = new TsigVerifier(key, mac)
    assert.deepEqual(
      stream.map((each) => receiver.take(each, NOW).kind),
      ['verified', 'verified', 'between', 'between', 'verified'],
    )
    assert.ok(receiver.complete)
    const missing = new TsigVerifier(key, mac)
    assert.deepEqual(
      stream.filter((_, at) => at !== 2).map((each) => missing.take(each, NOW).kind),
      ['verified', 'verified', 'between', 'untrusted'],
    )
    assert.ok(!missing.complete)
  })

  test('has a bound on what is unsigned', () => {
    const { mac } = signed()
    const sender = new TsigSigner(key, mac)
    const receiver = new TsigVerifier(key, mac)
    assert.throws(() => sender.pass(answer))
    receiver.take(sender.sign(answer, NOW), NOW)
    for (let left = UNSIGNED_MAX; left > 0; left -= 1) {
      sender.pass(answer)
      assert.equal(receiver.take(answer, NOW).kind, 'between')
    }
    assert.throws(() => sender.pass(answer))
    assert.equal(receiver.take(answer, NOW).kind, 'untrusted')
  })
})
