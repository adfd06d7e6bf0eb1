// Commands, parameters and replies, both ways; lines cut and bent.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Inbox } from '../../../wire/inbox.ts'
import type { BadCommand, Command, Mailbox, Reply } from '../messages.ts'
import { formatCommand, parseCommand } from './command.ts'
import { formatReply, parseReplyLine, ReplyReader, type ReplyResult } from './reply.ts'

const parse = (text: string): Command | BadCommand => parseCommand(Buffer.from(text))
const box = (local: string, domain = 'b.test'): Mailbox => ({ local, domain, address: `${local}@${domain}` })

const COMMANDS: readonly [string, Command, string?][] = [
  ['EHLO a.test', { kind: 'EHLO', name: 'a.test' }],
  ['helo [192.0.2.1]', { kind: 'HELO', name: '[192.0.2.1]' }, 'HELO [192.0.2.1]'],
  ['MAIL FROM:<>', { kind: 'MAIL', sender: undefined }],
  ['mail from: <a@B.test>', { kind: 'MAIL', sender: box('a') }, 'MAIL FROM:<a@b.test>'],
  [
    'MAIL FROM:<a@b.test> SIZE=1000 BODY=8BITMIME SMTPUTF8 RET=HDRS ENVID=x+2By AUTH=+3C+3E',
    {
      kind: 'MAIL',
      sender: box('a'),
      size: 1000,
      body: '8BITMIME',
      smtpUtf8: true,
      returns: 'HDRS',
      envelopeId: 'x+y',
      authorization: '<>',
    },
    'MAIL FROM:<a@b.test> SIZE=1000 BODY=8BITMIME SMTPUTF8 RET=HDRS ENVID=x+2By AUTH=<>',
  ],
  ['RCPT TO:<a@b.test>', { kind: 'RCPT', recipient: box('a') }],
  ['RCPT TO:<zoé@b.test>', { kind: 'RCPT', recipient: box('zoé') }],
  [
    'RCPT TO:<a@b.test> NOTIFY=SUCCESS,DELAY ORCPT=rfc822;a+2Bx@b.test',
    { kind: 'RCPT', recipient: box('a'), notify: ['SUCCESS', 'DELAY'], originalRecipient: 'rfc822;a+2Bx@b.test' },
  ],
  [
    'RCPT TO:<a@b.test> notify=never',
    { kind: 'RCPT', recipient: box('a'), notify: ['NEVER'] },
    'RCPT TO:<a@b.test> NOTIFY=NEVER',
  ],
  ['DATA', { kind: 'DATA' }],
  ['rset  ', { kind: 'RSET' }, 'RSET'],
  ['BDAT 10', { kind: 'BDAT', size: 10, last: false }],
  ['BDAT 0 last', { kind: 'BDAT', size: 0, last: true }, 'BDAT 0 LAST'],
  ['AUTH plain =', { kind: 'AUTH', mechanism: 'PLAIN', initial: '=' }, 'AUTH PLAIN ='],
  ['AUTH LOGIN', { kind: 'AUTH', mechanism: 'LOGIN' }],
  ['VRFY alice smith', { kind: 'VRFY', argument: 'alice smith' }],
  ['NOOP', { kind: 'NOOP', argument: '' }],
  ['STARTTLS', { kind: 'STARTTLS' }],
  ['QUIT', { kind: 'QUIT' }],
]

test('commands both ways', () => {
  for (const [line, command, written = line] of COMMANDS) {
    assert.deepEqual(parse(line), command, line)
    assert.equal(formatCommand(command), written)
    assert.deepEqual(parse(written), command, written)
  }
})

