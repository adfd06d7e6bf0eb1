// Keys as a function of time: the same for all who ask, and at every moment enough of them for whoever has kept some.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Signing } from '../../core/zones.ts'
import { CLASS, TYPE } from '../dns/messages.ts'
import { dsAt, formatBindAnchors, formatDsAnchor, formatKeyAnchor, keyDigest, trustAnchorAt } from './anchors.ts'
import { dnskeySet, followingKey, keysAt } from './keys.ts'
import { decodeDnskey, decodeDs, decodeRrsig } from './records.ts'
import { SAMPLE_SIGNING } from './sample-zone.ts'
import { zoneSigner } from './sign.ts'
import { verifySet, type ReceivedSet } from './verify.ts'
import { WorkBudget } from './work-budget.ts'

const SECRET = Buffer.alloc(32, 3)
const NOW = Date.UTC(2026, 0, 15)
const DAY = 86_400_000
const tags = (signing: Signing, at: number): readonly number[] =>
  keysAt(SECRET, 'harbor.test', signing, at).published.map((key) => key.tag)

function hexOf(secret: Uint8Array, zone: string, signing: Signing, at: number): string[] {
  return keysAt(secret, zone, signing, at).published.map((key) => Buffer.from(key.data).toString('hex'))
}

test('the same secret, zone and time give the same keys, another of any gives others', () => {
  const first = hexOf(SECRET, 'harbor.test', SAMPLE_SIGNING, NOW)
  assert.deepEqual(hexOf(Buffer.from(SECRET), 'harbor.test', SAMPLE_SIGNING, NOW), first)
  for (const other of [
    hexOf(Buffer.alloc(32, 4), 'harbor.test', SAMPLE_SIGNING, NOW),
    hexOf(SECRET, 'other.test', SAMPLE_SIGNING, NOW),
    hexOf(SECRET, '', SAMPLE_SIGNING, NOW),
    hexOf(SECRET, 'harbor.test', { ...SAMPLE_SIGNING, algorithm: 15 }, NOW),
    hexOf(SECRET, 'harbor.test', SAMPLE_SIGNING, NOW + 800 * DAY),
  ])
    assert.equal(
      other.some((key) => first.includes(key)),
      false,
    )
})

test('keys that are never rolled are the same for all time', () => {
  const signing = { ...SAMPLE_SIGNING, zoneKeyMs: Infinity, keyKeyMs: Infinity }
  assert.equal(tags(signing, NOW).length, 2)
  assert.deepEqual(tags(signing, NOW), tags(signing, NOW + 10_000 * DAY))
  assert.equal(keysAt(SECRET, 'harbor.test', signing, NOW).untilMs, Infinity)
  assert.equal(followingKey(SECRET, 'harbor.test', signing, NOW), undefined)
})

test('a set of keys says for how long it is one, and going back in time gives the keys of then', () => {
  const early = tags(SAMPLE_SIGNING, NOW)
  let changes = 0
  for (let at = NOW; at < NOW + 400 * DAY;) {
    const keys = keysAt(SECRET, 'harbor.test', SAMPLE_SIGNING, at)
    assert.ok(keys.fromMs <= at && at < keys.untilMs)
    assert.deepEqual(tags(SAMPLE_SIGNING, keys.fromMs), tags(SAMPLE_SIGNING, keys.untilMs - 1))
    at = keys.untilMs
    changes += 1
  }
  assert.ok(changes > 10 && changes < 40, String(changes))
  assert.deepEqual(tags(SAMPLE_SIGNING, NOW), early)
})

const SPEEDS: readonly (readonly [string, Signing])[] = [
  ['quarters and years', SAMPLE_SIGNING],
  ['a week and a month', { ...SAMPLE_SIGNING, zoneKeyMs: 7 * DAY, keyKeyMs: 30 * DAY, validityMs: 5 * DAY }],
  ['an hour and a day', { ...SAMPLE_SIGNING, zoneKeyMs: DAY / 24, keyKeyMs: DAY, validityMs: 20 * DAY }],
  ['a minute and two', { ...SAMPLE_SIGNING, zoneKeyMs: 60_000, keyKeyMs: 120_000, validityMs: 60_000 }],
]

