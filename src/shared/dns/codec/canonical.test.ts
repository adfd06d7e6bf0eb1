// Canonical form and order against RFC 4034's own example, and the three ways to compare against each other.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { Reader } from '../../../wire/reader.ts'
import { TYPE, isMalformed } from '../messages.ts'
import { canonicalKey, canonicalRdata, compareNames, compareRdata, compareWireNames, wireNameEnd } from './canonical.ts'
import { closestEncloser, commonAncestor, isWildcard, labelCount, labelsOf, lastLabels, nextCloser } from './labels.ts'
import { relativeName, signedLabelCount, wildcardAt } from './labels.ts'
import { foldName, nameBytes, readName } from './name.ts'
import { formatRdata, parseRdata } from './rdata.ts'

/** RFC 4034 §6.1, its list in order. */
const ORDERED = [
  'example',
  'a.example',
  'yljkjljk.a.example',
  'Z.a.example',
  'zABC.a.EXAMPLE',
  'z.example',
  '\\001.z.example',
  '*.z.example',
  '\\200.z.example',
]

const byKey = (a: string, b: string): number =>
  canonicalKey(a) < canonicalKey(b) ? -1 : canonicalKey(a) > canonicalKey(b) ? 1 : 0

describe('canonical order', () => {
  test('is that of the RFC', () => {
    const folded = ORDERED.map(foldName)
    assert.deepEqual(folded.toReversed().toSorted(compareNames), folded)
    assert.deepEqual(folded.toReversed().toSorted(byKey), folded)
    const wire = ORDERED.map(nameBytes)
    assert.deepEqual(wire.toReversed().toSorted(compareWireNames), wire)
  })

  test('is one, however it is asked for', () => {
    const byte = fc.constantFrom(0, 1, 2, 42, 46, 92, 97, 98, 255)
    const label = fc.array(byte, { minLength: 1, maxLength: 3 })
    const name = fc
      .array(label, { maxLength: 3 })
      .map((labels) =>
        readName(new Reader(Uint8Array.from([...labels.flatMap((each) => [each.length].concat(each)), 0]))),
      )
    fc.assert(
      fc.property(name, name, (a, b) => {
        const expected = Math.sign(compareWireNames(nameBytes(a), nameBytes(b)))
        assert.equal(Math.sign(compareNames(a, b)), expected)
        assert.equal(byKey(a, b), expected)
        assert.equal(Math.sign(compareNames(b, a)), 0 - expected)
      }),
      { numRuns: 3000 },
    )
  })

  test('of data puts what ends first in front', () => {
    assert.ok(compareRdata(Uint8Array.of(1), Uint8Array.of(1, 0)) < 0)
    assert.ok(compareRdata(Uint8Array.of(2), Uint8Array.of(1, 0)) > 0)
  })
})

describe('canonical data', () => {
  const table: readonly (readonly [number, string, string])[] = [
    [TYPE.NS, 'NS.A.', 'ns.a.'],
    [TYPE.SOA, 'NS.A. H.B. 1 2 3 4 5', 'ns.a. h.b. 1 2 3 4 5'],
    [TYPE.MX, '10 Mail.A.', '10 mail.a.'],
    [TYPE.SRV, '1 2 3 S.A.', '1 2 3 s.a.'],
    [TYPE.NAPTR, '1 2 "U" "S" "!A!" R.A.', '1 2 "U" "S" "!A!" r.a.'],
    [
      TYPE.RRSIG,
      'A 13 2 300 20300101000000 20290101000000 7 A.B. QUJD',
      'A 13 2 300 20300101000000 20290101000000 7 a.b. QUJD',
    ],
    [TYPE.NSEC, 'NEXT.A. A', 'NEXT.A. A'],
    [TYPE.TXT, '"NS.A."', '"NS.A."'],
    [TYPE.SVCB, '1 X.Y.', '1 X.Y.'],
  ]
  for (const [type, text, expected] of table) {
    test(text, () => {
      const data = parseRdata(type, text)
      assert.ok(!isMalformed(data))
      assert.equal(formatRdata(type, canonicalRdata(type, data)), expected)
    })
  }

  test('is the same array when nothing changes', () => {
    const data = nameBytes('ns.a')
    assert.equal(canonicalRdata(TYPE.NS, data), data)
    assert.equal(wireNameEnd(Uint8Array.of(1, 97, 0, 9)), 3)
  })
})

test('labels, with escapes', () => {
  assert.deepEqual(labelsOf('a\\.b.c.test'), ['a\\.b', 'c', 'test'])
  assert.deepEqual([labelCount(''), labelCount('a.b'), labelCount('a\\.b.c')], [0, 2, 2])
  assert.equal(signedLabelCount('*.a.test'), 2)
  assert.equal(lastLabels('x.a\\.b.test', 2), 'a\\.b.test')
  assert.equal(lastLabels('test', 5), 'test')
  assert.ok(isWildcard('*.a') && isWildcard('*') && !isWildcard('*a.b'))
  assert.deepEqual([wildcardAt(''), wildcardAt('a')], ['*', '*.a'])
  const known = new Set(['test', 'a.test'])
  assert.equal(
    closestEncloser('x.y.a.test', (name) => known.has(name)),
    'a.test',
  )
  assert.equal(
    closestEncloser('x.other', (name) => known.has(name)),
    undefined,
  )
  assert.equal(nextCloser('x.y.a.test', 'a.test'), 'y.a.test')
  assert.equal(commonAncestor('a.b.test', 'c.b.test'), 'b.test')
  assert.equal(commonAncestor('a.b', 'c.d'), '')
  assert.deepEqual([relativeName('a.b', 'b'), relativeName('b', 'b'), relativeName('a', '')], ['a', '@', 'a'])
})
