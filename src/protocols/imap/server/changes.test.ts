// Several sessions on one mailbox: who hears of which change, and when.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { imapScene } from '../../../../test/conformance/imap-dialogue.ts'

const MAILS = ['Subject: one\r\n\r\n1', 'Subject: two\r\n\r\n2', 'Subject: three\r\n\r\n3']

/** Two sessions on one mailbox; another one has taken the \Recent of what is there. */
async function two(inbox = MAILS) {
  const scene = await imapScene(inbox)
  const first = await scene.session()
  await first.say('SELECT INBOX')
  await first.say('LOGOUT')
  const [mine, theirs] = [await scene.session(), await scene.session()]
  await mine.say('SELECT INBOX')
  await theirs.say('SELECT INBOX')
  return { ...scene, mine, theirs }
}

test('IDLE tells of what comes, changes and goes at once', async () => {
  const { mine, theirs, stop } = await two()
  assert.match(await mine.say('IDLE'), /^\+ /)
  await theirs.append('INBOX', 'Subject: four\r\n\r\n', '($New)')
  assert.match(await mine.heard(), /^\* FLAGS \([^)]* \$New\)\r\n[^]*\* 4 EXISTS\r\n\* 1 RECENT\r\n$/)
  await theirs.say('STORE 2 +FLAGS (\\Flagged)')
  assert.equal(await mine.heard(), '* 2 FETCH (FLAGS (\\Flagged))\r\n')
  await theirs.say('STORE 1,3 +FLAGS.SILENT (\\Deleted)')
  assert.equal(await mine.heard(), '* 1 FETCH (FLAGS (\\Deleted))\r\n* 3 FETCH (FLAGS (\\Deleted))\r\n')
  await theirs.say('EXPUNGE')
  assert.equal(await mine.heard(), '* 1 EXPUNGE\r\n* 2 EXPUNGE\r\n')
  assert.match(await mine.send('DONE\r\n'), /^t\d+ OK /)
  await stop()
})

test('numbers stay while FETCH, STORE and SEARCH are answered, and go with the next NOOP', async () => {
  const { mine, theirs, stop } = await two()
  await theirs.say('STORE 1 +FLAGS.SILENT (\\Deleted)')
  await theirs.say('EXPUNGE')
  await theirs.append('INBOX', 'Subject: four\r\n\r\n')
  assert.deepEqual(await mine.lines('FETCH 2 UID'), [
    '* 2 FETCH (UID 2)',
    '* 1 FETCH (FLAGS (\\Deleted))',
    '* 4 EXISTS',
    '* 0 RECENT',
    'OK',
  ])
  assert.deepEqual(await mine.lines('SEARCH ALL'), ['* SEARCH 1 2 3 4', 'OK'])
  assert.deepEqual(await mine.lines('STORE 4 FLAGS (\\Seen)'), ['* 4 FETCH (FLAGS (\\Seen))', 'OK'])
  assert.deepEqual(await mine.lines('UID FETCH 2 FLAGS'), ['* 2 FETCH (UID 2 FLAGS ())', '* 1 EXPUNGE', 'OK'])
  assert.deepEqual(await mine.lines('NOOP'), ['OK'])
  assert.deepEqual(await mine.lines('FETCH 3 UID'), ['* 3 FETCH (UID 4)', 'OK'])
  await stop()
})

test('what went meanwhile cannot be read, and that is said', async () => {
  const { mine, theirs, stop } = await two()
  await theirs.say('STORE 2 +FLAGS.SILENT (\\Deleted)')
  await theirs.say('EXPUNGE')
  const lines = await mine.lines('FETCH 1:3 BODY.PEEK[TEXT]')
  assert.deepEqual(lines, [
    '* 1 FETCH (BODY[TEXT] {1}',
    '1)',
    '* 3 FETCH (BODY[TEXT] {1}',
    '3)',
    '* 2 FETCH (FLAGS (\\Deleted))',
    'NO [EXPUNGEISSUED]',
  ])
  await stop()
})