describe('whatever a validator has kept fits what it gets', () => {
  for (const [title, signing] of SPEEDS)
    test(`keys of ${title}`, () => {
      const signer = zoneSigner(SECRET, 'harbor.test', signing)
      const { ttlSeconds } = keysAt(SECRET, 'harbor.test', signing, NOW)
      const lagMs = ttlSeconds * 1000
      for (const at of momentsOf(signing))
        for (const [dsMs, keyMs, dataMs] of [
          [at, at, at],
          [at - lagMs, at, at],
          [at, at - lagMs, at],
          [at - lagMs, at, at - lagMs],
          [at - lagMs, at - lagMs, at],
        ] as const)
          assert.equal(problemOf(signer, signing, at, dsMs, keyMs, dataMs), undefined)
    })
})

/** The instants around every change over two rolls of key-signing keys, and some between. */
function momentsOf(signing: Signing): readonly number[] {
  const moments: number[] = []
  const end = NOW + 2.5 * signing.keyKeyMs
  for (let at = NOW; at < end && moments.length < 400;) {
    const { untilMs } = keysAt(SECRET, 'harbor.test', signing, at)
    moments.push(at, Math.floor((at + untilMs) / 2), untilMs - 1)
    at = untilMs
  }
  return moments
}

/** With DS records, keys and data that were fetched at different times, at `at`. */
function problemOf(
  signer: ReturnType<typeof zoneSigner>,
  signing: Signing,
  at: number,
  dsMs: number,
  keyMs: number,
  dataMs: number,
): string | undefined {
  const ds = dsAt(SECRET, 'harbor.test', signing, dsMs).data.map(decodeDs)
  const moment = signer.at(keyMs)
  const set = dnskeySet(moment.keys, signing)
  if (set === undefined) return 'no keys'
  const keys = set.data.map(decodeDnskey).filter((key) => key !== undefined)
  const trusted = keys.filter((key) =>
    ds.some((each) => each?.tag === key.tag && sameDigest(each.digest, key.data, each.digestType)),
  )
  const keySet = received(signer, keyMs, set)
  if (verifySet(keySet, 'harbor.test', trusted, keyMs / 1000, new WorkBudget()).kind !== 'signed') return 'keys'
  const data = received(signer, dataMs, { type: TYPE.A, ttlSeconds: 3600, data: [Buffer.from([192, 0, 2, 1])] })
  const verified = verifySet(data, 'harbor.test', keys, at / 1000, new WorkBudget())
  return verified.kind === 'signed' || keptTooLong(data, at) ? undefined : `data: ${verified.error.text}`
}

function sameDigest(digest: Uint8Array, key: Uint8Array, type: number): boolean {
  return Buffer.compare(keyDigest('harbor.test', key, type) ?? new Uint8Array(0), digest) === 0
}

/** A cache keeps nothing beyond its signature (RFC 4035 §5.3.3). */
function keptTooLong(set: ReceivedSet, at: number): boolean {
  return set.signatures.every((rrsig) => rrsig.expiration * 1000 < at)
}

function received(
  signer: ReturnType<typeof zoneSigner>,
  wallMs: number,
  set: { type: number; ttlSeconds: number; data: readonly Uint8Array[] },
): ReceivedSet {
  const signatures = signer.sign(signer.at(wallMs), 'harbor.test', set).map(decodeRrsig)
  return {
    ...set,
    name: 'harbor.test',
    class: CLASS.IN,
    signatures: signatures.filter((rrsig) => rrsig !== undefined),
  }
}

test('a trust anchor names the key after the next roll, in every form', () => {
  const anchor = trustAnchorAt(SECRET, '', SAMPLE_SIGNING, NOW)
  const later = keysAt(SECRET, '', SAMPLE_SIGNING, NOW + SAMPLE_SIGNING.keyKeyMs).keySigning
  assert.ok(later.some((key) => anchor.keys.some((known) => Buffer.compare(known, key.data) === 0)))
  assert.match(formatDsAnchor(anchor), /^(\. IN DS \d+ 13 2 [\dA-F]{64}\n)+$/)
  assert.match(formatKeyAnchor(anchor), /^(\. IN DNSKEY 257 3 13 [\w+/]{86}==\n)+$/)
  assert.match(formatBindAnchors([anchor]), /^trust-anchors \{\n( {2}"\." static-ds \d+ 13 2 "[\dA-F]{64}";\n)+\};\n$/)
})

function dsHexOf(signing: Signing): string[] {
  return dsAt(SECRET, 'harbor.test', signing, NOW).data.map((data) => Buffer.from(data).toString('hex'))
}

test('wrong DS records are those of no key', () => {
  const right = dsHexOf(SAMPLE_SIGNING)
  const wrong = dsHexOf({ ...SAMPLE_SIGNING, broken: 'wrong-ds' })
  assert.equal(wrong.length, right.length)
  assert.equal(
    wrong.some((each) => right.includes(each)),
    false,
  )
})
