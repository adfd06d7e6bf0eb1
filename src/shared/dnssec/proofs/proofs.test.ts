// What NSEC and NSEC3 records prove, and above all what they do not.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { TYPE } from '../../dns/messages.ts'
import { nsec3Hash } from '../nsec3-hash.ts'
import { decodeNsec, decodeNsec3, encodeNsec3, OPT_OUT } from '../records.ts'
import { sampleData } from '../sample-sets.ts'
import { WorkBudget } from '../work-budget.ts'
import { nsecProver } from './nsec.ts'
import { isHashBetween, nsec3Prover } from './nsec3.ts'
import type { OwnedNsec, OwnedNsec3 } from './proof.ts'

function nsec(owner: string, rest: string): OwnedNsec {
  const decoded = decodeNsec(sampleData('NSEC', rest))
  assert.ok(decoded !== undefined)
  return { owner, nsec: decoded }
}

const zone = (...records: readonly OwnedNsec[]) => nsecProver('z.test', records)
const APEX = nsec('z.test', 'b.z.test. NS SOA RRSIG NSEC DNSKEY')
const LAST = nsec('x.z.test', 'z.test. A RRSIG NSEC')

describe('NSEC', () => {
  test('a gap denies what lies in it, with its wildcard', () => {
    const gap = nsec('b.z.test', 'x.z.test. A RRSIG NSEC')
    assert.equal(zone(gap, APEX).noName('m.z.test'), 'proven')
    assert.equal(zone(gap).noName('m.z.test'), 'unproven', 'a wildcard may be there')
    assert.equal(zone(APEX).noName('m.z.test'), 'unproven')
    assert.equal(zone(gap, APEX).noName('b.z.test'), 'unproven')
    assert.equal(zone(gap, APEX).noName('x.z.test'), 'unproven')
    assert.equal(zone(gap, APEX).noName('m.other.test'), 'unproven')
  })

  test('the last gap ends at the apex', () => {
    assert.equal(zone(LAST, APEX).noName('y.z.test'), 'proven')
    assert.equal(zone(LAST, APEX).noName('c.z.test'), 'unproven')
  })

  test('one that covers everything covers everything but itself', () => {
    const only = nsec('z.test', 'z.test. NS SOA RRSIG NSEC')
    assert.equal(zone(only).noName('any.z.test'), 'proven')
    assert.equal(zone(only).noName('z.test'), 'unproven')
  })

  test('a delegation denies nothing below it, nor anything but DS at it (RFC 6840 §4.1)', () => {
    const cut = nsec('b.z.test', 'x.z.test. NS RRSIG NSEC')
    assert.equal(zone(cut, APEX).noName('a.b.z.test'), 'unproven')
    assert.equal(zone(cut).noData('b.z.test', TYPE.A), 'unproven')
    assert.equal(zone(cut).noData('b.z.test', TYPE.DS), 'proven')
    assert.equal(zone(cut).dsAbsence('b.z.test'), 'cut')
    assert.equal(zone(cut, APEX).noName('c.z.test'), 'proven', 'beside it all the same')
  })

  test('a DNAME denies nothing below it', () => {
    const dname = nsec('b.z.test', 'x.z.test. DNAME RRSIG NSEC')
    assert.equal(zone(dname, APEX).noName('a.b.z.test'), 'unproven')
    assert.equal(zone(dname).noData('b.z.test', TYPE.A), 'proven')
  })

  test('an apex says nothing of its own DS records', () => {
    assert.equal(zone(APEX).noData('z.test', TYPE.DS), 'unproven')
    assert.equal(zone(APEX).dsAbsence('z.test'), 'unproven')
    assert.equal(zone(APEX).noData('z.test', TYPE.A), 'proven')
  })

  test('a type or an alias that is there is not denied', () => {
    assert.equal(zone(LAST).noData('x.z.test', TYPE.A), 'unproven')
    assert.equal(zone(LAST).noData('x.z.test', TYPE.MX), 'proven')
    assert.equal(zone(nsec('x.z.test', 'z.test. CNAME RRSIG NSEC')).noData('x.z.test', TYPE.A), 'unproven')
    assert.equal(zone(nsec('x.z.test', 'z.test. NS DS RRSIG NSEC')).dsAbsence('x.z.test'), 'unproven')
  })

  test('an empty non-terminal has no data, but is a name', () => {
    const over = nsec('b.z.test', 'a.m.z.test. A RRSIG NSEC')
    assert.equal(zone(over).noData('m.z.test', TYPE.A), 'proven')
    assert.equal(zone(over, APEX).noName('m.z.test'), 'unproven')
    assert.equal(zone(over).dsAbsence('m.z.test'), 'no-cut')
    assert.equal(zone(over).dsAbsence('c.z.test'), 'no-name')
  })

  test('a wildcard answers only where nothing is closer', () => {
    const gap = nsec('b.w.z.test', 'd.w.z.test. A RRSIG NSEC')
    assert.equal(zone(gap).wildcardAnswer('c.w.z.test', 'w.z.test'), 'proven')
    assert.equal(zone(gap).wildcardAnswer('c.w.z.test', 'z.test'), 'unproven', 'w.z.test is closer')
    assert.equal(zone(gap).wildcardAnswer('e.w.z.test', 'w.z.test'), 'unproven')
  })

  test('a wildcard has no data where its own record says so', () => {
    const wild = nsec('*.w.z.test', 'd.w.z.test. A RRSIG NSEC')
    assert.equal(zone(wild).noData('c.w.z.test', TYPE.MX), 'proven')
    assert.equal(zone(wild).noData('c.w.z.test', TYPE.A), 'unproven')
    assert.equal(zone(wild).noData('e.w.z.test', TYPE.MX), 'unproven')
  })

  test('records of other zones prove nothing', () => {
    assert.equal(nsecProver('other.test', [APEX, LAST]).noName('y.z.test'), 'unproven')
    assert.equal(zone(nsec('x.z.test', 'zz.test. A RRSIG NSEC'), APEX).noName('y.z.test'), 'unproven')
  })
})

