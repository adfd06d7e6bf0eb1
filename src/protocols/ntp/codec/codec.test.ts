// Headers, timestamps and what follows a header: tables both ways, whole, cut short and with bits turned.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { LEAPS, type Header } from '../messages.ts'
import { decodeFields, decodeTrailer, encodeField, type Trailer } from './extension.ts'
import { decodeHeader, encodeHeader, referenceIdOfText, shortOf, textOfReferenceId } from './packet.ts'
import { fractionOf, msBetween, msOf, secondsOf, timestampOf, writeTimestamp } from './timestamp.ts'

const HEADER: Header = {
  leap: LEAPS.insert,
  version: 4,
  mode: 4,
  stratum: 2,
  poll: -6,
  precision: -22,
  rootDelayMs: 1500,
  rootDispersionMs: 250,
  referenceId: 0xc0000201,
  reference: 0xffff_ffff_ffff_ffffn,
  origin: 1n,
  receive: 0x8000_0000_0000_0000n,
  transmit: 0x0123_4567_89ab_cdefn,
}
const HEX =
  '6402faea' +
  '00018000' +
  '00004000' +
  'c0000201' +
  'ffffffffffffffff' +
  '0000000000000001' +
  '8000000000000000' +
  '0123456789abcdef'

test('a header reads and writes as RFC 5905 §7.3 draws it', () => {
  const packet = encodeHeader(HEADER)
  assert.equal(Buffer.from(packet).toString('hex'), HEX)
  assert.deepEqual(decodeHeader(packet), HEADER)
  for (let length = 0; length < 48; length++) assert.equal(decodeHeader(packet.subarray(0, length)), undefined)
  for (let bit = 0; bit < 48 * 8; bit++) {
    const changed = new Uint8Array(packet)
    changed[bit >> 3]! ^= 1 << (bit & 7)
    const header = decodeHeader(changed)
    assert.ok(header !== undefined)
    assert.notDeepEqual(header, HEADER)
    assert.deepEqual(encodeHeader(header), changed)
  }
})

test('the short format stays within its range', () => {
  for (const [ms, units] of [
    [0, 0],
    [-5, 0],
    [1000, 65_536],
    [0.0153, 1],
    [1e12, 0xffff_ffff],
  ] as const) {
    assert.equal(shortOf(ms), units)
  }
})

test('reference ids are letters or octets', () => {
  for (const [text, id] of [
    ['GPS', 0x47505300],
    ['RATE', 0x52415445],
    ['', 0],
  ] as const) {
    assert.equal(referenceIdOfText(text), id)
    assert.equal(textOfReferenceId(id), text)
  }
})

/** RFC 5905 §6, figure 4, and what a double can hold. */
const TIMES = [
  [0, 2_208_988_800, 0],
  [-2_208_988_800_000, 0, 0],
  [63_072_000_000, 2_272_060_800, 0],
  [2_085_978_495_999.5, 4_294_967_295, 0xffdf3b64],
  [2_085_978_496_000, 0, 0],
  [1_767_225_600_000.25, 3_976_214_400, 0x0010_624e],
  [-500, 2_208_988_799, 0x8000_0000],
] as const

test('times become timestamps, across the eras', () => {
  for (const [ms, seconds, fraction] of TIMES) {
    assert.deepEqual([secondsOf(ms), fractionOf(ms)], [seconds, fraction], `${ms}`)
    assert.equal(timestampOf(ms), (BigInt(seconds) << 32n) | BigInt(fraction))
    const view = new DataView(new ArrayBuffer(16))
    writeTimestamp(view, 8, ms)
    assert.equal(view.getBigUint64(8), timestampOf(ms))
    assert.equal(msOf(timestampOf(ms), ms), ms)
    assert.equal(msOf(timestampOf(ms), ms + 60 * 365 * 86_400_000), ms)
    assert.equal(msOf(timestampOf(ms), ms - 60 * 365 * 86_400_000), ms)
  }
})

test('whatever a double holds of a time of day comes back the same', () => {
  for (let step = 0; step < 10_000; step++) {
    const ms = 1_767_225_600_000 + step * 977 + (step % 4096) / 4096
    assert.equal(msOf(timestampOf(ms), ms), ms)
  }
})

