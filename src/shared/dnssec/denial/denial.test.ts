// Denial as it is made: neighbours in canonical order, what has an NSEC record, bitmaps, minimal proofs. That the proofs are
// believed is tested where they are judged.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Signing } from '../../../core/zones.ts'
import { parseBase32hex } from '../../dns/codec/base32hex.ts'
import { parseName, nameBytes } from '../../dns/codec/name.ts'
import { formatRdata } from '../../dns/codec/rdata.ts'
import { TYPE } from '../../dns/messages.ts'
import { canonicalOrder } from '../canonical.ts'
import { nsecProver } from '../proofs/nsec.ts'
import { nsec3Prover } from '../proofs/nsec3.ts'
import { decodeNsec, decodeNsec3 } from '../records.ts'
import { SAMPLE_SIGNING, sampleZone } from '../sample-zone.ts'
import { signedZone, type SignedZone } from '../signed-zone.ts'
import { zoneSigner } from '../sign.ts'
import { WorkBudget } from '../work-budget.ts'
import type { OwnedSet } from './denial.ts'
import { minimalNoData, minimalNoName } from './minimal.ts'
import { nameBefore, nameBehind } from './neighbours.ts'

const NAMES = [
  'b.test',
  'a.b.test',
  '*.test',
  '\\000.test',
  'a\\000.test',
  '\\255.test',
  '[.test',
  `${'z'.repeat(63)}.test`,
  `${`${'y'.repeat(49)}.`.repeat(4)}x.test`,
  `${`${'y'.repeat(61)}.`.repeat(3)}${'x'.repeat(61)}.test`,
  '0',
]

describe('neighbours (RFC 4471)', () => {
  for (const name of NAMES)
    test(name.slice(0, 40), () => {
      const [before, behind] = [nameBefore(name), nameBehind(name)]
      assert.ok(canonicalOrder(before, name) < 0)
      assert.ok(canonicalOrder(behind, name) >= 0)
      for (const each of [before, behind]) {
        assert.equal(parseName(each), each)
        assert.equal(each, each.toLowerCase())
        assert.ok(nameBytes(each).length <= 255)
      }
    })

  test('between a name and its neighbours lies nothing that is in use', () => {
    assert.ok(canonicalOrder(nameBefore('b.test'), 'a.test') > 0)
    assert.ok(canonicalOrder(nameBefore('b.test'), 'x.y.azzzzzz.test') > 0)
    assert.ok(canonicalOrder(nameBehind('b.test'), '0.b.test') < 0)
    assert.equal(nameBefore('\\000.test'), 'test')
  })
})

const TEXT = `
  z.test. 600 SOA ns.z.test. h.z.test. 1 2 3 4 300
  z.test. 600 NS ns.z.test.
  ns.z.test. 60 A 192.0.2.1
  a.b.c.z.test. 60 A 192.0.2.1
  *.w.z.test. 60 A 192.0.2.1
  cut.z.test. 60 NS ns.cut.z.test.
  cut.z.test. 60 TXT "not ours to say"
  ns.cut.z.test. 60 A 192.0.2.1
  a.ns.cut.z.test. 60 A 192.0.2.1
  below.cut.z.test. 60 NS ns.cut.z.test.
  signed.z.test. 60 NS ns.signed.z.test.
  ns.signed.z.test. 60 A 192.0.2.1
  d.z.test. 60 DNAME z.test.
  lost.d.z.test. 60 A 192.0.2.1
  zz.z.test. 60 TYPE1234 \\# 1 00`

function zoneBy(change: Partial<Signing>): SignedZone {
  const signing: Signing = { ...SAMPLE_SIGNING, ...change }
  const signer = zoneSigner(Buffer.alloc(32, 2), 'z.test', signing)
  return signedZone(signer, sampleZone('z.test', TEXT), new Map([['signed.z.test', signing]]))
}

function lines(sets: Iterable<OwnedSet>): string[] {
  return [...sets].map(({ name, set }) => set.data.map((data) => `${name} ${formatRdata(set.type, data)}`).join('\n'))
}

const CHAIN = [
  'z.test a.b.c.z.test. NS SOA RRSIG NSEC DNSKEY CDS CDNSKEY',
  'a.b.c.z.test cut.z.test. A RRSIG NSEC',
  'cut.z.test d.z.test. NS RRSIG NSEC',
  'd.z.test ns.z.test. DNAME RRSIG NSEC',
  'ns.z.test signed.z.test. A RRSIG NSEC',
  'signed.z.test *.w.z.test. NS DS RRSIG NSEC',
  '*.w.z.test zz.z.test. A RRSIG NSEC',
  'zz.z.test z.test. RRSIG NSEC TYPE1234',
]