test('a session is not told again what it did itself', async () => {
  const { mine, theirs, stop } = await two()
  assert.deepEqual(await mine.lines('STORE 1 +FLAGS.SILENT (\\Seen)'), ['OK'])
  assert.deepEqual(await mine.lines('NOOP'), ['OK'])
  assert.deepEqual(await theirs.lines('NOOP'), ['* 1 FETCH (FLAGS (\\Seen))', 'OK'])
  assert.deepEqual(await mine.lines('STORE 1 +FLAGS.SILENT (\\Deleted)'), ['OK'])
  assert.deepEqual(await mine.lines('EXPUNGE'), ['* 1 EXPUNGE', 'OK'])
  assert.deepEqual(await theirs.lines('NOOP'), ['* 1 FETCH (FLAGS (\\Deleted \\Seen))', '* 1 EXPUNGE', 'OK'])
  await stop()
})

test('more changes than are remembered are found all the same', async () => {
  const many = Array.from({ length: 600 }, (_, at) => `Subject: ${at}\r\n\r\n`)
  const { mine, theirs, stop } = await two(many)
  await theirs.say('STORE 1:599 +FLAGS.SILENT (\\Seen)')
  await theirs.say('STORE 600 +FLAGS.SILENT (\\Flagged)')
  const lines = await mine.lines('NOOP')
  assert.equal(lines.length, 601)
  assert.equal(lines[599], '* 600 FETCH (FLAGS (\\Flagged))')
  assert.deepEqual(await mine.lines('NOOP'), ['OK'])
  await stop()
})

test('QRESYNC: what went is told by uid, with the mod-sequences', async () => {
  const { mine, theirs, stop } = await two()
  await mine.say('ENABLE QRESYNC')
  await theirs.say('STORE 1,2 +FLAGS.SILENT (\\Deleted)')
  await theirs.say('EXPUNGE')
  const lines = await mine.lines('NOOP')
  assert.deepEqual(lines.slice(-2), ['* VANISHED 1:2', 'OK'])
  assert.match(lines[0] ?? '', /^\* 1 FETCH \(UID 1 FLAGS \(\\Deleted\) MODSEQ \(\d+\)\)$/)
  await stop()
})

test('QRESYNC: coming back, a client hears what happened since', async () => {
  const { mine, theirs, mailbox, stop } = await two()
  await mine.say('CLOSE')
  const { uidValidity, highestModSeq } = mailbox('INBOX')
  await theirs.say('STORE 3 +FLAGS.SILENT (\\Flagged)')
  await theirs.say('STORE 1 +FLAGS.SILENT (\\Deleted)')
  await theirs.say('EXPUNGE')
  assert.equal(await mine.status(`SELECT INBOX (QRESYNC (${uidValidity} ${highestModSeq}))`), 'BAD')
  await mine.say('ENABLE QRESYNC')
  const known = await mine.lines(`SELECT INBOX (QRESYNC (${uidValidity} ${highestModSeq} 1:3 (1:3 1:3)))`)
  assert.ok(known.includes('* VANISHED (EARLIER) 1'))
  assert.match(known.at(-2) ?? '', /^\* 2 FETCH \(UID 3 FLAGS \(\\Flagged\) MODSEQ \(\d+\)\)$/)
  const other = await mine.lines(`SELECT INBOX (QRESYNC (${uidValidity + 1} ${highestModSeq}))`)
  assert.ok(!other.some((line) => /VANISHED|FETCH/.test(line)))
  assert.deepEqual(await mine.lines(`UID FETCH 1:* (FLAGS) (CHANGEDSINCE ${highestModSeq} VANISHED)`), [
    '* VANISHED (EARLIER) 1',
    `* 2 FETCH (UID 3 FLAGS (\\Flagged) MODSEQ (${highestModSeq + 1}))`,
    'OK',
  ])
  await stop()
})

test('CONDSTORE: a change is refused where another came first', async () => {
  const { mine, theirs, mailbox, stop } = await two()
  const { highestModSeq } = mailbox('INBOX')
  await theirs.say('STORE 2 +FLAGS.SILENT (\\Flagged)')
  assert.deepEqual(await mine.lines(`STORE 1:3 (UNCHANGEDSINCE ${highestModSeq}) +FLAGS.SILENT (\\Seen)`), [
    `* OK [HIGHESTMODSEQ ${highestModSeq + 1}] CONDSTORE is on`,
    `* 1 FETCH (MODSEQ (${highestModSeq + 2}))`,
    `* 3 FETCH (MODSEQ (${highestModSeq + 2}))`,
    `* 2 FETCH (FLAGS (\\Flagged) MODSEQ (${highestModSeq + 1}))`,
    'OK [MODIFIED 2]',
  ])
  assert.deepEqual(await mine.lines(`SEARCH MODSEQ ${highestModSeq + 2}`), [
    `* SEARCH 1 3 (MODSEQ ${highestModSeq + 2})`,
    'OK',
  ])
  await stop()
})

