// What our SMTP server and Postfix answer to the same dialogues, by code and enhanced code. Where they differ,
// `same-smtp-dialogues.ts` says why; a difference that is gone must go there too.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { missingRoot } from './rootless.ts'
import { compared, linesOf } from './same-dialogue.ts'
import { skipWithoutDaemon } from './same-daemon.ts'
import { playSmtp } from './same-smtp-dialogue.ts'
import { DIALOGUES } from './same-smtp-dialogues.ts'
import { startSmtpServers, type SmtpServers } from './same-smtp-servers.ts'

const skip = skipWithoutDaemon('/usr/sbin/dovecot') || skipWithoutDaemon('/usr/lib/postfix/sbin/master', missingRoot)

let servers: SmtpServers
if (skip === false) {
  before(async () => {
    servers = await startSmtpServers()
  })
  after(() => servers.stop())
}

for (const [dialogue, text] of Object.entries(DIALOGUES)) {
  test(dialogue, { skip }, async () => {
    const lines = linesOf(text)
    const ours = await playSmtp(servers.ours, lines)
    const theirs = await playSmtp(servers.theirs, lines)
    assert.deepEqual(compared(lines, ours, theirs), [])
  })
}
