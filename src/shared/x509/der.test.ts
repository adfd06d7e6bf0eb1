import assert from 'node:assert/strict'
import { test } from 'node:test'
import { TAG, decodeDer, decodeDerList, der, derObjectIdentifier, derUnsigned, formatObjectIdentifier } from './der.ts'
import { decodePem, encodePem } from './pem.ts'
import { formatRange, nameCovers, rangeBytes, rangeCovers } from './range.ts'

const hex = (bytes: Uint8Array | undefined): string | undefined => bytes && Buffer.from(bytes).toString('hex')

test('values of every length form go both ways', () => {
  for (const length of [0, 1, 127, 128, 255, 256, 65_535, 65_536]) {
    const content = new Uint8Array(length).fill(7)
    const value = decodeDer(der(TAG.octetString, content))
    assert.equal(value?.tag, TAG.octetString)
    assert.deepEqual(value.content, content)
  }
})

test('a value cut short anywhere is none', () => {
  const whole = der(TAG.sequence, der(TAG.octetString, new Uint8Array(200)))
  for (let length = 0; length < whole.length; length++) assert.equal(decodeDer(whole.subarray(0, length)), undefined)
  assert.equal(decodeDerList(Uint8Array.of(2, 1, 1, 2)), undefined)
  assert.equal(decodeDer(Uint8Array.of(0x30, 0x80, 0, 0)), undefined)
})

test('unsigned integers keep their sign bit clear', () => {
  assert.equal(hex(derUnsigned(Uint8Array.of(0))), '020100')
  assert.equal(hex(derUnsigned(Uint8Array.of(0x80))), '02020080')
  assert.equal(hex(derUnsigned(Uint8Array.of(0, 0, 0x7f))), '02017f')
})

test('object identifiers go both ways', () => {
  for (const [text, bytes] of [
    ['2.5.29.17', '0603551d11'],
    ['1.2.840.113549.1.1.11', '06092a864886f70d01010b'],
    ['2.999.3', '0603883703'],
  ] as const) {
    const encoded = derObjectIdentifier(text)
    assert.equal(hex(encoded), bytes)
    assert.equal(formatObjectIdentifier(encoded.subarray(2)), text)
  }
})

test('PEM blocks are found among comments, and only whole ones', () => {
  const bytes = Uint8Array.from({ length: 100 }, (_, at) => at)
  const text = encodePem(bytes, 'THING')
  assert.match(text, /^-----BEGIN THING-----\n[^\n]{64}\n/)
  assert.deepEqual(decodePem(`# note\n${text}between\n${text}-----BEGIN THING-----\nAA`, 'THING'), [bytes, bytes])
  assert.deepEqual(decodePem(text, 'OTHER'), [])
})

test('ranges go both ways and cover what lies in them', () => {
  assert.equal(hex(rangeBytes('192.0.2.77/26')), 'c0000240ffffffc0')
  assert.equal(formatRange(rangeBytes('2001:db8::/33') ?? new Uint8Array(0)), '2001:db8::/33')
  for (const wrong of ['192.0.2.0/33', '192.0.2.0/', '192.0.2.0/x', '192.0.2.0/8/8', 'harbor.test']) {
    assert.equal(rangeBytes(wrong), undefined, wrong)
  }
  assert.ok(rangeCovers('192.0.2.0/24', '192.0.2.128/25'))
  assert.ok(rangeCovers('2001:db8::/32', '2001:db8:1::10'))
  assert.ok(!rangeCovers('192.0.2.0/25', '192.0.2.0/24'))
  assert.ok(!rangeCovers('192.0.2.0/24', '192.0.3.1'))
  assert.ok(!rangeCovers('0.0.0.0/0', '::1'))
})

test('a name covers itself and what lies under it', () => {
  assert.ok(nameCovers('harbor.test', 'harbor.test'))
  assert.ok(nameCovers('harbor.test', 'a.b.harbor.test'))
  assert.ok(!nameCovers('harbor.test', 'myharbor.test'))
})
