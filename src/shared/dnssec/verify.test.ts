// One set and its signatures: what makes a signature fit, and how much work one set may cause.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { CLASS, TYPE } from '../dns/messages.ts'
import { KEY_FLAG, decodeDnskey, decodeRrsig, type Dnskey, type Rrsig } from './records.ts'
import { SAMPLE_SIGNING } from './sample-zone.ts'
import { sampleData, sampleKey } from './sample-sets.ts'
import { zoneSigner } from './sign.ts'
import { EXTENDED_ERROR } from './validator/types.ts'
import { verifySet, type ReceivedSet, type Signed, type Unsigned } from './verify.ts'
import { WorkBudget } from './work-budget.ts'

const NOW_MS = Date.UTC(2026, 2, 3)
const NOW = NOW_MS / 1000
const signer = zoneSigner(Buffer.alloc(32, 5), 'harbor.test', SAMPLE_SIGNING)
const moment = signer.at(NOW_MS)
const keys = moment.keys.published.map((key) => decodeDnskey(key.data)).filter((key) => key !== undefined)

/** A set as it is signed at `owner`, received at `name`. */
function signedSet(owner: string, type: number, data: readonly Uint8Array[], name = owner): ReceivedSet {
  const set = { type, ttlSeconds: 3600, data }
  const signatures = signer.sign(moment, owner, set).map(decodeRrsig)
  return { ...set, name, class: CLASS.IN, signatures: signatures.filter((rrsig) => rrsig !== undefined) }
}

const address = [sampleData('A', '192.0.2.1')]
const www = signedSet('www.harbor.test', TYPE.A, address)
const rrsig = www.signatures[0]
assert.ok(rrsig !== undefined)

function check(
  set: ReceivedSet,
  by: readonly Dnskey[] = keys,
  now = NOW,
  budget = new WorkBudget(),
): Signed | Unsigned {
  return verifySet(set, 'harbor.test', by, now, budget)
}

function withRrsig(set: ReceivedSet, change: Partial<Rrsig>): ReceivedSet {
  return { ...set, signatures: set.signatures.map((each) => ({ ...each, ...change })) }
}

function codeOf(result: Signed | Unsigned): number | undefined {
  return result.kind === 'unsigned' ? result.error.code : undefined
}

test('a set verifies whatever order, case of names and further signatures it comes with', () => {
  const exchangers = ['10 Mail.Harbor.test.', '5 b.harbor.test.', '20 A.harbor.test.'].map((text) =>
    sampleData('MX', text),
  )
  const set = signedSet('harbor.test', TYPE.MX, exchangers)
  assert.equal(check(set).kind, 'signed')
  const folded = exchangers.map((data) => Buffer.from(Buffer.from(data).toString('latin1').toLowerCase(), 'latin1'))
  assert.equal(check({ ...set, data: folded.toReversed() }).kind, 'signed')
  assert.equal(check({ ...set, data: [...exchangers, ...exchangers.slice(0, 1)] }).kind, 'signed')
  const strange = { ...rrsig, algorithm: 253 }
  assert.equal(check({ ...set, signatures: [strange, ...set.signatures] }).kind, 'signed')
  assert.equal(check({ ...set, data: exchangers.slice(1) }).kind, 'unsigned')
})

function ttl(set: ReceivedSet, now = NOW): number {
  const result = check(set, keys, now)
  return result.kind === 'signed' ? result.ttlSeconds : -1
}

test('the TTL is the least of what came, what was signed and what is left', () => {
  assert.equal(ttl(www), 3600)
  assert.equal(ttl({ ...www, ttlSeconds: 60 }), 60)
  assert.equal(ttl({ ...www, ttlSeconds: 90_000 }), 3600)
  assert.equal(ttl(www, rrsig.expiration - 10), 10)
})

test('a signature holds from its inception to its expiration, both included', () => {
  assert.equal(check(www, keys, rrsig.inception).kind, 'signed')
  assert.equal(codeOf(check(www, keys, rrsig.inception - 1)), EXTENDED_ERROR.NOT_YET_VALID)
  assert.equal(check(www, keys, rrsig.expiration).kind, 'signed')
  assert.equal(codeOf(check(www, keys, rrsig.expiration + 1)), EXTENDED_ERROR.EXPIRED)
  assert.equal(
    codeOf(check(withRrsig(www, { inception: rrsig.expiration, expiration: rrsig.inception }))),
    EXTENDED_ERROR.BOGUS,
  )
})

