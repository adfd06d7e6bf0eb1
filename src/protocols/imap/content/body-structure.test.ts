import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseMessage } from '../../../shared/mime/index.ts'
import { formatBodyStructure } from './body-structure.ts'

function structureOf(mail: string, extended = true): string {
  const bytes = Buffer.from(mail, 'latin1')
  return formatBodyStructure(bytes, parseMessage(bytes), extended)
}

const PLAIN = '("text" "plain" ("charset" "us-ascii") NIL NIL "7bit"'
const NO_ENVELOPE = '(NIL NIL NIL NIL NIL NIL NIL NIL NIL NIL)'
const MIXED = 'Content-Type: multipart/mixed; boundary=b\r\n\r\n'

const CASES: readonly (readonly [mail: string, structure: string])[] = [
  ['', `${PLAIN} 0 0 NIL NIL NIL NIL)`],
  ['Subject: x\r\n\r\none\r\ntwo\r\n', `${PLAIN} 10 2 NIL NIL NIL NIL)`],
  ['\none\ntwo', `${PLAIN} 7 1 NIL NIL NIL NIL)`],
  ['Content-Type: text\r\n\r\n', `${PLAIN} 0 0 NIL NIL NIL NIL)`],
  [
    'Content-Type: TEXT/Html; CHARSET="utf-8"; x=y\r\nContent-Transfer-Encoding: QUOTED-PRINTABLE\r\n\r\nx',
    '("TEXT" "Html" ("CHARSET" "utf-8" "x" "y") NIL NIL "QUOTED-PRINTABLE" 1 0 NIL NIL NIL NIL)',
  ],
  [
    'Content-Type: text/plain; x=y\r\n\r\n',
    '("text" "plain" ("x" "y" "charset" "us-ascii") NIL NIL "7bit" 0 0 NIL NIL NIL NIL)',
  ],
  [
    'Content-Type: image/gif; name="a.gif"\r\nContent-ID: <i@x>\r\nContent-Description: a "pic"\r\nContent-Transfer-Encoding: base64\r\nContent-MD5: abc=\r\nContent-Disposition: attachment; filename=a.gif\r\nContent-Language: en (x), de\r\nContent-Location: http://x/\r\n\r\nR0lG\r\n',
    '("image" "gif" ("name" "a.gif") "<i@x>" "a \\"pic\\"" "base64" 6 "abc=" ("attachment" ("filename" "a.gif")) ("en" "de") "http://x/")',
  ],
  [
    'Content-Type: application/x\r\nContent-Disposition: inline\r\n\r\n',
    '("application" "x" NIL NIL NIL "7bit" 0 NIL ("inline" NIL) NIL NIL)',
  ],
  [
    "Content-Type: application/x\r\nContent-Disposition: attachment; filename*0*=utf-8''%e2; filename*1*=%82%ac\r\n\r\n",
    '("application" "x" NIL NIL NIL "7bit" 0 NIL ("attachment" ("filename*" "utf-8\'\'%e2%82%ac")) NIL NIL)',
  ],
  [
    `${MIXED}--b\r\n\r\none\r\n--b\r\nContent-Type: image/gif\r\n\r\nx\r\n--b--`,
    `(${PLAIN} 3 0 NIL NIL NIL NIL)("image" "gif" NIL NIL NIL "7bit" 1 NIL NIL NIL NIL) "mixed" ("boundary" "b") NIL NIL NIL)`,
  ],
  [`${MIXED}nothing`, `(${PLAIN} 0 0 NIL NIL NIL NIL) "mixed" ("boundary" "b") NIL NIL NIL)`],
  ['Content-Type: multipart/mixed\r\n\r\nx', '("multipart" "mixed" NIL NIL NIL "7bit" 1 NIL NIL NIL NIL)'],
  [
    'Content-Type: message/rfc822\r\n\r\nSubject: in\r\n\r\na\r\nb\r\n',
    `("message" "rfc822" NIL NIL NIL "7bit" 21 (NIL "in" NIL NIL NIL NIL NIL NIL NIL NIL) ${PLAIN} 6 2 NIL NIL NIL NIL) 4 NIL NIL NIL NIL)`,
  ],
  [
    'Content-Type: multipart/digest; boundary=b\r\n\r\n--b\r\n\r\n\r\nin\r\n--b--',
    `(("message" "rfc822" NIL NIL NIL "7bit" 4 ${NO_ENVELOPE} ${PLAIN} 2 0 NIL NIL NIL NIL) 1 NIL NIL NIL NIL) "digest" ("boundary" "b") NIL NIL NIL)`,
  ],
  [
    'Content-Type: text/plain; name="\xe9"\r\n\r\n',
    '("text" "plain" ("name" {1}\r\n\xe9 "charset" "us-ascii") NIL NIL "7bit" 0 0 NIL NIL NIL NIL)',
  ],
]

test('structures of all kinds of mail', () => {
  for (const [mail, structure] of CASES) assert.equal(structureOf(mail), structure, mail)
})

test('the example of RFC 9051 §7.5.2: an attachment beside a text', () => {
  const text = 'x'.repeat(1150) + '\r\n'.repeat(23)
  const diff = 'y'.repeat(4408) + '\r\n'.repeat(73)
  const mail =
    `${MIXED}--b\r\nContent-Type: TEXT/PLAIN; CHARSET=US-ASCII\r\n\r\n${text.slice(0, 1106)}${'\r\n'.repeat(23)}\r\n--b\r\n` +
    `Content-Type: TEXT/PLAIN; CHARSET=US-ASCII; NAME=cc.diff\r\nContent-ID: <960723163407.20117h@cac.washington.edu>\r\n` +
    `Content-Description: Compiler diff\r\nContent-Transfer-Encoding: BASE64\r\n\r\n${diff}\r\n--b--\r\n`
  assert.equal(
    structureOf(mail, false),
    '(("TEXT" "PLAIN" ("CHARSET" "US-ASCII") NIL NIL "7bit" 1152 23)' +
      '("TEXT" "PLAIN" ("CHARSET" "US-ASCII" "NAME" "cc.diff") "<960723163407.20117h@cac.washington.edu>" "Compiler diff" "BASE64" 4554 73) "mixed")',
  )
})

test('messages within messages up to the limit, lines counted through all of them', () => {
  const levels = 120
  const structure = structureOf(`${'Content-Type: message/rfc822\r\n\r\n'.repeat(levels)}a\r\nb\r\n`)
  assert.equal(structure.match(/"message" "rfc822"/g)?.length, 100)
  assert.ok(structure.includes('"application" "octet-stream" NIL NIL NIL "7bit"'))
  const lines = [...structure.matchAll(/ (\d+) NIL NIL NIL NIL\)/g)].map((match) => Number(match[1]))
  assert.equal(lines.at(-1), (levels - 1) * 2 + 2)
})
