// Responses as a client reads them: in pieces of every size, and what is none. And how they read to people.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Inbox } from '../../../wire/inbox.ts'
import { describeCommand, describeResponse } from '../describe.ts'
import type { Response } from '../messages.ts'
import { ResponseReader } from './response.ts'

const bytes = (text: string): Uint8Array => Buffer.from(text, 'latin1')

const READ: readonly (readonly [wire: string, response: Response, described: string])[] = [
  ['+ idling\r\n', { kind: 'continue', text: 'idling' }, '+ idling'],
  ['+\r\n', { kind: 'continue', text: '' }, '+ '],
  [
    '* OK [UIDNEXT 7] next\r\n',
    { kind: 'status', status: 'OK', code: 'UIDNEXT', codeText: '7', text: 'next' },
    '* OK [UIDNEXT 7] next',
  ],
  [
    'a1 no [alert] look\r\n',
    { kind: 'status', tag: 'a1', status: 'NO', code: 'ALERT', text: 'look' },
    'a1 NO [ALERT] look',
  ],
  ['* BYE\r\n', { kind: 'status', status: 'BYE', text: '' }, '* BYE '],
  ['* 23 EXISTS\r\n', { kind: 'data', name: 'EXISTS', number: 23, values: [] }, '* 23 EXISTS '],
  [
    '* LIST (\\Noselect) "/" "a \\"b\\""\r\n',
    { kind: 'data', name: 'LIST', values: [['\\Noselect'], bytes('/'), bytes('a "b"')] },
    '* LIST (\\Noselect) "/" "a "b""',
  ],
  [
    '* 1 FETCH (BODY[HEADER.FIELDS (A B)]<0> {4}\r\n(]\r\n FLAGS () X NIL)\r\n',
    {
      kind: 'data',
      name: 'FETCH',
      number: 1,
      values: [['BODY[HEADER.FIELDS (A B)]<0>', bytes('(]\r\n'), 'FLAGS', [], 'X', null]],
    },
    '* 1 FETCH (BODY[HEADER.FIELDS (A B)]<0> "(]��" FLAGS () X NIL)',
  ],
]

for (const [wire, response, described] of READ) {
  test(`${JSON.stringify(wire)}: in pieces of any size, and for people`, () => {
    for (const size of [Infinity, 1, 2, 5])
      assert.deepEqual(readAll(wire + wire, size), [plain(response), plain(response)])
    assert.equal(describeResponse(response), described)
  })

  test(`${JSON.stringify(wire)}: cut anywhere, it is not yet there`, () => {
    for (let end = 0; end < wire.length; end++) {
      const inbox = new Inbox()
      inbox.push(bytes(wire.slice(0, end)))
      assert.equal(new ResponseReader().next(inbox), 'more')
    }
  })
}

/** Octets as text, so that Buffers and arrays compare. */
function plain(response: Response): unknown {
  return JSON.parse(
    JSON.stringify(response, (_, value: unknown) =>
      typeof value === 'object' && value !== null && 'type' in value && value.type === 'Buffer' && 'data' in value
        ? { bytes: value.data }
        : value instanceof Uint8Array
          ? { bytes: [...value] }
          : value,
    ),
  )
}

function readAll(wire: string, size: number): unknown[] {
  const reader = new ResponseReader()
  const inbox = new Inbox()
  const read: unknown[] = []
  const all = bytes(wire)
  for (let at = 0; at < all.length; at += size) {
    inbox.push(all.subarray(at, at + size))
    for (let step = reader.next(inbox); step !== 'more'; step = reader.next(inbox)) {
      assert.ok(step !== 'malformed')
      read.push(plain(step))
    }
  }
  return read
}

for (const wrong of ['hello\r\n', '* \r\n', '* LIST (\r\n', '* LIST )\r\n', '* LIST "x\r\n', '* 7\r\n']) {
  test(`${JSON.stringify(wrong)} is no response`, () => {
    const inbox = new Inbox()
    inbox.push(bytes(wrong))
    assert.equal(new ResponseReader().next(inbox), 'malformed')
  })
}

test('a long line is read, an endless one is not', () => {
  const numbers = Array.from({ length: 50_000 }, (_, at) => ` ${at}`).join('')
  const [found] = readAll(`* SEARCH${numbers}\r\n`, 10_000)
  assert.ok(JSON.stringify(found).includes('"49999"'))
  const reader = new ResponseReader()
  const inbox = new Inbox()
  let step: ReturnType<ResponseReader['next']> = 'more'
  for (let round = 0; round < 100 && step === 'more'; round++) {
    inbox.push(new Uint8Array(50_000).fill(97))
    step = reader.next(inbox)
  }
  assert.equal(step, 'malformed')
})

test('commands for people hide what nobody should read', () => {
  assert.equal(describeCommand({ kind: 'LOGIN', user: 'alice', password: 'secret' }), 'LOGIN alice ***')
  assert.equal(
    describeCommand({ kind: 'AUTHENTICATE', mechanism: 'PLAIN', initial: 'c2VjcmV0' }),
    'AUTHENTICATE PLAIN ***',
  )
  const messages = [{ flags: [], content: bytes('secret') }]
  assert.equal(describeCommand({ kind: 'APPEND', mailbox: 'x', messages }), 'APPEND x {6 octets}')
  assert.equal(describeCommand({ kind: 'bad', status: 'BAD', reason: 'no\r\nline' }), 'no command: no��line')
})
