// Record data of the less common types both ways; the wire forms were made by another implementation.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { Reader } from '../../../wire/reader.ts'
import { isMalformed, typeName, typeNumber } from '../messages.ts'
import { formatBase32hex, parseBase32hex } from './base32hex.ts'
import { decodeRdata, formatRdata, parseRdata, rdataOfTokens } from './rdata.ts'
import { parseTime } from './security-fields.ts'
import { tokensOf } from './tokens.ts'
import { bitmapHas, decodeTypeBitmap, encodeTypeBitmap } from './type-bitmap.ts'

/** Type, text, wire form, and the text it reads back as where that differs. */
const RDATA: readonly (readonly [string, string, string, string?])[] = [
  [
    'RRSIG',
    'A 5 3 86400 20030322173103 20030220173103 2642 example.com. AQIDBA==',
    '00010503000151803e7c9dd73e5510d70a52076578616d706c6503636f6d0001020304',
  ],
  [
    'RRSIG',
    'TYPE0 253 1 0 0 4294967295 1 . AQ==',
    '0000fd010000000000000000ffffffff00010001',
    'TYPE0 253 1 0 19700101000000 21060207062815 1 . AQ==',
  ],
  [
    'RRSIG',
    'SOA ED25519 1 0 20300101000000 20290101000000 1 a. AQ==',
    '00060f010000000070dbd8806efaa500000101610001',
    'SOA 15 1 0 20300101000000 20290101000000 1 a. AQ==',
  ],
  [
    'NSEC',
    'host.example.com. A MX RRSIG NSEC TYPE1234',
    '04686f7374076578616d706c6503636f6d000006400100000003041b000000000000000000000000000000000000000000000000000020',
  ],
  [
    'NSEC3',
    '1 1 12 AABBCCDD 2T7B4G4VSA5SMI47K61MV5BV1A22BOJR A RRSIG',
    '0101000c04aabbccdd14174eb2409fe28bcb4887a1836f957f0a8425e27b0006400000000002',
  ],
  [
    'NSEC3',
    '1 0 0 - 2t7b4g4vsa5smi47k61mv5bv1a22bojr',
    '010000000014174eb2409fe28bcb4887a1836f957f0a8425e27b',
    '1 0 0 - 2T7B4G4VSA5SMI47K61MV5BV1A22BOJR',
  ],
  ['NSEC3PARAM', '1 0 12 AABBCCDD', '0100000c04aabbccdd'],
  ['NSEC3PARAM', '1 0 0 -', '0100000000'],
  [
    'LOC',
    '42 21 54.000 N 71 06 18.000 W -24.00m 30m',
    '0033161389172dd070be15f000988d20',
    '42 21 54.000 N 71 6 18.000 W -24.00m 30m 10000m 10m',
  ],
  [
    'LOC',
    '52 14 05 S 00 08 50 E 10m',
    '0012161374caa9388008165000989a68',
    '52 14 5.000 S 0 8 50.000 E 10.00m 1m 10000m 10m',
  ],
  [
    'LOC',
    '1 N 180 W 42849672.95m 0.05m 90000000m 1m',
    '005099128036ee8059604e00ffffffff',
    '1 0 0.000 N 180 0 0.000 W 42849672.95m 0.05m 90000000m 1m',
  ],
  ['CERT', 'PKIX 1 RSASHA256 AQIDBA==', '000100010801020304', 'PKIX 1 8 AQIDBA=='],
  ['CERT', '6 0 0 AQ==', '000600000001', 'IPGP 0 0 AQ=='],
  [
    'DHCID',
    'AAIBY2/AuCccgoJbsaxcQc9TUapptP69lOjxfNuVAA2kjEA=',
    '000201636fc0b8271c82825bb1ac5c41cf5351aa69b4febd94e8f17cdb95000da48c40',
  ],
  ['DLV', '60485 5 1 2BB183AF5F22588179A53B0A98631FAD1A292118', 'ec4505012bb183af5f22588179a53b0a98631fad1a292118'],
  ['EUI48', '00-00-5e-00-53-2a', '00005e00532a'],
  ['EUI64', '00-00-5e-ef-10-00-00-2a', '00005eef1000002a'],
  ['NID', '10 14:4fff:ff20:ee64', '000a00144fffff20ee64', '10 0014:4fff:ff20:ee64'],
  ['L32', '10 10.1.2.0', '000a0a010200'],
  ['L64', '10 2001:0db8:1140:1000', '000a20010db811401000'],
  ['LP', '10 l64-subnet1.example.com.', '000a0b6c36342d7375626e657431076578616d706c6503636f6d00'],
  ['KEY', '512 3 8 AQID', '02000308010203'],
  ['KEY', '49152 3 0', 'c0000300'],
  [
    'SIG',
    'A 5 3 86400 20030322173103 20030220173103 2642 example.com. AQIDBA==',
    '00010503000151803e7c9dd73e5510d70a52076578616d706c6503636f6d0001020304',
  ],
  [
    'IPSECKEY',
    '10 1 2 192.0.2.38 AQNRU3mG7TVTO2BkR47usntb102uFJtugbo6BSGvgqt4AQ==',
    '0a0102c0000226010351537986ed35533b6064478eeeb27b5bd74dae149b6e81ba3a0521af82ab7801',
  ],
  ['IPSECKEY', '10 0 2 . AQID', '0a0002010203'],
  ['IPSECKEY', '10 3 0 mygateway.example.com. AQID', '0a0300096d7967617465776179076578616d706c6503636f6d00010203'],
  ['IPSECKEY', '10 2 2 2001:db8::1 AQID', '0a020220010db8000000000000000000000001010203'],
  ['AMTRELAY', '10 0 1 203.0.113.15', '0a01cb00710f'],
  ['AMTRELAY', '10 1 3 amt.example.', '0a8303616d74076578616d706c6500'],
  ['AMTRELAY', '128 0 0 .', '8000'],
  ['APL', '1:192.168.32.0/21 !1:192.168.38.0/28', '00011503c0a82000011c83c0a826'],
  ['APL', '2:ff00::/8 1:0.0.0.0/0', '00020801ff00010000'],
  ['APL', '', ''],
  ['CSYNC', '66 3 A NS AAAA', '000000420003000460000008'],
  [
    'ZONEMD',
    '2018031500 1 1 FEBE3D4CE2EC2FFA4BA99D46CD69D6D29711E55217057BEE7EB1A7B641A47BA7FED2DD5B97AE499FAFA4F22C6BD647DE',
    '7848b78c0101febe3d4ce2ec2ffa4ba99d46cd69d6d29711e55217057bee7eb1a7b641a47ba7fed2dd5b97ae499fafa4f22c6bd647de',
  ],
  [
    'NSAP',
    '0x47.0005.80.005a00.0000.0001.e133.ffffff000161.00',
    '47000580005a0000000001e133ffffff00016100',
    '0x47000580005A0000000001E133FFFFFF00016100',
  ],
  [
    'HIP',
    '2 200100107B1A74DF365639CC39F1D578 AwEAAbdxyhNuSutc rvs1.example.com. b.',
    '1002000c200100107b1a74df365639cc39f1d57803010001b771ca136e4aeb5c0472767331076578616d706c6503636f6d00016200',
  ],
  ['KX', '10 kx.example.', '000a026b78076578616d706c6500'],
  ['RT', '10 r.example.', '000a0172076578616d706c6500'],
  ['PX', '10 a.example. b.example.', '000a0161076578616d706c65000162076578616d706c6500'],
  ['X25', '"311061700956"', '0c333131303631373030393536'],
  ['ISDN', '"150862028003217" "004"', '0f31353038363230323830303332313703303034'],
  ['GPOS', '"-32.6882" "116.8652" "10.0"', '082d33322e36383832083131362e383635320431302e30'],
  ['MINFO', 'a.example. b.example.', '0161076578616d706c65000162076578616d706c6500'],
  ['MB', 'a.example.', '0161076578616d706c6500'],
  ['NINFO', '"x" "y"', '01780179'],
  ['RKEY', '0 0 8 AQID', '00000008010203'],
  ['AVC', '"a" "b"', '01610162'],
  ['RESINFO', '"qnamemin" "exterr=15,16,17"', '08716e616d656d696e0f6578746572723d31352c31362c3137'],
  ['DSYNC', 'CDS 1 5359 cds.example.', '003b0114ef03636473076578616d706c6500'],
  ['SMIMEA', '3 1 1 00FF', '03010100ff'],
  ['OPENPGPKEY', 'AQID', '010203'],
  ['CDS', '0 0 0 00', '0000000000'],
  ['CDNSKEY', '0 3 0 AA==', '0000030000'],
  ['HINFO', '"a" "b"', '01610162'],
  ['RP', 'a. b.', '016100016200'],
  ['AFSDB', '1 a.', '0001016100'],
  ['DNAME', 'a.b.', '0161016200'],
  ['SPF', '"v=spf1 -all"', '0b763d73706631202d616c6c'],
  [
    'TKEY',
    'gss-tsig. 20260101000000 20260102000000 3 0 3 AQID 0',
    '086773732d747369670069 55b900 69570a80 0003 0000 0003 010203 0000',
  ],
  [
    'TSIG',
    'hmac-sha256. 1600000000 300 2 AQI= 1234 18 6 AABfXhAA',
    '0b686d61632d73686132353600 00005f5e1000 012c 0002 0102 04d2 0012 0006 00005f5e1000',
  ],
]

