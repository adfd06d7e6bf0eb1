// What our IMAP server and Dovecot answer to the same dialogues: mailboxes, flags, numbers, resynchronisation, several
// sessions on one mailbox, mistakes. Where they differ, `same-imap-dialogues.ts` says why; a difference that is gone must
// go there too.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { skipWithoutDaemon } from './same-daemon.ts'
import { compared, linesOf, userOf } from './same-dialogue.ts'
import { playImap } from './same-imap-dialogue.ts'
import { DIALOGUES } from './same-imap-dialogues.ts'
import { startServers, type Servers } from './same-imap-servers.ts'

const skip = skipWithoutDaemon('/usr/sbin/dovecot')

let servers: Servers
if (skip === false) {
  before(async () => {
    servers = await startServers(Object.keys(DIALOGUES).map(userOf))
  })
  after(() => servers.stop())
}

for (const [dialogue, text] of Object.entries(DIALOGUES)) {
  test(dialogue, { skip }, async () => {
    const lines = linesOf(text)
    const ours = await playImap(servers.ours.imap, userOf(dialogue), lines)
    const theirs = await playImap(servers.theirs.imap, userOf(dialogue), lines)
    assert.deepEqual(compared(lines, ours, theirs), [])
  })
}
