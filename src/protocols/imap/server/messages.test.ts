// Messages: adding, reading, marking, copying, finding and removing them.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { imapScene } from '../../../../test/conformance/imap-dialogue.ts'

const ONE =
  'From: Bob <bob@island.test>\r\nSubject: one\r\nMessage-ID: <1@island.test>\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n' +
  '--x\r\n\r\nfirst\r\n--x\r\nContent-Type: application/octet-stream\r\nContent-Transfer-Encoding: base64\r\n\r\nAAEC\r\n--x--\r\n'
const TWO = 'From: carol@harbor.test\r\nSubject: Re: one\r\nReferences: <1@island.test>\r\n\r\nsecond'

async function reader(inbox = [ONE, TWO]) {
  const scene = await imapScene(inbox)
  const client = await scene.session()
  await client.say('SELECT INBOX')
  return { ...scene, client }
}

test('FETCH: every attribute', async () => {
  const { client, mailbox, stop } = await reader([TWO])
  const [message] = mailbox('INBOX').messages
  const items =
    'UID RFC822.SIZE INTERNALDATE SAVEDATE MODSEQ EMAILID THREADID ENVELOPE BODY BODYSTRUCTURE BINARY.SIZE[1] FLAGS'
  const [, line] = await client.lines(`FETCH 1 (${items})`)
  assert.equal(
    line,
    `* 1 FETCH (UID 1 RFC822.SIZE 80 INTERNALDATE " 1-Jan-2026 00:00:00 +0000" SAVEDATE " 1-Jan-2026 00:00:00 +0000" MODSEQ (${message?.modSeq}) EMAILID (M${message?.contentId}) THREADID NIL ENVELOPE (NIL "Re: one" ((NIL NIL "carol" "harbor.test")) ((NIL NIL "carol" "harbor.test")) ((NIL NIL "carol" "harbor.test")) NIL NIL NIL NIL NIL) BODY ("text" "plain" ("charset" "us-ascii") NIL NIL "7bit" 6 0) BODYSTRUCTURE ("text" "plain" ("charset" "us-ascii") NIL NIL "7bit" 6 0 NIL NIL NIL NIL) BINARY.SIZE[1] 6 FLAGS (\\Recent))`,
  )
  await stop()
})

const SECTIONS: readonly (readonly [item: string, label: string, octets: string | undefined])[] = [
  ['BODY.PEEK[]', 'BODY[]', ONE],
  ['BODY.PEEK[]<5.4>', 'BODY[]<5>', ONE.slice(5, 9)],
  ['BODY.PEEK[]<99999.4>', 'BODY[]<99999>', ''],
  ['BODY.PEEK[HEADER.FIELDS (subject x-no)]', 'BODY[HEADER.FIELDS (SUBJECT X-NO)]', 'Subject: one\r\n\r\n'],
  ['BODY.PEEK[HEADER]', 'BODY[HEADER]', ONE.slice(0, ONE.indexOf('--x'))],
  ['BODY.PEEK[TEXT]<0.3>', 'BODY[TEXT]<0>', '--x'],
  ['BODY.PEEK[1]', 'BODY[1]', 'first'],
  ['BODY.PEEK[2.MIME]<0.12>', 'BODY[2.MIME]<0>', 'Content-Type'],
  ['BODY.PEEK[2]', 'BODY[2]', 'AAEC'],
  ['BODY.PEEK[3]', 'BODY[3]', undefined],
  ['RFC822.HEADER', 'RFC822.HEADER', ONE.slice(0, ONE.indexOf('--x'))],
  ['BINARY.PEEK[2]', 'BINARY[2]', '\0\x01\x02'],
]

test('FETCH: sections', async () => {
  const { client, mailbox, stop } = await reader()
  for (const [item, label, octets] of SECTIONS) {
    const value = octets === undefined ? 'NIL' : `${octets.includes('\0') ? '~' : ''}{${octets.length}}\r\n${octets}`
    assert.equal(await client.say(`FETCH 1 ${item}`), `* 1 FETCH (${label} ${value})\r\n. OK fetched\r\n`)
  }
  assert.equal(mailbox('INBOX').unseen, 2)
  await stop()
})

