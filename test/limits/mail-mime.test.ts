// Broken and boundless MIME, sent in over SMTP and read by IMAP and POP3: a thousand levels deep, twenty thousand parts,
// headers made to be slow. Every question about it is answered, the message comes back as it was sent, and others are served.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ALICE, BOB, loggedIn, mailData, others } from './mail.ts'
import { turnedWorld } from './world.ts'

/** The issue's own figure. */
const LEVELS = 1000
/** Parts inside parts that are told of, and parts in all; docs/limits.md. */
const DEPTH_MAX = 100
const PARTS_MAX = 10_000

function open(level: number): string {
  return `Content-Type: multipart/mixed; boundary=b${level}\r\n\r\n--b${level}\r\n`
}

function nested(levels: number, close: boolean): string {
  const numbers = Array.from({ length: levels }, (_, level) => level)
  const ends = close ? numbers.toReversed().map((level) => `\r\n--b${level}--\r\n`) : []
  return `MIME-Version: 1.0\r\n${numbers.map(open).join('')}Content-Type: text/plain\r\n\r\ndeep${ends.join('')}\r\n`
}

const MESSAGES: Readonly<Record<string, string>> = {
  [`multiparts ${LEVELS} levels deep`]: nested(LEVELS, true),
  [`multiparts ${LEVELS} levels deep, none of them closed`]: nested(LEVELS, false),
  [`messages ${LEVELS} levels deep`]: `${'Content-Type: message/rfc822\r\n\r\n'.repeat(LEVELS)}Subject: deep\r\n\r\ndeep\r\n`,
  [`${LEVELS} levels with one boundary`]: `${'Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n'.repeat(LEVELS)}\r\ndeep\r\n`,
  'multiparts and messages in turn': `${'Content-Type: message/rfc822\r\n\r\nContent-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\n'.repeat(LEVELS / 2)}\r\ndeep\r\n`,
  '20,000 parts': `Content-Type: multipart/mixed; boundary=b\r\n\r\n${'--b\r\n\r\nx\r\n'.repeat(20_000)}--b--\r\n`,
  'a million dashes that are no boundary': `Content-Type: multipart/mixed; boundary=b\r\n\r\n${'--\r\n'.repeat(250_000)}`,
  'a boundary of 100,000 characters': `Content-Type: multipart/mixed; boundary="${'b'.repeat(100_000)}"\r\n\r\n--${'b'.repeat(100_000)}\r\n\r\nx\r\n`,
  '100,000 parameters': `Content-Type: text/plain${'; a=b'.repeat(100_000)}\r\n\r\nx\r\n`,
  '10,000 pieces of one parameter': `Content-Type: text/plain${Array.from({ length: 10_000 }, (_, at) => `;\r\n name*${at}*=%41`).join('')}\r\n\r\nx\r\n`,
  '20,000 encoded words': `Subject: ${'=?utf-8?q?=41?= '.repeat(20_000)}\r\n\r\nx\r\n`,
  'comments in comments': `From: ${'('.repeat(100_000)}${')'.repeat(100_000)} <a@b.test>\r\nDate: ${'('.repeat(100_000)}\r\n\r\nx\r\n`,
  'quotes that never end': `From: "${'\\"'.repeat(100_000)}\r\nTo: <${'<'.repeat(100_000)}\r\nMessage-ID: ${'<'.repeat(100_000)}\r\n\r\nx\r\n`,
  'groups in groups': `To: ${'a: '.repeat(50_000)}${';'.repeat(50_000)}\r\n\r\nx\r\n`,
  '20,000 references': `References: ${'<a@b.test> '.repeat(20_000)}\r\nIn-Reply-To: ${'<a@b.test> '.repeat(20_000)}\r\n\r\nx\r\n`,
  'base64 that is none': `Content-Type: text/plain\r\nContent-Transfer-Encoding: base64\r\n\r\n${'='.repeat(100_000)}\r\n${'*'.repeat(100_000)}\r\n`,
  'quoted-printable that is none': `Content-Type: text/plain; charset=no-such\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n${'=\r\n'.repeat(50_000)}${'=G'.repeat(50_000)}\r\n`,
  'subjects that were answered 50,000 times': `Subject: ${'Re: '.repeat(50_000)}${'[a] '.repeat(50_000)}\r\n\r\nx\r\n`,
}

for (const [name, message] of Object.entries(MESSAGES)) {
  test(`${name}: taken, told of and given back`, async (t) => {
    const { world } = await turnedWorld(t, mailData())
    const sender = await loggedIn(t, world, 'smtp', BOB)
    await sender.ask(`MAIL FROM:<${BOB}>\r\nRCPT TO:<${ALICE}>\r\nDATA\r\n`, /^354 .*\r\n/m)
    await sender.ask(`${message}.\r\n`, /^250 2\.0\.0 .*\r\n/)
    const reader = await loggedIn(t, world, 'imap')
    await reader.ask('s SELECT INBOX\r\n', /^s OK .*\r\n/m)
    const structure = await reader.ask('a FETCH 1 (BODYSTRUCTURE ENVELOPE)\r\n', /^a OK .*\r\n/m)
    assert.ok(depthOf(structure) <= 3 * DEPTH_MAX, `${depthOf(structure)} levels`)
    assert.ok((structure.match(/"text" "plain"/gi)?.length ?? 0) <= PARTS_MAX)
    const deepest = Array.from({ length: LEVELS }, () => 1).join('.')
    for (const question of [
      `FETCH 1 (BODY BODY[1] BODY[1.1] BODY[${deepest}] BINARY.SIZE[1] BODY[1.MIME])`,
      `FETCH 1 (BODY[HEADER.FIELDS (SUBJECT REFERENCES)] BODY[TEXT]<0.10> BODY[1.HEADER])`,
      'SEARCH OR TEXT deep BODY nowhere',
      'SEARCH OR FROM a SUBJECT nowhere',
      'SEARCH HEADER REFERENCES nowhere SENTBEFORE 1-Jan-2026',
      'SORT (SUBJECT FROM DATE) UTF-8 ALL',
      'THREAD REFERENCES UTF-8 ALL',
      'THREAD ORDEREDSUBJECT UTF-8 ALL',
    ])
      await reader.ask(`q ${question}\r\n`, /^q (?:OK|NO) .*\r\n/m)
    const drop = await loggedIn(t, world, 'pop3')
    await drop.ask('TOP 1 10\r\n', /^\.\r\n/m)
    const retrieved = await drop.ask('RETR 1\r\n', /^\.\r\n/m)
    assert.ok(retrieved.endsWith(`${message}.\r\n`), 'it came back changed')
    await others(t, world, 'smtp', 'imap', 'pop3')
    assert.ok(world.events().every(({ kind }) => !kind.startsWith('driver.')))
  })
}

/** The most parentheses that are open at a time. */
function depthOf(text: string): number {
  let [depth, most] = [0, 0]
  for (const part of text.replaceAll(/"(?:[^"\\]|\\.)*"/g, '').matchAll(/[()]/g)) {
    depth += part[0] === '(' ? 1 : -1
    most = Math.max(most, depth)
  }
  return most
}