test('differences are exact, and go across the turn of an era', () => {
  assert.equal(msBetween(5n, 3n) * 2 ** 32, 2000)
  assert.equal(msBetween(3n, 5n) * 2 ** 32, -2000)
  assert.equal(msBetween(0n, 0xffff_ffff_0000_0000n), 1000)
  assert.equal(msBetween(0xffff_ffff_0000_0000n, 0n), -1000)
})

const field = (bodyBytes: number, type = 0x0204) => encodeField(type, new Uint8Array(bodyBytes).fill(7))
const mac = (digestBytes: number) => Uint8Array.from({ length: 4 + digestBytes }, (_, index) => (index < 4 ? index : 9))
const packet = (...parts: Uint8Array[]) => Buffer.concat([encodeHeader(HEADER), ...parts])
const shapeOf = (trailer: Trailer | undefined) =>
  trailer && `${trailer.fields.map(({ body }) => body.length).join(' ')}|${trailer.mac?.digest.length ?? ''}`

test('tells extension fields from a code by lengths alone', () => {
  for (const [version, rest, shape] of [
    [4, [], '|'],
    [4, [mac(0)], '|0'],
    [4, [mac(16)], '|16'],
    [4, [mac(20)], '|20'],
    [3, [mac(16)], '|16'],
    [3, [mac(20)], '|20'],
    [4, [field(24)], '24|'],
    [4, [field(12), field(24)], '12 24|'],
    [4, [field(12), mac(20)], '12|20'],
    [4, [field(16), mac(16)], '16|16'],
    [4, [field(24), mac(0)], '24|0'],
    [4, [field(100), field(28), mac(20)], '100 28|20'],
    // A lone field that is too short to be the last one.
    [4, [field(12)], undefined],
    [4, [field(24), field(12)], undefined],
    // What neither can be.
    [4, [mac(1)], undefined],
    [4, [mac(24)], undefined],
    [4, [field(24), Uint8Array.of(1)], undefined],
    [3, [field(24)], undefined],
    [4, [Uint8Array.of(2, 4, 0, 29, ...new Uint8Array(25))], undefined],
    [4, [Uint8Array.of(2, 4, 0, 0, ...new Uint8Array(24))], undefined],
    [4, [Uint8Array.of(2, 4, 0, 200, ...new Uint8Array(40))], undefined],
  ] as const) {
    assert.equal(
      shapeOf(decodeTrailer(packet(...rest), version)),
      shape,
      `${version} ${rest.map(({ length }) => length)}`,
    )
  }
})

test('fields and codes are where they stand', () => {
  const whole = packet(field(16, 0x0104), field(25, 0x0304), mac(16))
  const trailer = decodeTrailer(whole, 4)
  assert.deepEqual(
    trailer?.fields.map(({ type, at }) => [type, at]),
    [
      [0x0104, 48],
      [0x0304, 68],
    ],
  )
  assert.deepEqual([trailer?.mac?.keyId, trailer?.mac?.at], [0x00010203, 100])
  assert.deepEqual([...(trailer?.fields[1]?.body ?? [])].slice(24), [7, 0, 0, 0])
})

const many = (count: number) => Array.from({ length: count }, () => field(24))

test('takes a bounded number of fields', () => {
  assert.equal(decodeTrailer(packet(...many(32)), 4)?.fields.length, 32)
  assert.equal(decodeTrailer(packet(...many(33)), 4), undefined)
  assert.equal(decodeFields(Buffer.concat(many(32)))?.length, 32)
  assert.equal(decodeFields(Buffer.concat(many(33))), undefined)
})

test('fields within an authenticator fill it', () => {
  assert.deepEqual(decodeFields(new Uint8Array(0)), [])
  const fields = Buffer.concat([field(12), field(40)])
  assert.deepEqual(
    decodeFields(fields)?.map(({ body }) => body.length),
    [12, 40],
  )
  for (let length = 1; length < fields.length; length++) {
    assert.equal(decodeFields(fields.subarray(0, length))?.length, length === 16 ? 1 : undefined)
  }
})
