// What a server reads in a header: names, hops, loops, and whether it is one.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { scanHeader } from './header-scan.ts'

const scan = (...lines: readonly string[]) => scanHeader(Buffer.from(lines.map((line) => `${line}\r\n`).join('')))

test('fields in any case, folded, and nothing of the body', () => {
  const facts = scan(
    'RECEIVED: from a',
    ' by b',
    'Received: from c by d',
    'Delivered-To:',
    '\tAlice@Harbor.test',
    'message-id :',
    ' <one@harbor.test>',
    'Date: today',
    'From: "x@y.test" <alice@Harbor.Test>',
    '',
    'Received: not a field',
  )
  assert.deepEqual(facts, {
    messageId: 'one@harbor.test',
    hasMessageId: true,
    hasDate: true,
    hops: 2,
    deliveredTo: ['alice@harbor.test'],
    authorDomain: 'harbor.test',
    startsWell: true,
  })
})

test('ids that are none are not repeated', () => {
  for (const id of ['', 'abc', '<>', '<a\x1b[31m@b>', '<@>']) {
    const { messageId, hasMessageId } = scan(`Message-ID: ${id}`, '')
    assert.deepEqual([messageId, hasMessageId], [undefined, true], id)
  }
  assert.equal(scan('Message-ID: <"a b"@c.test>', '').messageId, undefined)
})

test('a message without a header is told apart', () => {
  assert.ok(scan('Subject: x', '').startsWell)
  assert.ok(scan('', 'text').startsWell)
  assert.ok(scanHeader(new Uint8Array(0)).startsWell)
  assert.ok(!scan('just text').startsWell)
  assert.ok(!scan(' folded: from the start').startsWell)
  assert.ok(!scan('From alice Thu Jan  1 00:00:00 2026').startsWell)
})

test('cut anywhere it is read all the same', () => {
  const whole = Buffer.from('Received: a\r\nMessage-ID: <x@y>\r\nFrom: a@b\r\n\r\nbody')
  for (let length = 0; length <= whole.length; length++) scanHeader(whole.subarray(0, length))
})