describe('what a signature says of itself', () => {
  const CHANGES: readonly (readonly [string, Partial<Rrsig>, number])[] = [
    ['another signer', { signer: 'test' }, EXTENDED_ERROR.RRSIGS_MISSING],
    ['another type', { covered: TYPE.AAAA }, EXTENDED_ERROR.RRSIGS_MISSING],
    ['more labels than the name', { labels: 4 }, EXTENDED_ERROR.BOGUS],
    ['fewer labels', { labels: 2 }, EXTENDED_ERROR.BOGUS],
    ['a key that is not there', { tag: rrsig.tag ^ 1 }, EXTENDED_ERROR.DNSKEY_MISSING],
    ['another original TTL', { originalTtlSeconds: 1 }, EXTENDED_ERROR.BOGUS],
    ['a later end', { expiration: rrsig.expiration + 1 }, EXTENDED_ERROR.BOGUS],
    ['an unknown algorithm', { algorithm: 200 }, EXTENDED_ERROR.UNSUPPORTED_ALGORITHM],
    ['a known algorithm of no key', { algorithm: 8 }, EXTENDED_ERROR.DNSKEY_MISSING],
    ['a shorter signature', { signature: rrsig.signature.subarray(1) }, EXTENDED_ERROR.BOGUS],
    ['no signature', { signature: new Uint8Array(64) }, EXTENDED_ERROR.BOGUS],
  ]
  for (const [title, change, code] of CHANGES)
    test(title, () => assert.equal(codeOf(check(withRrsig(www, change))), code))

  test('a name outside of the signer', () => {
    const set = signedSet('www.other.test', TYPE.A, address)
    assert.equal(codeOf(check(set)), EXTENDED_ERROR.BOGUS)
  })
})

test('a key that is no zone key, is revoked or of another protocol signs nothing', () => {
  const zoneKey = keys.find((key) => key.tag === rrsig.tag)
  assert.ok(zoneKey !== undefined)
  for (const change of [{ flags: 0 }, { flags: KEY_FLAG.ZONE | KEY_FLAG.REVOKED }, { protocol: 2 }])
    assert.equal(codeOf(check(www, [{ ...zoneKey, ...change }])), EXTENDED_ERROR.NO_ZONE_KEY_BIT)
})

test('what a wildcard made verifies under the name it was made for, and says so', () => {
  const made = signedSet('*.wild.harbor.test', TYPE.A, address, 'a.b.wild.harbor.test')
  const result = check(made)
  assert.equal(result.kind, 'signed')
  assert.equal(result.kind === 'signed' && result.wildcardBelow, 'wild.harbor.test')
  const itself = check(signedSet('*.wild.harbor.test', TYPE.A, address))
  assert.equal(itself.kind === 'signed' && itself.wildcardBelow, undefined)
  assert.equal(check({ ...made, name: 'a.tame.harbor.test' }).kind, 'unsigned')
  const nsec = [sampleData('NSEC', 'z.harbor.test. A')]
  assert.equal(codeOf(check(signedSet('*.harbor.test', TYPE.NSEC, nsec, 'a.harbor.test'))), EXTENDED_ERROR.BOGUS)
})

/** Keys with the tag of the right one: two octets of the key moved, which the sum does not see. */
function twins(count: number): Dnskey[] {
  const right = keys.find((key) => key.tag === rrsig?.tag)
  assert.ok(right !== undefined)
  return Array.from({ length: count }, (_, at) => {
    const data = Buffer.from(right.data)
    data.copyWithin(4 + 2 * at, 6 + 2 * at, 8 + 2 * at)
    const twin = decodeDnskey(data)
    assert.ok(twin !== undefined)
    return { ...twin, tag: right.tag }
  })
}

describe('work is bounded', () => {
  test('keys with one tag, and signatures of one set (CVE-2023-50387)', () => {
    const budget = new WorkBudget()
    const before = budget.signatures
    const many = { ...www, signatures: Array.from({ length: 100 }, () => rrsig) }
    assert.equal(check(many, twins(25), NOW, budget).kind, 'unsigned')
    assert.ok(before - budget.signatures <= 32, `${before - budget.signatures} signatures checked`)
  })

  test('wrong signatures of one answer', () => {
    const budget = new WorkBudget()
    const before = budget.signatures
    for (let sets = 0; sets < 100; sets += 1) check(withRrsig(www, { originalTtlSeconds: sets }), keys, NOW, budget)
    assert.ok(before - budget.signatures <= 20)
    assert.equal(check(www, keys, NOW, budget).kind, 'unsigned', 'nothing holds any more')
  })

  test('RSA keys with exponents or moduli without end are none', () => {
    const modulus = Buffer.alloc(128, 0xab)
    const key = (exponent: Buffer): string =>
      `256 3 8 ${Buffer.concat([Buffer.of(exponent.length), exponent, modulus]).toString('base64')}`
    for (const exponent of [Buffer.alloc(100, 0xff), Buffer.alloc(6, 0xff)]) {
      const bad = sampleKey(key(exponent))
      const set = withRrsig(www, { algorithm: 8, tag: bad.tag, signature: Buffer.alloc(128, 1) })
      assert.equal(check(set, [bad]).kind, 'unsigned')
    }
  })
})
