// The codec both ways: tables, every truncation, every flipped bit, random messages.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { Reader } from '../../../wire/reader.ts'
import {
  CLASS,
  TYPE,
  isMalformed,
  query,
  typeName,
  typeNumber,
  type Message,
  type ResourceRecord,
} from '../messages.ts'
import { addressOfReverseName, formatIpv6, parseIpv4, parseIpv6, reverseNameOf } from './ip.ts'
import { decodeMessage, encodeMessage } from './message.ts'
import { isWithin, nameBytes, nameProblem, parentOf, parseName, readName } from './name.ts'
import { decodeRdata, formatRdata, parseRdata, rdataFields } from './rdata.ts'

const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')
const bytesOf = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex.replaceAll(' ', ''), 'hex'))

function data(type: string, text: string): Uint8Array {
  const parsed = parseRdata(typeNumber(type) ?? 0, text)
  assert.ok(!isMalformed(parsed), `${type} ${text}: ${isMalformed(parsed) ? parsed.reason : ''}`)
  return parsed
}

/** Type, text as written, the same data on the wire, and the text it reads back as where that differs. */
const RDATA: readonly (readonly [string, string, string, string?])[] = [
  ['A', '192.0.2.1', 'c0000201'],
  ['AAAA', '2001:DB8:0:0:0:0:0:1', '20010db8000000000000000000000001', '2001:db8::1'],
  ['NS', 'ns.a.test.', '026e73016104746573 7400'],
  ['CNAME', 'www.a.test', '037777770161047465737400', 'www.a.test.'],
  ['PTR', '.', '00'],
  ['SOA', 'ns.a. h.a. 1 2 3 4 4294967295', '026e73016100 0168016100 00000001000000020000000300000004ffffffff'],
  ['MX', '10 mail.a.', '000a046d61696c016100'],
  ['TXT', '"v=spf1 -all" "" "q\\"\\\\\\007"', '0b763d73706631202d616c6c 00 0471225c07'],
  ['TXT', 'plain words', '05706c61696e05776f726473', '"plain" "words"'],
  ['TXT', '"é"', '02c3a9', '"\\195\\169"'],
  ['SRV', '0 5 5060 sip.a.', '0000000513c40373697 0016100'],
  [
    'NAPTR',
    '100 10 "u" "E2U+sip" "!^.*$!sip:a@b!" .',
    '0064000a01750745325 52b7369700e215e2e2a24217369703a61406221 00',
  ],
  ['DS', '60485 5 1 2BB183AF', 'ec4505012bb183af'],
  ['DS', '60485 5 1 2bb1 83af', 'ec4505012bb183af', '60485 5 1 2BB183AF'],
  ['DNSKEY', '257 3 13 AQID', '0101030d010203'],
  ['CAA', '0 issue "ca.a; policy=ev"', '00056973737565 63612e613b20706f6c6963793d6576'],
  ['CAA', '128 issuewild ""', '800969737375 6577696c64', '128 issuewild ""'],
  ['URI', '10 1 "ftp://a/"', '000a00016674703a2f2f612f'],
  ['SSHFP', '4 2 ABCD', '0402abcd'],
  ['TLSA', '3 1 1 00FF', '03010100ff'],
  ['TYPE999', '\\# 3 010203', '010203'],
  ['TYPE999', '\\# 0', ''],
  ['A', '\\# 4 c0000201', 'c0000201', '192.0.2.1'],
  // RFC 9460 appendix D, in its order.
  ['HTTPS', '0 foo.example.com.', '000003666f6f076578616d706c6503636f6d00'],
  ['SVCB', '1 .', '000100'],
  ['SVCB', '16 foo.example.com. port=53', '001003666f6f076578616d706c6503636f6d00000300020035'],
  ['SVCB', '1 foo.example.com. key667=hello', '000103666f6f076578616d706c6503636f6d00029b000568656c6c6f'],
  [
    'SVCB',
    '1 foo.example.com. key667="hello\\210qoo"',
    '000103666f6f076578616d706c6503636f6d00029b000968656c6c6fd2716f6f',
    '1 foo.example.com. key667=hello\\210qoo',
  ],
  [
    'SVCB',
    '1 foo.example.com. ipv6hint="2001:db8::1,2001:db8::53:1"',
    '000103666f6f076578616d706c6503636f6d000006002020010db800000000000000000000000120010db8000000000000000000530001',
    '1 foo.example.com. ipv6hint=2001:db8::1,2001:db8::53:1',
  ],
  [
    'SVCB',
    '1 example.com. ipv6hint="2001:db8:ffff:ffff:ffff:ffff:198.51.100.100"',
    '0001076578616d706c6503636f6d000006001020010db8ffffffffffffffffc6336464',
    '1 example.com. ipv6hint=2001:db8:ffff:ffff:ffff:ffff:c633:6464',
  ],
  [
    'SVCB',
    '16 foo.example.org. alpn=h2,h3-19 mandatory=ipv4hint,alpn ipv4hint=192.0.2.1',
    '001003666f6f076578616d706c65036f726700000000040001000400010009026832 0568332d3139 00040004c0000201',
    '16 foo.example.org. mandatory=alpn,ipv4hint alpn=h2,h3-19 ipv4hint=192.0.2.1',
  ],
  [
    'SVCB',
    '16 foo.example.org. alpn="f\\\\\\\\oo\\\\,bar,h2"',
    '001003666f6f076578616d706c65036f726700 0001000c08665c6f6f2c626172026832',
    '16 foo.example.org. alpn=f\\\\\\\\oo\\\\,bar,h2',
  ],
  ['HTTPS', '1 . no-default-alpn ech=AQID', '000100000200000005 0003010203'],
]

