// Commands, replies and bodies of POP3, both ways: whole, in pieces, cut off, and bent.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SeededRandom } from '../../../sim/index.ts'
import { Inbox } from '../../../wire/inbox.ts'
import { describeCommand, describeReply } from '../describe.ts'
import type { Command, Reply } from '../messages.ts'
import { formatCommand, parseCommand } from './command.ts'
import { DotReader, DotStuffer, topLength } from './dots.ts'
import { formatReply, parseReply } from './reply.ts'

const COMMANDS: readonly (readonly [line: string, command: Command])[] = [
  ['CAPA', { kind: 'CAPA' }],
  ['QUIT', { kind: 'QUIT' }],
  ['STLS', { kind: 'STLS' }],
  ['NOOP', { kind: 'NOOP' }],
  ['RSET', { kind: 'RSET' }],
  ['STAT', { kind: 'STAT' }],
  ['USER alice@harbor.test', { kind: 'USER', name: 'alice@harbor.test' }],
  ['USER älice', { kind: 'USER', name: 'älice' }],
  ['PASS  two  spaces ', { kind: 'PASS', password: ' two  spaces ' }],
  ['AUTH', { kind: 'AUTH' }],
  ['AUTH PLAIN', { kind: 'AUTH', mechanism: 'PLAIN' }],
  ['AUTH PLAIN =', { kind: 'AUTH', mechanism: 'PLAIN', initial: '=' }],
  ['LIST', { kind: 'LIST' }],
  ['LIST 3', { kind: 'LIST', number: 3 }],
  ['UIDL', { kind: 'UIDL' }],
  ['UIDL 12', { kind: 'UIDL', number: 12 }],
  ['RETR 1', { kind: 'RETR', number: 1 }],
  ['DELE 1', { kind: 'DELE', number: 1 }],
  ['TOP 1 0', { kind: 'TOP', number: 1, lines: 0 }],
]

test('commands both ways', () => {
  for (const [line, command] of COMMANDS) {
    assert.deepEqual(parseCommand(Buffer.from(line)), command, line)
    assert.equal(formatCommand(command), line)
  }
})

const LAX: readonly (readonly [line: string, command: Command])[] = [
  ['quit ', { kind: 'QUIT' }],
  ['Top  1   20 ', { kind: 'TOP', number: 1, lines: 20 }],
  ['user  bob ', { kind: 'USER', name: 'bob' }],
  ['auth scram-sha-256 abc=', { kind: 'AUTH', mechanism: 'SCRAM-SHA-256', initial: 'abc=' }],
]
const BAD = [
  '',
  ' ',
  'X',
  'QUITS',
  'QUIT now',
  'RETR',
  'RETR x',
  'RETR -1',
  'RETR 1 2',
  'RETR 99999999999',
  'TOP 1',
  'TOP 1 2 3',
  'USER',
  'PASS',
  'AUTH PLAIN a b',
  'USER a\0b',
  'APOP alice 0123',
  'toString',
]

test('commands in other words, and what is none', () => {
  for (const [line, command] of LAX) assert.deepEqual(parseCommand(Buffer.from(line)), command, line)
  for (const line of BAD) assert.equal(parseCommand(Buffer.from(line)).kind, 'bad', line)
})

test('commands with any bit flipped or cut off at any place', () => {
  for (const [line] of COMMANDS) {
    const whole = Buffer.from(line)
    for (let bit = 0; bit < whole.length * 8; bit++) {
      const bent = Uint8Array.from(whole)
      bent[bit >> 3] = bent[bit >> 3]! ^ (1 << (bit & 7))
      assert.equal(typeof describeCommand(parseCommand(bent)), 'string')
    }
    for (let length = 0; length < whole.length; length++) parseCommand(whole.subarray(0, length))
  }
})

const REPLIES: readonly (readonly [line: string, reply: Reply])[] = [
  ['+OK', { ok: true, text: '' }],
  ['+OK 2 320', { ok: true, text: '2 320' }],
  ['-ERR', { ok: false, text: '' }],
  ['-ERR no', { ok: false, text: 'no' }],
  ['-ERR [IN-USE] another session', { ok: false, code: 'IN-USE', text: 'another session' }],
  ['-ERR [SYS/TEMP]', { ok: false, code: 'SYS/TEMP', text: '' }],
  ['-ERR [not a code]', { ok: false, text: '[not a code]' }],
]

test('replies both ways, and what is none', () => {
  for (const [line, reply] of REPLIES) {
    assert.deepEqual(parseReply(line), reply, line)
    assert.equal(formatReply(reply), line)
  }
  assert.deepEqual(parseReply('-err [in-use]  x'), { ok: false, code: 'IN-USE', text: 'x' })
  for (const line of ['', '+', '+OKAY', '-ER', '* OK', ' +OK']) assert.equal(parseReply(line), undefined, line)
})