test('FETCH: BINARY of an encoding that nobody knows is refused, the rest is told', async () => {
  const odd = 'Content-Transfer-Encoding: x-odd\r\n\r\nbody'
  const { client, stop } = await reader([odd])
  const answer = await client.say('FETCH 1 (BINARY.PEEK[1] RFC822.SIZE)')
  assert.match(answer, /RFC822\.SIZE \d+\)\r\n\. NO \[UNKNOWN-CTE\]/)
  assert.match(await client.say('FETCH 1 BINARY.SIZE[1]'), /\. NO \[UNKNOWN-CTE\]/)
  await stop()
})

test('FETCH marks what it reads as seen, and says so; EXAMINE marks nothing', async () => {
  const { client, mailbox, stop } = await reader([TWO, TWO])
  assert.match(await client.say('FETCH 1 BODY[TEXT]'), /BODY\[TEXT\] \{6\}\r\nsecond FLAGS \(\\Recent \\Seen\)\)/)
  assert.match(await client.say('FETCH 1 RFC822.TEXT'), /RFC822\.TEXT \{6\}\r\nsecond\)/)
  assert.deepEqual(await client.lines('NOOP'), ['OK'])
  await client.say('EXAMINE INBOX')
  await client.say('FETCH 2 BODY[]')
  assert.equal(mailbox('INBOX').unseen, 1)
  assert.equal(await client.status('STORE 2 FLAGS (\\Seen)'), 'NO [CANNOT]')
  assert.equal(await client.status('EXPUNGE'), 'NO [CANNOT]')
  await stop()
})

test('numbers that no message has are a mistake, uids are not', async () => {
  const { client, stop } = await reader()
  assert.equal(await client.status('FETCH 3 UID'), 'BAD')
  assert.deepEqual(await client.lines('FETCH 2:* UID'), ['* 2 FETCH (UID 2)', 'OK'])
  assert.deepEqual(await client.lines('UID FETCH 7:9 UID'), ['OK'])
  assert.deepEqual(await client.lines('UID FETCH 7:* UID'), ['* 2 FETCH (UID 2)', 'OK'])
  assert.deepEqual(await client.lines('FETCH 2,1:2,1 UID'), ['* 1 FETCH (UID 1)', '* 2 FETCH (UID 2)', 'OK'])
  for (const set of ['0', '1:', ',1', '4294967296', 'x']) assert.equal(await client.status(`FETCH ${set} UID`), 'BAD')
  await client.say('SELECT Archive')
  assert.equal(await client.status('FETCH 1:* UID'), 'BAD')
  assert.deepEqual(await client.lines('UID FETCH 1:* UID'), ['OK'])
  await stop()
})

test('APPEND: flags, date, several at once, refused before the octets come', async () => {
  const { client, mailbox, stop } = await reader([])
  const first = await client.append('Archive', 'Subject: a\r\n\r\n', '(\\Seen $Label) "17-Jul-1996 02:44:25 -0700"')
  assert.match(first, /^a OK \[APPENDUID \d+ 1\]/)
  assert.equal(mailbox('Archive').messages[0]?.flags.text, '\\Seen $Label')
  assert.equal(mailbox('Archive').messages[0]?.receivedMs, Date.UTC(1996, 6, 17, 9, 44, 25))
  const two = await client.send('b APPEND Archive {3+}\r\none (\\Flagged) {3+}\r\ntwo\r\n')
  assert.match(two, /^b OK \[APPENDUID \d+ 2:3\]/)
  assert.match(await client.send('c APPEND nothing {3}\r\n'), /^c NO \[TRYCREATE\]/)
  assert.match(await client.send('d APPEND nothing {3+}\r\none\r\n'), /^d NO \[TRYCREATE\]/)
  assert.match(await client.send('e APPEND Archive {4294967295}\r\n'), /^e NO \[TOOBIG\]/)
  assert.match(await client.send('f NOOP\r\n'), /^f OK/)
  assert.equal(mailbox('Archive').messages.length, 3)
  await stop()
})