const typeOf = (name: string): number => typeNumber(name) ?? 0
const bytesOf = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex.replaceAll(' ', ''), 'hex'))

function parsed(type: string, text: string): Uint8Array {
  const data = parseRdata(typeOf(type), text)
  assert.ok(!isMalformed(data), isMalformed(data) ? data.reason : '')
  return data
}

describe('record data', () => {
  for (const [type, text, wire, back = text] of RDATA) {
    test(`${type} ${text}`, () => {
      const data = parsed(type, text)
      assert.equal(Buffer.from(data).toString('hex'), wire.replaceAll(' ', ''))
      assert.equal(formatRdata(typeOf(type), data), back)
      assert.deepEqual(decodeRdata(typeOf(type), new Reader(data)), data)
    })
  }

  test('cut short anywhere, or with bits flipped, is refused or reads back', () => {
    for (const [type, text] of RDATA) {
      const data = parsed(type, text)
      for (let length = 0; length < data.length; length += 1) readsBack(typeOf(type), data.subarray(0, length))
      for (let bit = 0; bit < data.length * 8; bit += 1) {
        const flipped = new Uint8Array(data)
        flipped[bit >> 3]! ^= 1 << (bit & 7)
        readsBack(typeOf(type), flipped)
      }
    }
  })

  test('of any bytes is refused or reads back', () => {
    const types = fc.constantFrom(...new Set(RDATA.map(([type]) => typeOf(type))))
    fc.assert(fc.property(types, fc.uint8Array({ maxLength: 40 }), readsBack), { numRuns: 20_000 })
  })

  const wrong: readonly (readonly [string, string])[] = [
    ['RRSIG', 'A 5 3 86400 20030322173103 20030220173103 2642 example.com.'],
    ['RRSIG', 'A 5 3 86400 20030230173103 20030220173103 2642 example.com. AQ=='],
    ['RRSIG', 'WHAT 5 3 86400 1 1 2642 example.com. AQ=='],
    ['NSEC', 'a. A NONSENSE'],
    ['NSEC3', '1 0 0 - W A'],
    ['NSEC3', '1 0 0 XY 2T7B A'],
    ['LOC', '91 N 0 E 0m'],
    ['LOC', '1 N 181 E 0m'],
    ['LOC', '1 60 0 N 0 E 0m'],
    ['LOC', '1 N 1 E'],
    ['EUI48', '00-00-5e-00-53'],
    ['L64', '10 2001:0db8:1140:10000'],
    ['IPSECKEY', '10 1 2 . AQID'],
    ['IPSECKEY', '10 4 2 . AQID'],
    ['APL', '1:192.168.32.0/33'],
    ['APL', '3:192.168.32.0/8'],
    ['AMTRELAY', '1 2 0 .'],
    ['HIP', '2 20 . a.'],
    ['DS', '1 NOALG 1 AB'],
    ['TSIG', 'a. 1 1 3 AQI= 1 0 0'],
  ]
  for (const [type, text] of wrong)
    test(`refuses ${type} ${text}`, () => assert.ok(isMalformed(parseRdata(typeOf(type), text))))

  test('completes names with an origin', () => {
    const tokens = tokensOf('a @ \n'.replace('\n', '')) ?? []
    const data = rdataOfTokens(typeOf('RP'), tokens, 'b.test')
    assert.ok(!isMalformed(data))
    assert.equal(formatRdata(typeOf('RP'), data), 'a.b.test. b.test.')
  })
})

