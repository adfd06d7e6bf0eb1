// EDNS options both ways; cookies and their hash against published vectors.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { parseIp } from '../codec/ip.ts'
import { COOKIE_BYTES, ServerCookies } from './cookies.ts'
import { EXTENDED_ERROR, decodeExtendedError, encodeExtendedError, extendedErrorName } from './extended-errors.ts'
import {
  OPTION,
  decodeClientSubnet,
  decodeExpire,
  decodeKeepalive,
  encodeExpire,
  encodeKeepalive,
  findOption,
  nsidOption,
  optionAt,
  optionLength,
  optionName,
  writeOptionHeader,
} from './options.ts'
import { ANSWER_BLOCK_BYTES, QUERY_BLOCK_BYTES, paddingBytes, paddingOption } from './padding.ts'
import { sipHash24 } from './siphash.ts'

const bytesOf = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex.replaceAll(' ', ''), 'hex'))
const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')
const ip = (text: string): Uint8Array => parseIp(text) ?? new Uint8Array(4)

test('SipHash-2-4 gives the values of its authors', () => {
  const key = Uint8Array.from({ length: 16 }, (_, at) => at)
  const message = Uint8Array.from({ length: 64 }, (_, at) => at)
  const expected: Readonly<Record<number, string>> = {
    0: '310e0edd47db6f72',
    1: 'fd67dc93c539f874',
    7: '37d1018bf50002ab',
    8: '6224939a79f5f593',
    15: 'e545be4961ca29a1',
    63: '724506eb4c328a95',
  }
  for (const [length, hash] of Object.entries(expected)) {
    const into = new Uint8Array(8)
    sipHash24(key, message, Number(length), into, 0)
    assert.equal(hexOf(into), hash, `${length} bytes`)
  }
})

const SECRET = bytesOf('e5e973e5a6b2a43f48e7dc849e37bfcf')
/** RFC 9018 appendix A, and one that BIND made. */
const VECTORS = [
  ['127.0.0.1', '2464c4abcf10c957', 0x6b06_1616, '010000006b06161628ac61fa0540e1f1', SECRET],
  ['198.51.100.100', '2464c4abcf10c957', 1_559_731_985, '010000005cf79f111f8130c3eee29480', SECRET],
  ['198.51.100.100', '2464c4abcf10c957', 1_559_734_385, '010000005cf7a871d4a564a1442aca77', SECRET],
  ['203.0.113.203', 'fc93fc62807ddb86', 1_559_727_985, '01abcdef5cf78f71a314227b6679ebf5', SECRET],
  ['203.0.113.203', 'fc93fc62807ddb86', 1_559_734_700, '010000005cf7a9acf73a7810aca2381e', SECRET],
  [
    '2001:db8:220:1:59de:d0f4:8769:82b8',
    '22681ab97d52c298',
    1_559_741_817,
    '010000005cf7c57926556bd0934c72f8',
    bytesOf('dd3bdf9344b678b185a6f5cb60fca715'),
  ],
  [
    '2001:db8:220:1:59de:d0f4:8769:82b8',
    '22681ab97d52c298',
    1_559_741_961,
    '010000005cf7c609a6bb79d16625507a',
    bytesOf('445536bcd2513298075a5d379663c962'),
  ],
] as const

describe('cookies', () => {
  for (const [address, client, seconds, server, secret] of VECTORS) {
    test(`${address} at ${seconds}`, () => {
      const cookies = new ServerCookies(secret)
      const whole = bytesOf(client + server)
      assert.equal(cookies.check(whole, 0, 24, ip(address), seconds), 'valid')
      if (server.startsWith('01abcdef')) return
      const made = new Uint8Array(COOKIE_BYTES)
      cookies.write(made, 0, whole, 0, ip(address), seconds)
      assert.equal(hexOf(made), client + server)
    })
  }

  test('hold for an hour, for one address and one client, and are renewed in time', () => {
    const cookies = new ServerCookies(SECRET)
    const address = ip('192.0.2.1')
    const option = new Uint8Array(COOKIE_BYTES + 1)
    cookies.write(option, 1, new Uint8Array(8), 0, address, 100_000)
    const check = (seconds: number, from = address) => cookies.check(option, 1, COOKIE_BYTES, from, seconds)
    assert.deepEqual(
      [99_699, 99_700, 101_800, 101_801, 103_600, 103_601].map((seconds) => check(seconds)),
      ['invalid', 'valid', 'valid', 'renew', 'renew', 'invalid'],
    )
    assert.equal(check(100_000, ip('192.0.2.2')), 'invalid')
    for (let bit = 8; bit < option.length * 8; bit += 1) {
      option[bit >> 3]! ^= 1 << (bit & 7)
      assert.notEqual(check(100_000), 'valid')
      option[bit >> 3]! ^= 1 << (bit & 7)
    }
    assert.equal(check(100_000), 'valid')
  })

  test('of the secret before are taken, and replaced', () => {
    const option = new Uint8Array(COOKIE_BYTES)
    new ServerCookies(SECRET).write(option, 0, option, 0, ip('::1'), 5)
    assert.equal(new ServerCookies(new Uint8Array(16), SECRET).check(option, 0, 24, ip('::1'), 5), 'renew')
    assert.equal(new ServerCookies(new Uint8Array(16)).check(option, 0, 24, ip('::1'), 5), 'invalid')
  })

  test('of wrong sizes', () => {
    const cookies = new ServerCookies(SECRET)
    const states = [0, 7, 8, 9, 15, 16, 23, 24, 40, 41].map((length) =>
      cookies.check(new Uint8Array(41), 0, length, ip('::1'), 0),
    )
    const [bad, wrong] = ['malformed', 'invalid']
    assert.deepEqual(states, [bad, bad, 'client', bad, bad, wrong, wrong, wrong, wrong, bad])
  })
})

