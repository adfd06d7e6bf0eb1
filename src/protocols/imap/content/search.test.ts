import assert from 'node:assert/strict'
import { test } from 'node:test'
import { dayNumber, NEW_KEY, STAR, type SearchedMailbox, type SearchedMessage, type SearchKey } from './search-key.ts'
import { compileSearch } from './search.ts'

const MAILBOX: SearchedMailbox = {
  wallMs: Date.UTC(2026, 0, 10),
  lastSequence: 9,
  lastUid: 90,
  saved: new Set([40]),
}

const PLAIN =
  'Date: Fri, 1 Feb 1994 23:00:00 -0500\r\nFrom: Smith <smith@harbor.test>\r\nSubject: folded\r\n across lines\r\nX-Empty:\r\n\r\nHello WORLD of bodies\r\n'
const QP =
  'Subject: =?utf-8?Q?Gr=C3=BC?= =?utf-8?Q?=C3=9Fe?=\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n=C3=84pfel und Bir=\r\nnen\r\n'
const LATIN1 = 'Subject: gr\xfc\xdfe\r\nContent-Type: text/plain; charset=iso-8859-1\r\n\r\n\xc4pfel\r\n'
const NESTED =
  'Subject: outer\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\npreamble\r\n--b\r\nContent-Type: message/rfc822\r\nX-Mime: mimeheader\r\n\r\nSubject: inner\r\n\r\nletter\r\n--b\r\n' +
  'Content-Type: application/pdf; name="attached.pdf"\r\n\r\nbinarystuff\r\n--b\r\nContent-Type: text/html; charset=utf-16le\r\nContent-Transfer-Encoding: base64\r\n\r\naABpAA==\r\n--b--\r\n'

function message(mail: string, more: Partial<SearchedMessage> = {}): SearchedMessage {
  const bytes = Buffer.from(mail, 'latin1')
  return {
    uid: 40,
    sequence: 4,
    flags: new Set(['\\seen', '$label']),
    recent: true,
    receivedMs: Date.UTC(2026, 0, 5, 12),
    savedMs: Date.UTC(2026, 0, 6, 12),
    size: bytes.length,
    modSeq: 700,
    emailId: 'M1',
    head: () => bytes,
    content: () => bytes,
    ...more,
  }
}

const matches = (key: SearchKey, mail = PLAIN): boolean => compileSearch(key, MAILBOX).matches(message(mail))
const text = (words: string): SearchKey => ({ kind: 'text', text: words })
const body = (words: string): SearchKey => ({ kind: 'body', text: words })
const header = (name: string, words: string): SearchKey => ({ kind: 'header', name, text: words })
const flag = (name: string, set = true): SearchKey => ({ kind: 'flag', flag: name, set })
type DateKey = Extract<SearchKey, { readonly kind: 'date' }>
const date = (of: DateKey['of'], is: DateKey['is'], day: number): SearchKey => ({ kind: 'date', of, is, day })

const ALL: SearchKey = { kind: 'all' }
const JAN_5 = dayNumber(2026, 1, 5)
const FEB_1 = dayNumber(1994, 2, 1)

const PLAIN_KEYS: readonly (readonly [key: SearchKey, matches: boolean])[] = [
  [ALL, true],
  [flag('\\seen'), true],
  [flag('\\seen', false), false],
  [flag('$label'), true],
  [flag('\\deleted'), false],
  [{ kind: 'recent', set: true }, true],
  [{ kind: 'recent', set: false }, false],
  [NEW_KEY, false],
  [{ kind: 'size', is: 'larger', octets: PLAIN.length }, false],
  [{ kind: 'size', is: 'larger', octets: PLAIN.length - 1 }, true],
  [{ kind: 'size', is: 'smaller', octets: PLAIN.length }, false],
  [{ kind: 'size', is: 'smaller', octets: PLAIN.length + 1 }, true],
  [date('received', 'on', JAN_5), true],
  [date('received', 'since', JAN_5), true],
  [date('received', 'before', JAN_5), false],
  [date('received', 'before', JAN_5 + 1), true],
  [date('saved', 'on', JAN_5), false],
  [date('saved', 'on', JAN_5 + 1), true],
  [date('sent', 'on', FEB_1), true],
  [date('sent', 'since', FEB_1 + 1), false],
  [date('sent', 'before', FEB_1 + 1), true],
  [{ kind: 'within', is: 'younger', seconds: 4.5 * 86_400 }, true],
  [{ kind: 'within', is: 'younger', seconds: 4.5 * 86_400 - 1 }, false],
  [{ kind: 'within', is: 'older', seconds: 4.5 * 86_400 }, true],
  [{ kind: 'within', is: 'older', seconds: 4.5 * 86_400 + 1 }, false],
  [{ kind: 'modseq', from: 700 }, true],
  [{ kind: 'modseq', from: 701 }, false],
  [{ kind: 'sequence', set: [{ from: 4, to: 4 }] }, true],
  [{ kind: 'sequence', set: [{ from: STAR, to: 5 }] }, false],
  [{ kind: 'uid', set: [{ from: 1, to: STAR }] }, true],
  [{ kind: 'uid', set: [{ from: 4, to: 4 }] }, false],
  [{ kind: 'saved' }, true],
  [{ kind: 'save-date-supported' }, true],
  [{ kind: 'email-id', id: 'M1' }, true],
  [{ kind: 'email-id', id: 'm1' }, false],
  [{ kind: 'thread-id', id: 'T1' }, false],
  [{ kind: 'not', key: ALL }, false],
  [{ kind: 'or', left: flag('\\deleted'), right: text('world') }, true],
  [{ kind: 'or', left: flag('\\deleted'), right: text('nowhere') }, false],
  [{ kind: 'and', keys: [] }, true],
  [{ kind: 'and', keys: [text('world'), flag('\\seen')] }, true],
  [{ kind: 'and', keys: [text('world'), flag('\\deleted')] }, false],
]