describe('record data', () => {
  for (const [type, text, wire, back = text] of RDATA) {
    test(`${type} ${text}`, () => {
      const parsed = data(type, text)
      assert.equal(hexOf(parsed), hexOf(bytesOf(wire)))
      assert.equal(formatRdata(typeNumber(type) ?? 0, parsed), back)
      assert.deepEqual(decodeRdata(typeNumber(type) ?? 0, new Reader(parsed)), parsed)
    })
  }

  const wrong: readonly (readonly [string, string])[] = [
    ['A', '192.0.2'],
    ['A', '192.0.2.01'],
    ['A', '192.0.2.1 x'],
    ['AAAA', '1::2::3'],
    ['AAAA', '1:2:3:4:5:6:7:8:9'],
    ['MX', '10'],
    ['MX', '70000 a.'],
    ['TXT', '"open'],
    ['TXT', ''],
    ['TXT', 'a'.repeat(256)],
    ['TXT', '\\999'],
    ['NS', `${'a'.repeat(64)}.test.`],
    ['NS', 'a..b.'],
    ['CAA', '0 is-sue "x"'],
    ['DS', '1 2 3 ABC'],
    ['HTTPS', '1 . alpn'],
    ['HTTPS', '1 . port=99999'],
    ['HTTPS', '1 . port=1 port=2'],
    ['HTTPS', '1 . nonsense=1'],
    ['TYPE999', 'abc'],
    ['A', '\\# 3 010203'],
    ['TYPE999', '\\# 3 0102'],
  ]
  for (const [type, text] of wrong) {
    test(`refuses ${type} ${text.slice(0, 40)}`, () => {
      assert.ok(isMalformed(parseRdata(typeNumber(type) ?? 0, text)))
    })
  }

  test('gives fields one by one', () => {
    assert.deepEqual(rdataFields(TYPE.MX, data('MX', '10 mail.a.')), ['10', 'mail.a.'])
  })
})