const PLAIN = { salt: new Uint8Array(0), iterations: 0 }

/** The whole chain of a zone. */
function chain(
  names: Readonly<Record<string, readonly number[]>>,
  flags = 0,
  parameters = PLAIN,
): readonly OwnedNsec3[] {
  const sorted = Object.entries(names)
    .map(([name, types]) => ({ hash: nsec3Hash(name, parameters), types }))
    .toSorted((a, b) => Buffer.compare(a.hash, b.hash))
  return sorted.map(({ hash, types }, at) => {
    const next = sorted[(at + 1) % sorted.length]?.hash ?? hash
    const nsec3 = decodeNsec3(encodeNsec3(parameters, flags, next, types))
    assert.ok(nsec3 !== undefined)
    return { hash, nsec3 }
  })
}

const NAMES = {
  'z.test': [TYPE.NS, TYPE.SOA],
  'w.z.test': [],
  '*.w.z.test': [TYPE.A],
  'cut.z.test': [TYPE.NS],
  'signed.z.test': [TYPE.NS, TYPE.DS],
  'd.z.test': [TYPE.DNAME],
  'www.z.test': [TYPE.A],
}
const hashed = (flags = 0, parameters = PLAIN) =>
  nsec3Prover('z.test', chain(NAMES, flags, parameters), new WorkBudget())

describe('NSEC3', () => {
  test('denies what is not there', () => {
    assert.equal(hashed().noName('nothing.z.test'), 'proven')
    assert.equal(hashed().noName('a.b.c.nothing.z.test'), 'proven')
    assert.equal(hashed().noName('www.z.test'), 'unproven')
    assert.equal(hashed().noName('x.w.z.test'), 'unproven', 'the wildcard stands for it')
    assert.equal(hashed().noData('www.z.test', TYPE.MX), 'proven')
    assert.equal(hashed().noData('www.z.test', TYPE.A), 'unproven')
    assert.equal(hashed().noData('w.z.test', TYPE.A), 'proven')
    assert.equal(hashed().noData('x.w.z.test', TYPE.MX), 'proven')
    assert.equal(hashed().noData('x.w.z.test', TYPE.A), 'unproven')
    assert.equal(hashed().wildcardAnswer('x.w.z.test', 'w.z.test'), 'proven')
  })

  test('a delegation or a DNAME denies nothing below it', () => {
    for (const name of ['a.cut.z.test', 'a.d.z.test']) assert.equal(hashed().noName(name), 'unproven')
    assert.equal(hashed().noData('cut.z.test', TYPE.A), 'unproven')
    assert.equal(hashed().dsAbsence('cut.z.test'), 'cut')
    assert.equal(hashed().dsAbsence('signed.z.test'), 'unproven')
    assert.equal(hashed().dsAbsence('www.z.test'), 'no-cut')
    assert.equal(hashed().dsAbsence('nothing.z.test'), 'no-name')
    assert.equal(hashed().dsAbsence('z.test'), 'unproven')
  })

  test('with opt-out nothing better than that', () => {
    assert.equal(hashed(OPT_OUT).noName('nothing.z.test'), 'opt-out')
    assert.equal(hashed(OPT_OUT).dsAbsence('nothing.z.test'), 'opt-out')
    assert.equal(hashed(OPT_OUT).noData('www.z.test', TYPE.MX), 'proven')
    assert.equal(hashed(OPT_OUT).wildcardAnswer('x.w.z.test', 'w.z.test'), 'opt-out')
  })

  test('flags and hashes that nobody knows count for nothing', () => {
    const odd = chain(NAMES, 0x02)
    assert.equal(nsec3Prover('z.test', odd, new WorkBudget()).noName('nothing.z.test'), 'unproven')
    const other = chain(NAMES).map(({ hash, nsec3 }) => ({ hash, nsec3: Object.assign(nsec3, { hash: 2 }) }))
    assert.equal(nsec3Prover('z.test', other, new WorkBudget()).noName('nothing.z.test'), 'unproven')
  })

  test('more than 150 iterations are not computed (RFC 9276 §3.2)', () => {
    assert.equal(hashed(0, { ...PLAIN, iterations: 150 }).noName('nothing.z.test'), 'proven')
    assert.equal(hashed(0, { ...PLAIN, iterations: 151 }).noName('nothing.z.test'), 'iterations')
  })

  test('hashes are bounded for the whole answer (CVE-2023-50868)', () => {
    const budget = new WorkBudget()
    const prover = nsec3Prover('z.test', chain(NAMES, 0, { ...PLAIN, iterations: 150 }), budget)
    assert.equal(prover.noName(`${'a.'.repeat(60)}z.test`), 'unproven')
    assert.ok(budget.hashRounds < 0)
  })

  test('the last record leads around to the first', () => {
    const [low, middle, high] = [Buffer.of(1), Buffer.of(5), Buffer.of(9)]
    assert.equal(isHashBetween(middle, low, high), true)
    assert.equal(isHashBetween(low, middle, high), false)
    assert.equal(isHashBetween(low, high, middle), true)
    assert.equal(isHashBetween(middle, high, low), false)
    assert.equal(isHashBetween(middle, middle, middle), false)
    assert.equal(isHashBetween(low, middle, middle), true)
  })
})