test('an option is found in raw bytes', () => {
  const bytes = bytesOf('ff 0003 0000 000a 0002 abcd 000c 0001 00 ff')
  assert.equal(optionAt(bytes, 1, 16, OPTION.COOKIE), 9)
  assert.equal(optionLength(bytes, 9), 2)
  assert.equal(optionAt(bytes, 1, 16, OPTION.NSID), 5)
  assert.equal(optionAt(bytes, 1, 16, OPTION.EXPIRE), -1)
  assert.equal(optionAt(bytes, 1, 15, OPTION.PADDING), -1)
  assert.equal(writeOptionHeader(bytes, 0, 0x1234, 0x5678), 4)
  assert.equal(hexOf(bytes.subarray(0, 4)), '12345678')
})

test('small options, both ways', () => {
  for (const ms of [0, 100, 30_000, 6_553_500]) assert.equal(decodeKeepalive(encodeKeepalive(ms).data), ms)
  assert.equal(decodeKeepalive(encodeKeepalive().data), 'asked')
  assert.equal(decodeKeepalive(new Uint8Array(1)), undefined)
  for (const seconds of [0, 86_400, 0xffff_ffff]) assert.equal(decodeExpire(encodeExpire(seconds).data), seconds)
  assert.equal(decodeExpire(encodeExpire().data), 'asked')
  assert.equal(decodeExpire(new Uint8Array(3)), undefined)
  const nsid = nsidOption('ns1')
  assert.equal(Buffer.from(nsid.data).toString(), 'ns1')
  assert.equal(findOption([encodeExpire(), nsid], OPTION.NSID), nsid)
  assert.deepEqual([optionName(10), optionName(4711)], ['COOKIE', 'OPTION4711'])
})

test('client subnets', () => {
  assert.deepEqual(decodeClientSubnet(bytesOf('0001 18 00 c00002')), {
    family: 4,
    sourcePrefixBits: 24,
    scopePrefixBits: 0,
    address: ip('192.0.2.0'),
  })
  assert.deepEqual(decodeClientSubnet(bytesOf('0002 21 00 20010db880'))?.address, ip('2001:db8:8000::'))
  assert.equal(decodeClientSubnet(bytesOf('0001 00 00'))?.sourcePrefixBits, 0)
  for (const hex of [
    '',
    '000118',
    '0003 18 00 c00002',
    '0001 18 00 c000',
    '0001 18 00 c0000201',
    '0001 21 00 c000020100',
    '0001 17 00 c00003',
  ])
    assert.equal(decodeClientSubnet(bytesOf(hex)), undefined, hex)
})

test('extended errors', () => {
  const error = { code: EXTENDED_ERROR.DNSSEC_BOGUS, text: 'größer' }
  assert.deepEqual(decodeExtendedError(encodeExtendedError(error).data), error)
  assert.deepEqual(decodeExtendedError(bytesOf('0007 6100')), { code: 7, text: 'a' })
  assert.equal(decodeExtendedError(bytesOf('00')), undefined)
  assert.deepEqual([6, 7, 22, 99].map(extendedErrorName), [
    'DNSSEC Bogus',
    'Signature Expired',
    'No Reachable Authority',
    'Error 99',
  ])
})

test('padding fills blocks, never the limit', () => {
  assert.equal(paddingBytes(40, QUERY_BLOCK_BYTES, 4096), 84)
  assert.equal(paddingBytes(124, QUERY_BLOCK_BYTES, 4096), 0)
  assert.equal(paddingBytes(125, QUERY_BLOCK_BYTES, 4096), 127)
  assert.equal(paddingBytes(470, ANSWER_BLOCK_BYTES, 512), 38)
  assert.equal(paddingBytes(510, ANSWER_BLOCK_BYTES, 512), -1)
  assert.deepEqual(paddingOption(2), { code: 12, data: new Uint8Array(2) })
})
