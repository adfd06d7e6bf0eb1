// What our IMAP server and Dovecot say of the same mails: every section, structure and envelope of the corpus of awkward
// mail and of some more, and what SEARCH, SORT and THREAD make of them. A difference that is not listed fails, and one that
// is listed and gone fails too.

import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { after, before, test } from 'node:test'
import { skipWithoutDaemon } from './same-daemon.ts'
import { compared, linesOf } from './same-dialogue.ts'
import { DIFFERENCES } from './same-imap-differences.ts'
import { fill, tellAll, type Told } from './same-imap-content.ts'
import { playImap } from './same-imap-dialogue.ts'
import { SEARCHES } from './same-imap-searches.ts'
import { startServers, type Servers } from './same-imap-servers.ts'
import { MAILS } from './same-mails.ts'

const CORPUS = join(import.meta.dirname, '..', '..', 'corpus', 'mail')
const USER = 'alice'
/** Says nothing more than the others, and takes its time. */
const HUGE = 'big.eml'

/** Mailbox by mailbox, mails by their names. */
const MAILBOXES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  more: MAILS,
  corpus: Object.fromEntries(
    globSync(join(CORPUS, '*.eml'))
      .toSorted()
      .map((file) => [basename(file), readFileSync(file, 'latin1')])
      .filter(([name]) => name !== HUGE),
  ),
}

const skip = skipWithoutDaemon('/usr/sbin/dovecot')
let servers: Servers
if (skip === false) {
  before(async () => {
    servers = await startServers([USER])
    for (const [mailbox, mails] of Object.entries(MAILBOXES)) {
      await fill(servers.ours.imap, USER, mailbox, Object.values(mails))
      await fill(servers.theirs.imap, USER, mailbox, Object.values(mails))
    }
  })
  after(() => servers.stop())
}

for (const [mailbox, mails] of Object.entries(MAILBOXES)) {
  const names = Object.keys(mails)
  test(`what is told of mails: ${mailbox}`, { skip }, async () => {
    const ours = await tellAll(servers.ours.imap, USER, mailbox, names.length)
    const theirs = await tellAll(servers.theirs.imap, USER, mailbox, names.length)
    assert.deepEqual(
      names.flatMap((name, at) => differences(name, ours[at] ?? new Map(), theirs[at] ?? new Map())),
      [],
    )
  })
}

/** What is not as it should be about one mail. */
function differences(mail: string, ours: Told, theirs: Told): readonly object[] {
  const known = DIFFERENCES[mail] ?? []
  const items = [...new Set([...ours.keys(), ...theirs.keys()])]
  const differing = items.filter((item) => ours.get(item) !== theirs.get(item))
  const unknown = differing.filter((item) => !known.some(({ items: pattern }) => pattern.test(item)))
  const gone = known.filter(({ items: pattern }) => !differing.some((item) => pattern.test(item)))
  return [
    ...unknown.map((item) => ({ mail, item, ours: ours.get(item), theirs: theirs.get(item) })),
    ...gone.map(({ items: pattern }) => ({ mail, 'no difference': pattern })),
  ]
}

for (const [what, text] of Object.entries(SEARCHES)) {
  test(what, { skip }, async () => {
    const lines = linesOf(text)
    const ours = await playImap(servers.ours.imap, USER, lines)
    const theirs = await playImap(servers.theirs.imap, USER, lines)
    assert.deepEqual(compared(lines, ours, theirs), [])
  })
}
