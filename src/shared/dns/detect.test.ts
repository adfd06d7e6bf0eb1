// Which first bytes are taken for DNS, and which are left to others.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { encodeMessage } from './codec/message.ts'
import { detect } from './detect.ts'
import { CLASS, OPCODE, TYPE, query } from './messages.ts'
import { framed } from './framing.ts'

const EDNS = { udpSizeBytes: 1232, version: 0, dnssecOk: false, options: [] }
const plain = query(0x1234, { name: 'www.harbor.test', type: TYPE.A, class: CLASS.IN })
const packets = [plain, { ...plain, edns: EDNS }, { ...plain, opcode: OPCODE.NOTIFY }].map(encodeMessage)

test('queries, as datagrams and behind a length', () => {
  for (const packet of packets) {
    assert.equal(detect(packet), 'yes')
    assert.equal(detect(framed(packet)), 'yes')
    assert.equal(detect(Buffer.concat([framed(packet), framed(packet)])), 'yes')
  }
})

test('more is wanted until the question is whole', () => {
  const bytes = framed(packets[0] ?? new Uint8Array(0))
  for (let length = 0; length < bytes.length; length += 1) {
    assert.equal(detect(bytes.subarray(0, length)), 'more', `${length} bytes`)
  }
})

test('not for DNS', () => {
  const others = [
    'GET / HTTP/1.1\r\n\r\n',
    'SSH-2.0-OpenSSH_9.2\r\n',
    'EHLO laptop.test\r\n',
    '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03',
    'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
    '\x03\x00\x00\x13\x0e\xe0\x00\x00\x00\x00\x00\x01\x00\x08\x00\x03\x00\x00\x00',
    'a001 LOGIN\r\n',
    '\0\0\0\0\0\0\0\0\0\0\0\0',
  ]
  for (const other of others) assert.equal(detect(Buffer.from(other, 'latin1')), 'no', JSON.stringify(other))
  const answer = encodeMessage({ ...plain, response: true })
  assert.equal(detect(answer), 'no')
  assert.equal(detect(framed(answer)), 'no')
})
