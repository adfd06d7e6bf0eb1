// isync keeps our mailboxes and Dovecot's alike, both ways, over the corpus of awkward mail: nothing is lost, doubled or
// changed by an octet.

import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { globSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { test } from 'node:test'
import { inside } from '../inside.ts'
import { layDovecot } from './dovecot.ts'
import { skipMail, BOB } from './world.ts'

const CORPUS = join(import.meta.dirname, '..', '..', 'corpus', 'mail')
const MAILBOXES = [
  'INBOX',
  'Archive',
  'with space',
  'a & b',
  'dots.in.name',
  'Übersee/Häfen',
  '深い/Ünï/çødé',
  '"quoted" (and) more',
]
const FLAG_SETS = [[], ['\\Seen'], ['\\Answered', '\\Seen'], ['\\Flagged'], ['\\Draft']] as const
const PORT = 10_143

interface Placed {
  readonly mailbox: string
  readonly file: string
  readonly flags: readonly string[]
}

/** isync leaves out a mail whose header has no end, and says so. */
const LEFT_OUT = 'header-without-blank-line.eml'

const mails: readonly Placed[] = globSync('*.eml', { cwd: CORPUS })
  .filter((file) => file !== LEFT_OUT)
  .toSorted()
  .map((file, at) => ({
    mailbox: MAILBOXES[at % MAILBOXES.length] ?? 'INBOX',
    file: join(CORPUS, file),
    flags: FLAG_SETS[at % FLAG_SETS.length] ?? [],
  }))

interface Change {
  readonly kind: 'add' | 'remove' | 'delete'
  readonly flags: readonly string[]
}

/** What happens to every so many mails, on either side: by the remainder of their number. */
const CHANGES: readonly (readonly ['ours' | 'theirs', Change] | undefined)[] = [
  ['ours', { kind: 'delete', flags: [] }],
  undefined,
  ['theirs', { kind: 'delete', flags: [] }],
  ['ours', { kind: 'add', flags: ['\\Flagged'] }],
  ['theirs', { kind: 'add', flags: ['\\Answered'] }],
  ['ours', { kind: 'remove', flags: ['\\Seen'] }],
  ['theirs', { kind: 'remove', flags: ['\\Seen', '\\Draft'] }],
]

function changesOf(side: 'ours' | 'theirs'): string {
  const asked = mails.flatMap(({ mailbox, file }, at) => {
    const [where, change] = CHANGES[at % CHANGES.length] ?? []
    return where === side && change !== undefined ? [{ mailbox, message: hashOf(file), ...change }] : []
  })
  return JSON.stringify(asked)
}

function changed(mail: Placed, change: Change | undefined): readonly Placed[] {
  if (change === undefined) return [mail]
  if (change.kind === 'delete') return []
  const others = mail.flags.filter((flag) => !change.flags.includes(flag))
  return [{ ...mail, flags: change.kind === 'add' ? [...others, ...change.flags] : others }]
}

const afterwards = mails.flatMap((mail, at) => changed(mail, CHANGES[at % CHANGES.length]?.[1]))

function hashOf(file: string): string {
  const content = readFileSync(file, 'latin1').replace(/^X-TUID: .*\r\n/gm, '')
  return createHash('sha256').update(content, 'latin1').digest('hex')
}

const NAMES = new Map(mails.map(({ file }) => [hashOf(file), basename(file, '.eml')]))

/** `mailbox | flags | name of the mail`: what is alike on both sides. */
function lines(of: readonly Omit<Placed, 'file'>[], nameOf: (at: number) => string): readonly string[] {
  return of.map(({ mailbox, flags }, at) => `${mailbox} | ${flags.toSorted().join(' ')} | ${nameOf(at)}`).toSorted()
}

function listed(output: string): readonly string[] {
  const all: readonly { mailbox: string; message: string; flags: readonly string[] }[] = JSON.parse(output)
  return lines(all, (at) => NAMES.get(all[at]?.message ?? '') ?? 'a mail that is none of these')
}

function expected(of: readonly Placed[]): readonly string[] {
  return lines(of, (at) => basename(of[at]?.file ?? '', '.eml'))
}

const MBSYNCRC = `IMAPStore ours
Host mail.island.test
User ${BOB}
Pass bob
SSLType IMAPS

IMAPStore theirs
Host 127.0.0.1
Port ${PORT}
User ${BOB}
Pass bob
SSLType None
AuthMechs LOGIN

Channel both
Far :ours:
Near :theirs:
Patterns *
Create Both
Expunge Both
Sync All
SyncState ./state/
`

const session = `${process.execPath} ${join(import.meta.dirname, 'mailboxes-session.ts')}`
const ours = `${session} mail.island.test 993 tls`
const theirs = `${session} 127.0.0.1 ${PORT} plain`
const isEven = (_: unknown, at: number): boolean => at % 2 === 0
const isOdd = (_: unknown, at: number): boolean => at % 2 === 1

test('isync between our mailboxes and Dovecot’s', { skip: skipMail('mbsync', '/usr/sbin/dovecot') }, async (t) => {
  assert.ok(mails.length >= 30)
  const sync = 'mkdir -p state && mbsync -c mbsyncrc -a'
  const world = await inside(
    {
      dovecot:
        'sh dovecot.sh >dovecot.log 2>&1 & echo $! >pid; until grep -q "starting up" dovecot.log; do sleep 0.02; done',
      fillOurs: `${ours} fill <ours.json`,
      fillTheirs: `${theirs} fill <theirs.json`,
      sync,
      ours: `${ours} list`,
      theirs: `${theirs} list`,
      changeOurs: `${ours} change <changes-of-ours.json`,
      changeTheirs: `${theirs} change <changes-of-theirs.json`,
      again: sync,
      oursAgain: `${ours} list`,
      theirsAgain: `${theirs} list`,
      once: sync,
      oursLast: `${ours} list`,
      theirsLast: `${theirs} list`,
      stop: 'kill $(cat pid)',
    },
    {
      files: {
        mbsyncrc: MBSYNCRC,
        'ours.json': JSON.stringify(mails.filter(isEven)),
        'theirs.json': JSON.stringify(mails.filter(isOdd)),
        'changes-of-ours.json': changesOf('ours'),
        'changes-of-theirs.json': changesOf('theirs'),
      },
      site: (folder) => {
        const command = layDovecot({
          folder: join(folder, 'd'),
          ports: { imap: PORT },
          users: { [BOB]: 'bob' },
          lines: ['mail_location = maildir:~/Maildir:LAYOUT=fs'],
        })
        writeFileSync(join(folder, 'dovecot.sh'), `exec ${command.join(' ')}\n`)
      },
    },
  )
  await t.test('both sides have all mail once', () => {
    world.output('dovecot')
    world.output('fillOurs')
    world.output('fillTheirs')
    world.output('sync')
    assert.deepEqual(listed(world.output('ours')), expected(mails))
    assert.deepEqual(listed(world.output('theirs')), expected(mails))
  })
  await t.test('changes of either side are on both', () => {
    world.output('changeOurs')
    world.output('changeTheirs')
    world.output('again')
    assert.deepEqual(listed(world.output('oursAgain')), expected(afterwards))
    assert.deepEqual(listed(world.output('theirsAgain')), expected(afterwards))
  })
  await t.test('with nothing new, nothing changes', () => {
    world.output('once')
    assert.equal(world.output('oursLast'), world.output('oursAgain'))
    assert.equal(world.output('theirsLast'), world.output('theirsAgain'))
  })
})