test('descriptions hold no passwords and stay on their line', () => {
  assert.equal(describeCommand({ kind: 'PASS', password: 'secret' }), 'PASS ***')
  assert.equal(describeCommand({ kind: 'AUTH', mechanism: 'PLAIN', initial: 'c2VjcmV0' }), 'AUTH PLAIN ***')
  assert.equal(describeCommand({ kind: 'USER', name: 'a\u001b\nb' }), 'USER a��b')
  assert.equal(describeReply({ ok: true, text: 'x'.repeat(500) }, 7), `+OK ${'x'.repeat(196)}…, 7 bytes`)
})

const BODIES: readonly (readonly [content: string, sent: string])[] = [
  ['', '.\r\n'],
  ['a\r\n', 'a\r\n.\r\n'],
  ['a', 'a\r\n.\r\n'],
  ['.\r\n', '..\r\n.\r\n'],
  ['.', '..\r\n.\r\n'],
  ['..\r\n.a\r\na.\r\n\r\n.', '...\r\n..a\r\na.\r\n\r\n..\r\n.\r\n'],
  ['a\n.\nb', 'a\r\n..\r\nb\r\n.\r\n'],
  ['\n', '\r\n.\r\n'],
  ['a\r.\r\nb\r', 'a\r.\r\nb\r\r\n.\r\n'],
]

function stuffed(content: Uint8Array): Buffer {
  const stuffer = new DotStuffer(content)
  const blocks: Uint8Array[] = []
  for (let block = stuffer.next(); block !== undefined; block = stuffer.next()) blocks.push(block)
  return Buffer.concat(blocks)
}

/** What a reader makes of `sent` when it comes in pieces, and what it leaves. */
function unstuffed(sent: Uint8Array, pieceBytes: number): { readonly content: string; readonly left: string } {
  const reader = new DotReader(1_000_000)
  const inbox = new Inbox()
  let step = 'more'
  for (let at = 0; at < sent.length && step === 'more'; at += pieceBytes) {
    inbox.push(sent.slice(at, at + pieceBytes))
    step = reader.take(inbox)
  }
  assert.equal(step, 'done')
  return { content: Buffer.from(reader.content).toString('latin1'), left: Buffer.from(inbox.peek()).toString('latin1') }
}

test('bodies both ways, in pieces of any size', () => {
  for (const [content, sent] of BODIES) {
    assert.equal(stuffed(Buffer.from(content)).toString(), sent)
    const lines = content.replaceAll(/(?<!\r)\n/g, '\r\n')
    const whole = lines === '' || lines.endsWith('\r\n') ? lines : `${lines}\r\n`
    for (const pieceBytes of [1, 2, 3, 1000]) assert.equal(unstuffed(Buffer.from(sent), pieceBytes).content, whole)
  }
  assert.deepEqual(unstuffed(Buffer.from('a\r\n.\r\n+OK'), 100), { content: 'a\r\n', left: '+OK' })
})

test('bodies of many blocks, with dots and line ends wherever a block may end', () => {
  const random = new SeededRandom(3)
  for (let round = 0; round < 200; round++) {
    const size = 65_500 + (random.bytes(1)[0] ?? 0)
    const content = Buffer.from(random.bytes(size).map((byte) => [97, 46, 13, 10, 98][byte % 5] ?? 97))
    const sent = stuffed(content)
    assert.ok(sent.indexOf('\r\n.\r\n') === sent.length - 5 || sent.equals(Buffer.from('.\r\n')))
    const lines = content.toString('latin1').replaceAll(/(?<!\r)\n/g, '\r\n')
    assert.equal(unstuffed(sent, 4096).content, lines.endsWith('\r\n') ? lines : `${lines}\r\n`)
  }
})

test('one line without an end passes in blocks that are views of it', () => {
  const content = Buffer.alloc(200_000, 'a')
  const stuffer = new DotStuffer(content)
  const first = stuffer.next()
  assert.equal(first?.length, 65_536)
  assert.equal(first?.buffer, content.buffer)
  assert.equal(stuffed(content).length, 200_005)
})

test('a body that does not end, and one that is too long', () => {
  const sent = Buffer.from('a\r\n..\r\n.\r\n')
  for (let length = 0; length < sent.length; length++) {
    const inbox = new Inbox()
    inbox.push(sent.slice(0, length))
    assert.equal(new DotReader(100).take(inbox), 'more')
  }
  const inbox = new Inbox()
  inbox.push(sent)
  assert.equal(new DotReader(3).take(inbox), 'too-long')
})

test('the top of a message', () => {
  const message = Buffer.from('A: 1\r\nB: 2\r\n\r\none\r\ntwo\nthree')
  const top = (lines: number) => {
    const length = topLength(message, lines)
    return length === undefined ? undefined : message.subarray(0, length).toString()
  }
  assert.equal(top(0), 'A: 1\r\nB: 2\r\n\r\n')
  assert.equal(top(1), 'A: 1\r\nB: 2\r\n\r\none\r\n')
  assert.equal(top(2), 'A: 1\r\nB: 2\r\n\r\none\r\ntwo\n')
  assert.equal(top(3), undefined)
  assert.equal(topLength(Buffer.from('A: 1\n\nbody\n'), 0), 6)
  assert.equal(topLength(Buffer.from('\r\nbody'), 0), 2)
  assert.equal(topLength(Buffer.from('A: 1\r\n'), 0), undefined)
})