describe('names', () => {
  test('escapes bytes that are not plain', () => {
    const name = parseName('a\\.b\\032\\255.Test.')
    assert.equal(name, 'a\\.b\\032\\255.Test')
    assert.equal(hexOf(nameBytes('a\\.b\\032\\255.Test')), '05612e6220ff0454657374 00'.replaceAll(' ', ''))
    assert.equal(parseName('\\097.test'), 'a.test')
    assert.equal(parseName('.'), '')
  })

  test('are bounded', () => {
    const label = 'a'.repeat(63)
    assert.equal(nameProblem(`${label}.${label}.${label}.${'a'.repeat(61)}`), undefined)
    assert.match(nameProblem(`${label}.${label}.${label}.${'a'.repeat(62)}`) ?? '', /255/)
    assert.match(nameProblem(`${label}a`) ?? '', /63/)
    assert.match(nameProblem('a..b') ?? '', /empty/)
    assert.match(nameProblem('é€') ?? '', /byte/)
  })

  test('know their ancestors', () => {
    assert.equal(parentOf('a\\.b.test'), 'test')
    assert.equal(parentOf(''), undefined)
    assert.ok(isWithin('www.a.test', 'a.test') && isWithin('a.test', ''))
    assert.ok(!isWithin('xa.test', 'a.test') && !isWithin('www\\.a.test', 'a.test'))
    assert.ok(isWithin('www\\\\.a.test', 'a.test'))
  })

  test('never loop', () => {
    const loops = [
      ['c000', 0],
      ['c002c000', 0],
      ['c002c000', 2],
      ['0161c000', 0],
      ['0161c000', 2],
      ['0161c004c000', 4],
    ] as const
    for (const [bytes, at] of loops) {
      const reader = new Reader(bytesOf(bytes), at)
      readName(reader)
      assert.ok(reader.short, `${bytes} at ${at}`)
    }
  })

  test('of the reverse tree', () => {
    assert.equal(reverseNameOf('192.0.2.1'), '1.2.0.192.in-addr.arpa')
    assert.equal(addressOfReverseName('1.2.0.192.in-addr.arpa'), '192.0.2.1')
    const six = reverseNameOf('2001:db8::53') ?? ''
    assert.equal(addressOfReverseName(six), '2001:db8::53')
    assert.equal(addressOfReverseName('2.0.192.in-addr.arpa'), undefined)
    assert.equal(addressOfReverseName(six.slice(2)), undefined)
  })
})

test('addresses', () => {
  assert.equal(parseIpv4('1.2.3.256'), undefined)
  for (const text of ['::', '::1', '1::', '2001:db8::1:0:0:1', '1:0:2:3:4:5:6:7', '::ffff:192.0.2.1']) {
    assert.equal(formatIpv6(parseIpv6(text) ?? new Uint8Array(16)), text)
  }
  for (const text of ['', ':', ':::', '1:2:3:4:5:6:7::8:9', '12345::', '1.2.3.4::', 'g::']) {
    assert.equal(parseIpv6(text), undefined, text)
  }
})

function record(name: string, type: string, text: string): ResourceRecord {
  return { name, type: typeNumber(type) ?? 0, class: CLASS.IN, ttlSeconds: 300, data: data(type, text) }
}

const whole: Message = query(
  0x1234,
  { name: 'www.harbor.test', type: TYPE.A, class: CLASS.IN },
  {
    response: true,
    authoritative: true,
    recursionAvailable: true,
    rcode: 0x123,
    answers: [
      record('www.harbor.test', 'CNAME', 'web.harbor.test.'),
      record('web.harbor.test', 'A', '192.0.2.10'),
      record('harbor.test', 'MX', '10 mail.harbor.test.'),
    ],
    authorities: [record('harbor.test', 'SOA', 'ns.harbor.test. root.harbor.test. 1 2 3 4 5')],
    additionals: [record('_sip._udp.harbor.test', 'SRV', '1 2 3 web.harbor.test.')],
    edns: {
      udpSizeBytes: 1232,
      version: 0,
      dnssecOk: true,
      options: [{ code: 10, data: bytesOf('0102030405060708') }],
    },
  },
)

