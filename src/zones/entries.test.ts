// Entries of journals, both ways; several differences as one; serials.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decodeEntry, encodeContents, encodeDifference, encodeSnapshot, type Entry } from './entries.ts'
import { netOf } from './net-difference.ts'
import { SOA, lineOf, record } from './sample-zone.ts'
import { isLater, nextSerial, serialOf, withSerial } from '../shared/dns/serial.ts'

const from = record(SOA)
const to = record(SOA.replace(' 7 ', ' 8 '))
const difference = {
  from,
  to,
  removed: [record('a.harbor.test 1 A 192.0.2.1'), record('\\000.\\.x.harbor.test 2147483647 TXT "x"')],
  added: [record('*.harbor.test 0 MX 10 mail.harbor.test.')],
}

const CASES: readonly (readonly [Uint8Array, Entry])[] = [
  [encodeContents(0xffff_fffe, 5), { kind: 'contents', digest: 0xffff_fffe, serial: 5 }],
  [encodeDifference(difference), { kind: 'difference', difference }],
  [encodeSnapshot([from, to])[0]!, { kind: 'snapshot', first: true, records: [from, to] }],
  [encodeSnapshot([])[0]!, { kind: 'snapshot', first: true, records: [] }],
]

test('entries read back as they were, whole only', () => {
  for (const [bytes, entry] of CASES) {
    assert.deepEqual(decodeEntry(bytes), entry)
    for (let size = 0; size < bytes.length; size += 1) assert.equal(decodeEntry(bytes.subarray(0, size)), undefined)
    assert.equal(decodeEntry(Buffer.concat([bytes, Uint8Array.of(0)])), undefined)
    for (let bit = 0; bit < bytes.length * 8; bit += 1) {
      const flipped = new Uint8Array(bytes)
      flipped[bit >> 3]! ^= 1 << (bit & 7)
      // Another case of a letter in a name says the same.
      if ((bit & 7) !== 5) assert.notDeepEqual(decodeEntry(flipped), entry)
    }
  }
})

test('a large snapshot is several entries, the first of which says so', () => {
  const records = Array.from({ length: 20_000 }, () => from)
  const entries = encodeSnapshot(records).map(decodeEntry)
  const parts = entries.flatMap((entry) => (entry?.kind === 'snapshot' ? [entry] : []))
  assert.deepEqual(
    parts.map(({ first }) => first),
    [true, false, false],
  )
  assert.equal(
    parts.reduce((sum, part) => sum + part.records.length, 0),
    records.length,
  )
})

test('what came and went again is not in the net difference', () => {
  const [a, b, c] = ['a', 'b', 'c'].map((label) => record(`${label}.harbor.test 1 A 192.0.2.1`))
  const last = record(SOA.replace(' 7 ', ' 9 '))
  const later = record('c.harbor.test 2 A 192.0.2.1')
  const net = netOf([
    { from, to, removed: [a!, c!], added: [b!] },
    { from: to, to: last, removed: [b!], added: [a!, later] },
  ])
  assert.deepEqual(net, { from, to: last, removed: [c], added: [later] })
  assert.equal(netOf([]), undefined)
})

test('serials compare and count as RFC 1982 says', () => {
  assert.ok(isLater(1, 0))
  assert.ok(isLater(0, 0xffff_ffff))
  assert.ok(isLater(0x7fff_ffff, 0))
  assert.ok(!isLater(0x8000_0000, 0))
  assert.ok(!isLater(0, 0x8000_0000))
  assert.ok(!isLater(5, 5))
  assert.equal(nextSerial(0xffff_ffff), 1)
  assert.equal(serialOf(withSerial(from.data, 0xffff_ffff)), 0xffff_ffff)
  assert.equal(lineOf({ ...from, data: withSerial(from.data, 8) }), lineOf(to))
  assert.equal(serialOf(new Uint8Array(21)), undefined)
})