test('APPEND: a message of many pieces, and several in one go', async () => {
  const { client, mailbox, stop } = await reader([])
  const big = Buffer.alloc(700_000, 'a message\r\n')
  assert.match(await client.send(`a APPEND Archive {${big.length}}\r\n`), /^\+ /)
  for (let at = 0; at < big.length; at += 50_000) await client.send(big.subarray(at, at + 50_000))
  assert.match(await client.send('\r\n'), /^a OK/)
  const [message] = mailbox('Archive').messages
  assert.ok(message !== undefined)
  assert.deepEqual(Buffer.from(mailbox('Archive').content(message) ?? []), big)
  const said = await client.send(
    'b APPEND Archive {1+}\r\nx\r\nc APPEND Archive {1+}\r\ny\r\nd STATUS Archive (MESSAGES)\r\n',
  )
  assert.match(said, /^b OK [^]*\nc OK [^]*\n\* STATUS Archive \(MESSAGES 3\)\r\nd OK/)
  await stop()
})

test('STORE: adding, taking away, replacing', async () => {
  const { client, stop } = await reader([TWO])
  assert.deepEqual(await client.lines('STORE 1 +FLAGS ($Label \\Seen)'), [
    '* FLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft $Label)',
    '* OK [PERMANENTFLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft $Label \\*)] flags',
    '* 1 FETCH (FLAGS (\\Recent \\Seen $Label))',
    'OK',
  ])
  assert.deepEqual(await client.lines('STORE 1 -FLAGS (\\Seen)'), ['* 1 FETCH (FLAGS (\\Recent $Label))', 'OK'])
  assert.deepEqual(await client.lines('UID STORE 1 FLAGS \\Flagged'), [
    '* 1 FETCH (UID 1 FLAGS (\\Recent \\Flagged))',
    'OK',
  ])
  assert.deepEqual(await client.lines('STORE 1 FLAGS ()'), ['* 1 FETCH (FLAGS (\\Recent))', 'OK'])
  assert.equal(await client.status('STORE 1 FLAGS (\\Recent)'), 'BAD')
  assert.equal(await client.status('STORE 1 FLAGS (\\Nosuch)'), 'BAD')
  await stop()
})

test('COPY, MOVE and EXPUNGE tell uids', async () => {
  const { client, mailbox, stop } = await reader()
  const { uidValidity } = mailbox('Archive')
  assert.deepEqual(await client.lines('COPY 1:2 Archive'), [`OK [COPYUID ${uidValidity} 1:2 1:2]`])
  assert.deepEqual(await client.lines('UID MOVE 2 Archive'), [
    `* OK [COPYUID ${uidValidity} 2 3] moved`,
    '* 2 EXPUNGE',
    'OK',
  ])
  assert.deepEqual(await client.lines('COPY 1 nothing'), ['NO [TRYCREATE]'])
  await client.say('STORE 1 +FLAGS.SILENT (\\Deleted)')
  assert.deepEqual(await client.lines('UID EXPUNGE 7:9'), ['OK'])
  assert.deepEqual(await client.lines('UID EXPUNGE 1:9'), ['* 1 EXPUNGE', 'OK'])
  assert.equal(mailbox('Archive').messages.length, 3)
  await stop()
})

test('SEARCH in its forms', async () => {
  const { client, stop } = await reader()
  assert.deepEqual(await client.lines('SEARCH SUBJECT RE'), ['* SEARCH 2', 'OK'])
  assert.deepEqual(await client.lines('SEARCH CHARSET UTF-8 OR FROM bob (TEXT second NOT SEEN)'), [
    '* SEARCH 1 2',
    'OK',
  ])
  assert.deepEqual(await client.lines('SEARCH TEXT nowhere'), ['* SEARCH', 'OK'])
  assert.deepEqual(await client.lines('SEARCH 2 UID 1:*'), ['* SEARCH 2', 'OK'])
  assert.equal(await client.status('SEARCH CHARSET nosuch TEXT x'), 'NO [BADCHARSET (UTF-8 US-ASCII)]')
  assert.equal(await client.status('SEARCH ((ALL)'), 'BAD')
  assert.equal(await client.status(`SEARCH ${'('.repeat(100)}ALL${')'.repeat(100)}`), 'BAD')
  assert.equal(await client.status(`SEARCH ${'NOT '.repeat(100)}ALL`), 'BAD')
  const extended = await client.send('x UID SEARCH RETURN (MIN MAX COUNT ALL) ALL\r\n')
  assert.equal(extended, '* ESEARCH (TAG "x") UID MIN 1 MAX 2 ALL 1:2 COUNT 2\r\nx OK searched\r\n')
  assert.deepEqual(await client.lines('SEARCH RETURN (SAVE) SUBJECT re'), ['OK'])
  assert.deepEqual(await client.lines('UID FETCH $ UID'), ['* 2 FETCH (UID 2)', 'OK'])
  assert.deepEqual(await client.lines('SEARCH NOT $'), ['* SEARCH 1', 'OK'])
  await stop()
})