describe('messages', () => {
  const bytes = encodeMessage(whole)

  test('read back whole', () => {
    assert.deepEqual(decodeMessage(bytes), whole)
    assert.ok(bytes.length < 230, `names are compressed: ${bytes.length} bytes`)
  })

  test('names in SRV data are sent whole, and read when compressed all the same', () => {
    const text = Buffer.from(bytes).toString('latin1')
    assert.equal(text.split('\x03web').length - 1, 2)
    const packet = bytesOf('0000 8000 0000 0001 0000 0000 0161 00 0021 0001 00000000 0008 000100020003 c00c')
    const message = decodeMessage(packet)
    assert.ok(!isMalformed(message))
    assert.equal(formatRdata(TYPE.SRV, message.answers[0]?.data ?? packet), '1 2 3 a.')
  })

  test('truncated at every length are malformed', () => {
    for (let length = 0; length < bytes.length; length += 1) {
      assert.ok(isMalformed(decodeMessage(bytes.subarray(0, length))), `${length} bytes`)
    }
    assert.ok(isMalformed(decodeMessage(Uint8Array.from([...bytes, 0]))))
  })

  test('with one bit flipped still give a value', () => {
    for (let bit = 0; bit < bytes.length * 8; bit += 1) {
      const flipped = bytes.slice()
      flipped[bit >> 3]! ^= 1 << (bit & 7)
      reencode(flipped)
    }
  })

  test('two OPT records, or one in the wrong place, are malformed', () => {
    const opt = '0000290 4d000000000 0000'.replaceAll(' ', '')
    assert.ok(isMalformed(decodeMessage(bytesOf(`000000000000000000000002${opt}${opt}`))))
    assert.ok(isMalformed(decodeMessage(bytesOf(`000000000000000100000000${opt}`))))
    assert.ok(!isMalformed(decodeMessage(bytesOf(`000000000000000000000001${opt}`))))
  })
})

/** What reads must write, and read the same again. */
function reencode(bytes: Uint8Array): void {
  const message = decodeMessage(bytes)
  if (isMalformed(message)) return
  for (const { type, data } of message.answers) formatRdata(type, data)
  assert.deepEqual(decodeMessage(encodeMessage(message)), message)
}

const byte = fc.integer({ min: 0, max: 255 })
const label = fc.array(byte, { minLength: 1, maxLength: 8 }).map((bytes) => Uint8Array.from(bytes))
const name = fc.array(label, { maxLength: 5 }).map((labels) => {
  const wire = Buffer.concat([...labels.flatMap((part) => [Uint8Array.of(part.length), part]), Uint8Array.of(0)])
  return readName(new Reader(wire))
})

test('any name reads back from wire and text', () => {
  fc.assert(
    fc.property(name, (text) => {
      assert.equal(readName(new Reader(nameBytes(text))), text)
      assert.equal(parseName(`${text}.`), text)
    }),
    { numRuns: 500 },
  )
})

test('any message of any records reads back', () => {
  const types = RDATA.map(([type, text]) => ({ type: typeNumber(type) ?? 0, data: data(type, text) }))
  const records = fc.array(
    fc.record({ name, ttlSeconds: fc.integer({ min: 0, max: 0x7fffffff }), of: fc.constantFrom(...types) }),
    { maxLength: 6 },
  )
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 0xffff }), name, records, (id, owner, answers) => {
      const message = query(
        id,
        { name: owner, type: TYPE.ANY, class: CLASS.IN },
        {
          answers: answers.map(({ of, name, ttlSeconds }) => ({ name, ttlSeconds, class: CLASS.IN, ...of })),
        },
      )
      assert.deepEqual(decodeMessage(encodeMessage(message)), message)
    }),
    { numRuns: 300 },
  )
})

test('any data of known types that reads formats and parses back', () => {
  const types = fc.constantFrom(...new Set(RDATA.map(([type]) => typeNumber(type) ?? 0)))
  fc.assert(
    fc.property(types, fc.uint8Array({ maxLength: 40 }), (type, bytes) => {
      const valid = decodeRdata(type, new Reader(bytes))
      if (valid === undefined) return
      const text = formatRdata(type, valid)
      assert.deepEqual(Uint8Array.from(data(typeName(type), text)), valid, `${typeName(type)} ${text}`)
    }),
    { numRuns: 20_000 },
  )
})