test('every key', () => {
  for (const [key, expected] of PLAIN_KEYS) assert.equal(matches(key), expected, JSON.stringify(key))
})

const TEXTS: readonly (readonly [mail: string, key: SearchKey, matches: boolean])[] = [
  [PLAIN, body('hello world'), true],
  [PLAIN, body('smith'), false],
  [PLAIN, body(''), true],
  ['Content-Type: image/gif\r\n\r\nGIF', body(''), true],
  [PLAIN, text('SMITH@harbor'), true],
  [PLAIN, text('folded across'), true],
  [PLAIN, text('bodies'), true],
  [PLAIN, text('from: smith'), true],
  [PLAIN, header('subject', 'FOLDED ACROSS'), true],
  [PLAIN, header('subject', 'hello'), false],
  [PLAIN, header('x-empty', ''), true],
  [PLAIN, header('x-none', ''), false],
  [PLAIN, header('from', 'smith <SMITH'), true],
  [QP, header('subject', 'grüße'), true],
  [QP, header('subject', 'GRÜ'), true],
  [QP, header('subject', 'gru\u0308'), true],
  [QP, text('grüße'), true],
  [QP, text('=?utf'), false],
  [QP, body('äpfel'), true],
  [QP, body('birnen'), true],
  [QP, body('Bir='), false],
  [LATIN1, body('ÄPFEL'), true],
  [LATIN1, text('Grüße'), true],
  [NESTED, body('inner'), true],
  [NESTED, body('letter'), true],
  [NESTED, body('outer'), false],
  [NESTED, text('outer'), true],
  [NESTED, text('mimeheader'), true],
  [NESTED, body('mimeheader'), false],
  [NESTED, text('attached.pdf'), true],
  [NESTED, body('binarystuff'), false],
  [NESTED, body('preamble'), false],
  [NESTED, body('HI'), true],
]

test('texts, however they are written', () => {
  for (const [mail, key, expected] of TEXTS) assert.equal(matches(key, mail), expected, JSON.stringify(key))
})

const refuse = (): never => assert.fail('read for nothing')

test('what a key needs is read, and no more', () => {
  const unread = message(PLAIN, { head: refuse, content: refuse })
  const cheapFirst: SearchKey = { kind: 'and', keys: [text('x'), header('subject', 'x'), flag('\\deleted')] }
  const eitherWay: SearchKey = { kind: 'or', left: text('x'), right: flag('\\seen') }
  for (const [key, needs, expected] of [
    [flag('\\seen'), 'flags', true],
    [cheapFirst, 'body', false],
    [eitherWay, 'body', true],
  ] as const) {
    const search = compileSearch(key, MAILBOX)
    assert.equal(search.needs, needs)
    assert.equal(search.matches(unread), expected)
  }
  const headOnly = compileSearch(header('subject', 'folded'), MAILBOX)
  assert.equal(headOnly.needs, 'header')
  assert.ok(headOnly.matches(message(PLAIN, { content: refuse })))
})

test('a header that is longer than what `head` gives is read whole', () => {
  const mail = `X: ${'x'.repeat(200)}\r\nSubject: far down\r\n\r\n`
  const short = message(mail, { head: () => Buffer.from(mail.slice(0, 100)) })
  assert.ok(compileSearch(header('subject', 'far'), MAILBOX).matches(short))
})

test('an expunged message holds no text', () => {
  const gone = message(PLAIN, { head: () => undefined, content: () => undefined })
  assert.equal(compileSearch(text('hello'), MAILBOX).matches(gone), false)
  assert.equal(compileSearch(header('subject', ''), MAILBOX).matches(gone), false)
})
