// Packed contents beside a map: names of any octets, many with the same beginnings, in every order; what a builder refuses.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { isFailure } from '../core/failure.ts'
import type { ZoneRecord } from '../core/zones.ts'
import { parentOf, readName } from '../shared/dns/codec/name.ts'
import { Reader } from '../wire/reader.ts'
import { contentsOf } from './fill.ts'
import { canonicalKey } from '../shared/dns/codec/canonical.ts'
import { SOA, good, record } from './sample-zone.ts'

const octet = fc.constantFrom(0, 1, 2, 0x2e, 0x5c, 0x61, 0x62, 0xff)
const label = fc
  .tuple(fc.constantFrom('', 'prefix', 'prefix-more'), fc.uint8Array({ minLength: 1, maxLength: 6 }), octet)
  .map(([prefix, bytes, last]) =>
    Buffer.concat([Buffer.from(prefix), bytes.map((byte) => byte & 0x83), Uint8Array.of(last)]),
  )
const name = fc.array(label, { minLength: 1, maxLength: 3 }).map((labels) => {
  const wire = [...labels.flatMap((bytes) => [bytes.length, ...bytes]), 0]
  return `${readName(new Reader(Uint8Array.from(wire))).toLowerCase()}.harbor.test`
})

test('names are found, named and ordered like those of a map', () => {
  const run = fc.property(fc.uniqueArray(name, { minLength: 1, maxLength: 200 }), fc.array(name), (names, others) => {
    const records = names.map((name) => ({ name, type: 65_280, ttlSeconds: 1, data: Buffer.from(name) }))
    const contents = good(contentsOf('harbor.test', [record(SOA), ...records]))
    const all = new Set(['harbor.test'])
    for (const name of names)
      for (let at: string | undefined = name; at !== undefined && at !== 'harbor.test'; at = parentOf(at)) all.add(at)
    const ordered = [...all].toSorted((a, b) => (canonicalKey(a) < canonicalKey(b) ? -1 : 1))
    assert.equal(contents.names, all.size)
    const { sorted } = contents
    assert.deepEqual(
      Array.from({ length: sorted.length }, (_, at) => sorted.at(at)),
      ordered,
    )
    for (const one of [...names, ...others]) {
      assert.equal(contents.has(one), all.has(one), one)
      const bound = ordered.findIndex((other) => canonicalKey(other) >= canonicalKey(one))
      assert.equal(sorted.lowerBound(one), bound === -1 ? ordered.length : bound)
    }
    for (const one of names) {
      const data = contents.setAt(one, 65_280)?.data ?? []
      assert.deepEqual(
        data.map((bytes) => Buffer.from(bytes).toString()),
        [one],
      )
    }
  })
  fc.assert(run, { numRuns: 100 })
})

test('many siblings with the same beginnings are ordered octet by octet', () => {
  const labels = new Set<string>()
  for (const prefix of ['', 'p', 'prefix', '\\000\\000\\000'])
    for (let at = 0; at < 400; at += 1)
      labels.add(`${prefix}${at.toString(3).replaceAll('0', '\\000').replaceAll('1', '\\001')}`)
  const records = Array.from(labels, (label) => record(`${label}.harbor.test 1 A 192.0.2.1`))
  const { sorted } = good(contentsOf('harbor.test', [record(SOA), ...records.toReversed()]))
  const ordered = ['harbor.test', ...records.map(({ name }) => name)].toSorted((a, b) =>
    canonicalKey(a) < canonicalKey(b) ? -1 : 1,
  )
  assert.deepEqual(
    Array.from({ length: sorted.length }, (_, at) => sorted.at(at)),
    ordered,
  )
})

test('records of large zones are found over the borders of chunks', () => {
  const contents = good(contentsOf('harbor.test', largeRecords()))
  for (const { name, type, ttlSeconds, data } of largeRecords()) {
    const set = contents.setAt(name, type)
    assert.ok(set !== undefined && Buffer.compare(set.data[0]!, data) === 0, name)
    if (type !== 6) assert.equal(set.ttlSeconds, ttlSeconds)
  }
})

test('names that are none are not found', () => {
  const contents = good(contentsOf('harbor.test', [record(SOA), record('a.harbor.test 1 A 192.0.2.1')]))
  const odd = ['', '.', '..', '.harbor.test', 'a..harbor.test', `${'.'.repeat(240)}harbor.test`, 'x'.repeat(300)]
  for (const one of [...odd, `${'a.'.repeat(120)}harbor.test`, 'arbor.test', 'xharbor.test', 'é.harbor.test'])
    assert.equal(contents.has(one), false, one)
})

test('what a zone cannot hold is refused', () => {
  const cname = record('a.harbor.test 1 CNAME b.harbor.test.')
  const other = record('a.harbor.test 1 CNAME c.harbor.test.')
  const address = record('a.harbor.test 1 A 192.0.2.1')
  assert.equal(refusal(cname, address), 'ECNAME')
  assert.equal(refusal(address, cname), 'ECNAME')
  assert.equal(refusal(cname, other), 'ESINGLE')
  assert.equal(refusal(record(SOA.replace(' 7 ', ' 8 '))), 'ESINGLE')
  const half = (octet: number) => ({ ...address, type: 16, data: new Uint8Array(32_757).fill(octet) })
  assert.equal(refusal(half(1), { ...half(2), data: new Uint8Array(32_758) }), 'taken')
  assert.equal(refusal(half(1), { ...half(2), data: new Uint8Array(32_759) }), 'ETOOBIG')
  assert.equal(refusal({ ...address, type: 255 }), 'EBADTYPE')
})

function refusal(...records: readonly ZoneRecord[]): string {
  const contents = contentsOf('harbor.test', [record(SOA), ...records])
  return isFailure(contents) ? contents.code : 'taken'
}

function* largeRecords(): Iterable<ZoneRecord> {
  yield record(SOA)
  for (let at = 0; at < 3000; at += 1) {
    const data = new Uint8Array(1 + ((at * 37) % 5000)).fill(at)
    yield { name: `n${at}.${'x'.repeat(at % 60)}y.harbor.test`, type: 65_280, ttlSeconds: at, data }
  }
}