describe('NSEC', () => {
  const { denial } = zoneBy({})

  test('the chain of a zone passes over what is empty or hidden', () => assert.deepEqual(lines(denial.all()), CHAIN))

  test('whatever is asked for, the record before it is found without the chain', () => {
    const cases: readonly (readonly [string, number])[] = [
      ['b.z.test', 0],
      ['c.z.test', 0],
      ['b.c.z.test', 0],
      ['ca.z.test', 1],
      ['nothing.c.z.test', 1],
      ['cv.z.test', 2],
      ['e.z.test', 3],
      ['sigh.z.test', 4],
      ['w.z.test', 5],
      ['zy.z.test', 6],
      ['zzz.z.test', 7],
    ]
    for (const [name, at] of cases) assert.deepEqual(lines(denial.noData(name)), [CHAIN[at]], name)
  })

  test('each proof once', () => {
    assert.deepEqual(lines(denial.noName('zzz.z.test')), [CHAIN[7], CHAIN[0]])
    assert.deepEqual(lines(denial.noName('a.z.test')), [CHAIN[0]])
    assert.deepEqual(lines(denial.wildcardNoData('x.w.z.test')), [CHAIN[6]])
  })

  test('denials are kept for the lesser of the SOA’s TTL and minimum (RFC 9077)', () => {
    assert.equal(denial.noData('z.test')[0]?.set.ttlSeconds, 300)
  })
})

describe('NSEC3', () => {
  test('every name that is not hidden, empty ones too, with what is signed there', () => {
    const chain = lines(zoneBy({ denial: 'nsec3' }).denial.all())
    assert.equal(chain.length, 11)
    const bitmaps = chain.map((line) => line.split(' ').slice(6).join(' ')).toSorted()
    assert.deepEqual(bitmaps, [
      '',
      '',
      '',
      'A RRSIG',
      'A RRSIG',
      'A RRSIG',
      'DNAME RRSIG',
      'NS',
      'NS DS RRSIG',
      'NS SOA RRSIG DNSKEY NSEC3PARAM CDS CDNSKEY',
      'RRSIG TYPE1234',
    ])
  })

  test('opt-out leaves out delegations without DS', () => {
    const chain = lines(zoneBy({ denial: 'nsec3', optOut: true }).denial.all())
    assert.equal(chain.length, 10)
    assert.ok(chain.every((line) => / 1 1 0 - /.test(line)))
  })
})

function nsecOf({ name, set }: OwnedSet) {
  const nsec = decodeNsec(set.data[0] ?? new Uint8Array(0))
  return nsecProver('z.test', nsec === undefined ? [] : [{ owner: name, nsec }])
}

function nsec3Of(...owned: readonly OwnedSet[]) {
  const records = owned.flatMap(({ name, set }) => {
    const nsec3 = decodeNsec3(set.data[0] ?? new Uint8Array(0))
    const hash = parseBase32hex(name.split('.')[0] ?? '')
    return nsec3 === undefined || hash === undefined ? [] : [{ hash, nsec3 }]
  })
  return nsec3Prover('z.test', records, new WorkBudget())
}

describe('names that are made up (RFC 4470)', () => {
  const signing: Signing = { ...SAMPLE_SIGNING, denial: 'nsec3' }
  test('have no other data', () => {
    const made = minimalNoData('z.test', SAMPLE_SIGNING, 'm.z.test', [TYPE.A], 60)
    assert.equal(nsecOf(made).noData('m.z.test', TYPE.MX), 'proven')
    assert.equal(nsecOf(made).noData('m.z.test', TYPE.A), 'unproven')
    for (const other of ['l.z.test', 'n.z.test', 'a.m.z.test'])
      assert.equal(nsecOf(made).noData(other, TYPE.MX), 'unproven', other)
    const hashed = minimalNoData('z.test', signing, 'm.z.test', [TYPE.A], 60)
    assert.equal(nsec3Of(hashed).noData('m.z.test', TYPE.MX), 'proven')
    assert.equal(nsec3Of(hashed).noData('m.z.test', TYPE.A), 'unproven')
  })

  test('are denied one by one', () => {
    const gone = minimalNoName('z.test', SAMPLE_SIGNING, 'm.z.test', 60)
    assert.equal(nsecOf(gone).dsAbsence('m.z.test'), 'no-name')
    assert.equal(nsecOf(gone).dsAbsence('a.m.z.test'), 'no-name')
    for (const other of ['l.z.test', 'n.z.test', 'ma.z.test', 'm-.z.test'])
      assert.equal(nsecOf(gone).dsAbsence(other), 'unproven', other)
    const proof = [
      minimalNoData('z.test', signing, 'z.test', [TYPE.SOA, TYPE.NS], 60),
      minimalNoName('z.test', signing, 'm.z.test', 60),
      minimalNoName('z.test', signing, '*.z.test', 60),
    ]
    assert.equal(nsec3Of(...proof).noName('m.z.test'), 'proven')
    assert.equal(nsec3Of(...proof).noName('n.z.test'), 'unproven')
  })
})