function readsBack(type: number, bytes: Uint8Array): void {
  const valid = decodeRdata(type, new Reader(bytes))
  if (valid === undefined) return
  const text = formatRdata(type, valid)
  const again = parseRdata(type, text)
  assert.ok(!isMalformed(again), `${typeName(type)} ${text}`)
  assert.deepEqual(Uint8Array.from(again), valid, `${typeName(type)} ${text}`)
}

test('type bitmaps', () => {
  const types = [1, 15, 46, 47, 1234]
  const bytes = encodeTypeBitmap([1234, 1, 15, 46, 47, 1])
  assert.equal(Buffer.from(bytes).toString('hex'), `000640010000000304 1b${'00'.repeat(26)}20`.replace(' ', ''))
  assert.deepEqual(decodeTypeBitmap(bytes), types)
  for (const type of types) assert.ok(bitmapHas(bytes, type))
  for (const type of [0, 2, 48, 255, 1233, 1235, 65_535]) assert.ok(!bitmapHas(bytes, type))
  for (const hex of ['00', '0000', '000100', '0021', '00014001 000140', '0001400001 40'])
    assert.equal(decodeTypeBitmap(bytesOf(hex)), undefined, hex)
})

test('base 32', () => {
  // RFC 4648 §10, without its padding.
  const vectors = {
    '': '',
    f: 'co',
    fo: 'cpng',
    foo: 'cpnmu',
    foob: 'cpnmuog',
    fooba: 'cpnmuoj1',
    foobar: 'cpnmuoj1e8',
  }
  for (const [plain, text] of Object.entries(vectors)) {
    assert.equal(formatBase32hex(Buffer.from(plain)), text)
    assert.deepEqual(Buffer.from(parseBase32hex(text.toUpperCase()) ?? 'none'), Buffer.from(plain))
  }
  for (const text of ['w0', 'c', 'cp1', 'cpn']) assert.equal(parseBase32hex(text), undefined, text)
})

test('times of signatures', () => {
  assert.equal(parseTime('19700101000001'), 1)
  assert.equal(parseTime('21060207062816'), 0)
  for (const text of ['', '2003', '20031301000000', '4294967296', '200302201731'])
    assert.equal(parseTime(text) === undefined, text !== '2003', text)
})
