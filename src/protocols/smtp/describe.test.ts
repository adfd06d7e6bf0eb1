// Lines for people: what stands in them, and what never does.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseCommand } from './codec/command.ts'
import { describeCommand, describeReply } from './describe.ts'
import { reply } from './messages.ts'

const described = (line: string) => describeCommand(parseCommand(Buffer.from(line)))

test('commands as they are, passwords not', () => {
  assert.equal(described('mail from:<alice@harbor.test> size=10'), 'MAIL FROM:<alice@harbor.test> SIZE=10')
  assert.equal(described('AUTH PLAIN AGFsaWNlAGFsaWNl'), 'AUTH PLAIN ***')
  assert.equal(described('AUTH LOGIN'), 'AUTH LOGIN')
  assert.equal(described('XYZZY'), 'no command: no such command')
  assert.equal(described(`NOOP ${'x'.repeat(300)}`).length, 201)
})

test('replies: the first line, and how many follow', () => {
  assert.equal(describeReply(reply(250, '2.1.0', 'fine')), '250 2.1.0 fine')
  assert.equal(describeReply(reply(250, undefined, 'host', 'SIZE')), '250 host, 1 more line')
  assert.equal(describeReply(reply(250, undefined, 'a', 'b', 'c')), '250 a, 2 more lines')
  assert.equal(describeReply(reply(550, undefined, 'a\u{2028}b')), '550 a\u{fffd}b')
})