test('a mailbox that is deleted takes the sessions on it along', async () => {
  const { mine, theirs, stop } = await two()
  await theirs.say('CREATE Temporary')
  await mine.say('SELECT Temporary')
  await theirs.say('DELETE Temporary')
  assert.match(await mine.say('NOOP'), /^\* BYE /)
  assert.equal(mine.peer.hasEnded, true)
  await stop()
})

test('recent is told to one session, and to none that enabled IMAP4rev2', async () => {
  const { mine, theirs, stop } = await two()
  await theirs.append('INBOX', 'Subject: four\r\n\r\n')
  assert.deepEqual(await mine.lines('NOOP'), ['* 4 EXISTS', '* 0 RECENT', 'OK'])
  assert.deepEqual(await theirs.lines('SEARCH RECENT'), ['* SEARCH 4', 'OK'])
  await mine.say('ENABLE IMAP4rev2')
  const selected = await mine.lines('SELECT INBOX')
  assert.ok(!selected.some((line) => line.includes('RECENT')))
  assert.ok(selected.includes('* LIST (\\HasNoChildren) "/" INBOX'))
  await stop()
})

test('pipelined commands are answered in order, each with what was true by then', async () => {
  const { mine, stop } = await two()
  const said = await mine.send(
    'a STORE 1 +FLAGS.SILENT (\\Deleted)\r\nb EXPUNGE\r\nc FETCH 1 UID\r\nd SEARCH UNSEEN\r\ne NOOP\r\n',
  )
  assert.equal(
    said.replaceAll(/(OK) [^\r]*/g, '$1'),
    'a OK\r\n* 1 EXPUNGE\r\nb OK\r\n* 1 FETCH (UID 2)\r\nc OK\r\n* SEARCH 1 2\r\nd OK\r\ne OK\r\n',
  )
  await stop()
})

test('flags of what went meanwhile cannot be changed, and that is said', async () => {
  const { mine, theirs, stop } = await two()
  await theirs.say('STORE 2 +FLAGS.SILENT (\\Deleted)')
  await theirs.say('EXPUNGE')
  const lines = await mine.lines('STORE 1:2 +FLAGS (\\Seen)')
  assert.equal(lines[0], '* 1 FETCH (FLAGS (\\Seen))')
  assert.equal(lines.at(-1), 'NO [EXPUNGEISSUED]')
  await stop()
})

test('of messages that went meanwhile, none is copied or moved, and that is said', async () => {
  const { mine, theirs, mailbox, stop } = await two()
  await theirs.say('STORE 2 +FLAGS.SILENT (\\Deleted)')
  await theirs.say('EXPUNGE')
  assert.equal(await mine.status('COPY 1:3 Archive'), 'NO [EXPUNGEISSUED]')
  assert.equal(await mine.status('UID MOVE 3 Archive'), 'OK')
  assert.equal(mailbox('Archive').messages.length, 1)
  assert.equal(mailbox('INBOX').messages.length, 1)
  await stop()
})

test('$ stands for nothing after a search that was refused, and stays after one that was none', async () => {
  const { mine, stop } = await two()
  await mine.say('SEARCH RETURN (SAVE) 1:2')
  assert.equal(await mine.status('SEARCH RETURN (SAVE) NOSUCH'), 'BAD')
  assert.deepEqual(await mine.lines('SEARCH $'), ['* SEARCH 1 2', 'OK'])
  assert.match(await mine.status('SEARCH RETURN (SAVE) CHARSET NOSUCH ALL'), /^NO \[BADCHARSET/)
  assert.deepEqual(await mine.lines('SEARCH $'), ['* SEARCH', 'OK'])
  await stop()
})
