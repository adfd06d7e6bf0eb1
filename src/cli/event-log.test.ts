import assert from 'node:assert/strict'
import { test } from 'node:test'
import { stripVTControlCharacters } from 'node:util'
import { eventLine } from './event-log.ts'

test('an event is one line, and what a peer wrote into it reaches no terminal', () => {
  const event = { kind: 'imap.login-failed', summary: 'login as \u001b[31mred\u009b2J\r\nnext refused' }
  assert.equal(
    stripVTControlCharacters(eventLine(0, undefined, 'imap', event)),
    '00:00:00.000  imap   imap  login as [31mred2J next refused',
  )
})
