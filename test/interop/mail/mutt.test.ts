// Mail from the terminal: msmtp submits on both ports and with every login it knows; mutt sends, and reads a mailbox on a
// terminal of its own.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inside } from '../inside.ts'
import { ALICE, arrived, BOB, skipMail } from './world.ts'

const MSMTP = `defaults
auth on
tls on
host mail.harbor.test
port 587
user ${ALICE}
password alice
from ${ALICE}
account default
account scram
auth scram-sha-256
account secure
tls_starttls off
port 465
`

function letter(subject: string): string {
  return `printf 'To: ${BOB}\\nSubject: ${subject}\\n\\n.hello\\n'`
}

test('msmtp', { skip: skipMail('msmtp', 'curl') }, async (t) => {
  const world = await inside(
    {
      private: 'chmod 600 msmtprc',
      asks: 'msmtp -C msmtprc -S',
      plain: `${letter('plain')} | msmtp -C msmtprc -t`,
      scram: `${letter('scram')} | msmtp -C msmtprc -a scram -t`,
      report: `${letter('secure')} | msmtp -C msmtprc -a secure -N success -R hdrs -t`,
      waits: arrived(3, BOB),
      reported: arrived(1, ALICE),
      wrong: `${letter('wrong')} | msmtp -C msmtprc --user bob -t`,
      text: `curl -sSf --user bob:bob 'imaps://mail.island.test/INBOX;UID=1;SECTION=TEXT'`,
      asked: `curl -sSf --user alice:alice 'imaps://mail.harbor.test/INBOX;UID=1'`,
    },
    { files: { msmtprc: MSMTP } },
  )
  await t.test('sees what is offered', () => assert.match(world.output('asks'), /DSN:[^]*STARTTLS:/))
  await t.test('submits, and the dot at a line’s start stays', () => {
    for (const name of ['plain', 'scram', 'report', 'waits'] as const) world.output(name)
    assert.equal(world.output('text'), '.hello\r\n')
  })
  await t.test('a report of delivery comes when it is asked for', () => {
    world.output('reported')
    assert.match(world.output('asked'), /multipart\/report; report-type=delivery-status/i)
    assert.match(world.output('asked'), /^Action: (delivered|relayed)\r$/m)
  })
  await t.test('a wrong password is refused', () => assert.match(world.step('wrong').stderr, /authentication failed/))
})

const MUTT_SENDS = `set from="${ALICE}" realname="Alice" use_from=yes copy=no
set smtp_url="smtp://alice%40harbor.test@mail.harbor.test:587" smtp_pass="alice"
set ssl_force_tls=yes ssl_starttls=yes
`
const MUTT_READS = `set imap_user="${BOB}" imap_pass="bob"
set folder="imaps://mail.island.test/" spoolfile="+INBOX" sort=mailbox-order
set confirmappend=no confirmcreate=no quit=yes delete=yes move=no mark_old=no wait_key=no header_cache= message_cachedir=
`
/** Everything into a local mailbox; the first one flagged, the second one filed. */
const KEYS =
  '<tag-pattern>~A<enter><tag-prefix><copy-message>out.mbox<enter>' +
  '<first-entry><flag-message><next-entry><save-message>=Archive<enter><sync-mailbox><quit>'

test('mutt', { skip: skipMail('mutt', 'script', 'curl') }, async (t) => {
  const read = `mutt -F reads -f imaps://mail.island.test/INBOX -e 'push "${KEYS}"'`
  const world = await inside(
    {
      sends: `echo first | mutt -F sends -s 'by mutt' -a world.txt -- ${BOB}`,
      accents: `echo second | mutt -F sends -s 'zweite Grüße' -- ${BOB}`,
      waits: arrived(2, BOB),
      reads: `TERM=xterm script -qec "$(cat read.sh)" /dev/null`,
      copied: 'cat out.mbox',
      left: `curl -sSf --user bob:bob imaps://mail.island.test/INBOX -X 'FETCH 1:* (FLAGS)'`,
      filed: `curl -sSf --user bob:bob 'imaps://mail.island.test/Archive;UID=1;SECTION=HEADER.FIELDS%20(SUBJECT)'`,
    },
    { files: { sends: MUTT_SENDS, reads: MUTT_READS, 'read.sh': read, 'world.txt': 'attached\n' } },
  )
  await t.test('sends', () => {
    for (const name of ['sends', 'accents', 'waits'] as const) world.output(name)
  })
  await t.test('reads and copies', () => {
    world.output('reads')
    const copied = world.output('copied')
    assert.equal(copied.match(/^From alice@harbor\.test /gm)?.length, 2)
    assert.match(copied, /^Content-Disposition: attachment; filename="world\.txt"$/m)
  })
  await t.test('flags and files', () => {
    assert.equal(world.output('left'), '* 1 FETCH (FLAGS (\\Flagged))\r\n')
    assert.match(world.output('filed'), /^Subject: zweite =\?/)
  })
})
