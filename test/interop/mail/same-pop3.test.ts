// What our POP3 server and Dovecot answer to the same dialogues, with the same mails. Where they differ,
// `same-pop3-dialogues.ts` says why; a difference that is gone must go there too.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { compared, linesOf, userOf } from './same-dialogue.ts'
import { skipWithoutDaemon } from './same-daemon.ts'
import { startServers, type MailServer, type Servers } from './same-imap-servers.ts'
import { ImapSession } from './same-imap-session.ts'
import { playPop3 } from './same-pop3-dialogue.ts'
import { DIALOGUES, POP3_MAILS } from './same-pop3-dialogues.ts'

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
    const ours = await played(servers.ours, userOf(dialogue), lines)
    const theirs = await played(servers.theirs, userOf(dialogue), lines)
    assert.deepEqual(compared(lines, ours, theirs), [])
  })
}

async function played({ imap, pop3 }: MailServer, user: string, lines: Parameters<typeof playPop3>[2]) {
  const session = await ImapSession.login(imap, user)
  for (const mail of POP3_MAILS) await session.ask(`APPEND INBOX {${mail.length}}\r\n${mail}`)
  session.close()
  return playPop3(pop3, user, lines)
}