const BAD: readonly [string, number, string | undefined][] = [
  ['', 500, '5.5.1'],
  ['XYZZY', 500, '5.5.1'],
  ['__proto__', 500, '5.5.1'],
  ['MAIL', 501, '5.5.4'],
  ['MAIL FROM:', 501, '5.1.7'],
  ['MAIL FROM:<a>', 501, '5.1.7'],
  ['MAIL FROM:<postmaster>', 501, '5.1.7'],
  ['MAIL TO:<a@b>', 501, '5.5.4'],
  ['MAIL FROM:<a@b> X=1', 555, '5.5.4'],
  ['MAIL FROM:<a@b> NOTIFY=NEVER', 555, '5.5.4'],
  ['MAIL FROM:<a@b> SIZE=x', 501, '5.5.4'],
  ['MAIL FROM:<a@b> SIZE=999999999999999999999', 501, '5.5.4'],
  ['MAIL FROM:<a@b> SIZE=1 SIZE=1', 501, '5.5.4'],
  ['MAIL FROM:<a@b> BODY=9BIT', 501, '5.5.4'],
  ['MAIL FROM:<a@b> SMTPUTF8=1', 501, '5.5.4'],
  ['MAIL FROM:<a@b> RET=ALL', 501, '5.5.4'],
  ['MAIL FROM:<a@b> ENVID=', 501, '5.5.4'],
  ['RCPT TO:<>', 501, '5.1.3'],
  ['RCPT TO:<a@b> NOTIFY=NEVER,SUCCESS', 501, '5.5.4'],
  ['RCPT TO:<a@b> NOTIFY=', 501, '5.5.4'],
  ['RCPT TO:<a@b> ORCPT=nothing', 501, '5.5.4'],
  ['DATA now', 501, '5.5.4'],
  ['EHLO', 501, undefined],
  ['EHLO a b', 501, undefined],
  ['HELO', 501, undefined],
  ['VRFY', 501, '5.5.4'],
  ['BDAT', 501, '5.5.4'],
  ['BDAT -1', 501, '5.5.4'],
  ['BDAT 1 MORE', 501, '5.5.4'],
  ['BDAT 9999999999999999', 501, '5.5.4'],
  ['AUTH', 501, '5.5.4'],
  ['NOOP\0', 500, '5.5.2'],
  ['EHLO a\rb', 500, '5.5.2'],
]

test('what is no command gets its reply', () => {
  for (const [line, code, enhanced] of BAD) {
    const command = parse(line)
    assert.ok(command.kind === 'bad', line)
    assert.deepEqual([command.reply.code, command.reply.enhanced], [code, enhanced], line)
  }
  const latin1 = parseCommand(Buffer.from('RCPT TO:<zo\xe9@b>', 'latin1'))
  assert.ok(latin1.kind === 'bad' && latin1.reply.enhanced === '5.5.2')
})

test('commands cut and bent are commands or none, and never a throw', () => {
  for (const [line] of COMMANDS) {
    const bytes = Buffer.from(line)
    for (let length = 0; length < bytes.length; length++) parseCommand(bytes.subarray(0, length))
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const bent = Uint8Array.from(bytes)
      bent[bit >> 3] = bent[bit >> 3]! ^ (1 << (bit & 7))
      parseCommand(bent)
    }
  }
})

const REPLIES: readonly [string, Reply][] = [
  ['220 ready\r\n', { code: 220, lines: ['ready'] }],
  ['250 2.1.0 fine\r\n', { code: 250, enhanced: '2.1.0', lines: ['fine'] }],
  ['250-2.0.0 a\r\n250-2.0.0 b\r\n250 2.0.0 c\r\n', { code: 250, enhanced: '2.0.0', lines: ['a', 'b', 'c'] }],
  ['250-host\r\n250-SIZE 10\r\n250 HELP\r\n', { code: 250, lines: ['host', 'SIZE 10', 'HELP'] }],
  ['354 \r\n', { code: 354, lines: [''] }],
]

test('replies both ways, byte by byte', () => {
  for (const [wire, expected] of REPLIES) {
    assert.equal(formatReply(expected), wire)
    const reader = new ReplyReader()
    const inbox = new Inbox()
    let found: unknown = 'more'
    for (const char of wire) {
      assert.equal(found, 'more')
      inbox.push(Buffer.from(char))
      found = reader.take(inbox)
    }
    assert.deepEqual(found, expected)
  }
})

function one(wire: string): ReplyResult {
  const inbox = new Inbox()
  inbox.push(Buffer.from(wire))
  return new ReplyReader().take(inbox)
}

test('replies as others write them', () => {
  assert.deepEqual(one('250\r\n'), { code: 250, lines: [''] })
  assert.deepEqual(one('250-\n250 ok\n'), { code: 250, lines: ['', 'ok'] })
  assert.deepEqual(one('550 2.1.0 class of another code\r\n'), { code: 550, lines: ['2.1.0 class of another code'] })
  assert.deepEqual(one('451 4.3.0\r\n'), { code: 451, enhanced: '4.3.0', lines: [''] })
  for (const wrong of [
    'ok\r\n',
    '25 x\r\n',
    '250x\r\n',
    '650 x\r\n',
    '250-a\r\n251 b\r\n',
    `250 ${'x'.repeat(5000)}`,
  ]) {
    const found = one(wrong)
    assert.ok(typeof found === 'object' && 'kind' in found, wrong)
  }
  assert.ok(typeof one('250-x\r\n'.repeat(200)) === 'object')
})

test('a line of a reply has no control characters', () => {
  assert.deepEqual(parseReplyLine('250 a\tb\x1b[31m')?.lines, ['a\u{fffd}b\u{fffd}[31m'])
})
