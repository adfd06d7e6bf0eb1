import assert from 'node:assert/strict'
import { test } from 'node:test'
import { addWords, checksumOf } from './checksum.ts'
import { formatIp, ipBytes } from './ip.ts'

const hex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text.replaceAll(' ', ''), 'hex'))

test('addresses go both ways', () => {
  const table: readonly [string, string][] = [
    ['192.0.2.10', 'c000020a'],
    ['0.0.0.0', '00000000'],
    ['::', '00'.repeat(16)],
    ['::1', '00'.repeat(15) + '01'],
    ['2001:db8:1::10', '20010db8000100000000000000000010'],
    ['2001:db8:0:1:1:1:1:1', '20010db8000000010001000100010001'],
    ['fe80::', 'fe80' + '00'.repeat(14)],
    ['2001:0:0:1::1', '20010000000000010000000000000001'],
  ]
  for (const [text, bytes] of table) {
    assert.deepEqual(ipBytes(text), hex(bytes), text)
    assert.equal(formatIp(hex(bytes)), text)
  }
  assert.deepEqual(ipBytes('::ffff:192.0.2.1'), hex('00000000000000000000ffffc0000201'))
})

test('what is no address gives nothing', () => {
  for (const text of [
    '',
    '1',
    '1.2.3',
    '1.2.3.256',
    '010.1.1.1',
    '1.2.3.4.5',
    ':',
    ':::',
    '1::2::3',
    '12345::',
    '::1.2.3',
    '1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7:8:9',
    '1:2:3:4:5:6:7:8::',
    'g::',
  ]) {
    assert.equal(ipBytes(text), undefined, text)
  }
})

test('the checksum of a known IPv4 header', () => {
  const header = hex('4500 0073 0000 4000 4011 0000 c0a8 0001 c0a8 00c7')
  assert.equal(checksumOf(addWords(0, header)), 0xb861)
  assert.equal(checksumOf(addWords(0, hex('01'))), 0xfeff)
})