test('SORT and THREAD', async () => {
  const { client, stop } = await reader()
  assert.deepEqual(await client.lines('SORT (REVERSE FROM) UTF-8 ALL'), ['* SORT 2 1', 'OK'])
  assert.deepEqual(await client.lines('UID SORT (SIZE) US-ASCII ALL'), ['* SORT 2 1', 'OK'])
  assert.deepEqual(await client.lines('THREAD REFERENCES UTF-8 ALL'), ['* THREAD (1 2)', 'OK'])
  assert.deepEqual(await client.lines('THREAD ORDEREDSUBJECT UTF-8 SEEN'), ['* THREAD', 'OK'])
  assert.equal(await client.status('SORT () UTF-8 ALL'), 'BAD')
  await stop()
})

test('a slow client makes the server wait, and one that takes nothing is sent away', async () => {
  const body = `Subject: big\r\n\r\n${'x'.repeat(60_000)}`
  const { client, plane, stop } = await reader(Array.from({ length: 40 }, () => body))
  client.peer.pause()
  client.peer.send('a FETCH 1:* BODY.PEEK[]\r\n')
  await plane.settled()
  assert.ok(client.peer.untaken < 400_000, `${client.peer.untaken} octets lie unsent`)
  client.peer.resume()
  const said = await client.heard()
  assert.equal(said.split('FETCH (BODY[] {').length - 1, 40)
  assert.match(said, /\r\na OK fetched\r\n$/)
  client.peer.pause()
  client.peer.send('b FETCH 1:* BODY.PEEK[]\r\n')
  await plane.settled()
  plane.advance(300_000)
  assert.equal(client.peer.closeReason?.kind, 'reset')
  await stop()
})

test('a long search lets others have their turn, and keeps the order of answers', async () => {
  const { client, session, stop } = await reader(Array.from({ length: 2000 }, (_, at) => `Subject: ${at}\r\n\r\nbody`))
  const other = await session()
  client.peer.send('a SEARCH RETURN (COUNT) BODY body\r\nb NOOP\r\n')
  other.peer.send('c NOOP\r\n')
  assert.match(other.peer.take(), /^c OK/)
  assert.equal(client.peer.receivedText, '')
  assert.match(await client.heard(), /^\* ESEARCH \(TAG "a"\) COUNT 2000\r\na OK [^]*\nb OK/)
  await stop()
})

test('messages added in one flight become durable together, and in order', async () => {
  const { client, mailbox, stop } = await reader([])
  const archive = mailbox('Archive')
  const seen: number[] = []
  const before = archive.highestModSeq
  archive.watch(() => void seen.push(archive.messages.length))
  const flight = Array.from({ length: 20 }, (_, at) => `a${at} APPEND Archive {4+}\r\n${String(at).padStart(4)}\r\n`)
  const said = await client.send(`${flight.join('')}b APPEND Archive {3}\r\n`)
  assert.deepEqual(
    [...said.matchAll(/^(\w+) OK/gm)].map(([, tag]) => tag),
    flight.map((_, at) => `a${at}`),
  )
  assert.match(said, /\+ go ahead/)
  assert.deepEqual(
    seen,
    Array.from({ length: 20 }, () => 20),
    'nobody sees one before the others',
  )
  assert.ok(archive.highestModSeq > before)
  assert.match(await client.send('end\r\n'), /^b OK/)
  await stop()
})
