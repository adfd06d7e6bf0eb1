import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseMessage } from '../../../shared/mime/index.ts'
import type { Section } from '../messages.ts'
import { partialOf, renderBinary, renderSection } from './section.ts'

/** The shape of the example in RFC 9051 §6.4.5.1. */
const INNER_4_1 = 'Content-Type: image/gif\r\nContent-Transfer-Encoding: base64\r\n\r\nR0lG'
const INNER_42_2 = 'Content-Type: text/richtext\r\n\r\n4.2.2.2'
const PART_42 = `Content-Type: message/rfc822\r\nX-Mime: 4.2\r\n\r\nSubject: in 4.2\r\nContent-Type: multipart/mixed; boundary=e\r\n\r\n--e\r\n\r\n4.2.1\r\n--e\r\nContent-Type: multipart/alternative; boundary=f\r\n\r\n--f\r\n\r\n4.2.2.1\r\n--f\r\n${INNER_42_2}\r\n--f--\r\n--e--`
const PART_3 = `Content-Type: message/rfc822\r\n\r\nSubject: in 3\r\nContent-Type: multipart/mixed; boundary=d\r\n\r\n--d\r\n\r\n3.1\r\n--d\r\nContent-Type: application/octet-stream\r\n\r\n3.2\r\n--d--`
const MIXED = `Subject: all\r\nsubject: twice\r\nX-Other: folded\r\n one\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\npreamble\r\n--b\r\nContent-Type: text/plain; x=1\r\n\r\n1\r\n--b\r\nContent-Type: application/x\r\nContent-Transfer-Encoding: x-odd\r\n\r\n2\r\n--b\r\n${PART_3}\r\n--b\r\nContent-Type: multipart/mixed; boundary=c\r\nX-Mime: 4\r\n\r\n--c\r\n${INNER_4_1}\r\n--c\r\n${PART_42}\r\n--c--\r\n--b--\r\n`
const SINGLE = 'Subject: single\r\n\r\nbody\r\n'
const WRAPPED = `Content-Type: message/rfc822\r\n\r\n${SINGLE}`

const PARTLESS = 'Content-Type: multipart/mixed; boundary=b\r\nContent-Transfer-Encoding: x-odd\r\n\r\ntext'

const words = (text: string | undefined): Section['text'] =>
  text === undefined || text === 'HEADER' || text === 'TEXT' || text === 'MIME'
    ? text
    : { fields: text.replace('!', '').split(' '), not: text.startsWith('!') }

/** Of `mail`, `part` as `1.2`, and a word or names of fields, `!` before them for NOT. */
function rendered(mail: string, part: string, text?: string): string | undefined {
  const bytes = Buffer.from(mail, 'latin1')
  const numbers = part === '' ? [] : part.split('.').map(Number)
  const found = renderSection(bytes, parseMessage(bytes), { part: numbers, text: words(text) })
  return found && Buffer.from(found).toString('latin1')
}

const FOUND: readonly (readonly [mail: string, part: string, text: string | undefined, found: string | undefined])[] = [
  [MIXED, '', undefined, MIXED],
  [MIXED, '', 'HEADER', MIXED.slice(0, MIXED.indexOf('preamble'))],
  [MIXED, '', 'TEXT', MIXED.slice(MIXED.indexOf('preamble'))],
  [MIXED, '1', undefined, '1'],
  [MIXED, '1', 'MIME', 'Content-Type: text/plain; x=1\r\n\r\n'],
  [MIXED, '1', 'HEADER', undefined],
  [MIXED, '1', 'TEXT', undefined],
  [MIXED, '1.1', undefined, undefined],
  [MIXED, '2', undefined, '2'],
  [MIXED, '3', undefined, PART_3.slice(PART_3.indexOf('Subject'))],
  [MIXED, '3', 'HEADER', 'Subject: in 3\r\nContent-Type: multipart/mixed; boundary=d\r\n\r\n'],
  [MIXED, '3', 'TEXT', PART_3.slice(PART_3.indexOf('--d'))],
  [MIXED, '3', 'MIME', 'Content-Type: message/rfc822\r\n\r\n'],
  [MIXED, '3', 'subject', 'Subject: in 3\r\n\r\n'],
  [MIXED, '3.1', undefined, '3.1'],
  [MIXED, '3.2', undefined, '3.2'],
  [MIXED, '3.3', undefined, undefined],
  [MIXED, '4', 'MIME', 'Content-Type: multipart/mixed; boundary=c\r\nX-Mime: 4\r\n\r\n'],
  [MIXED, '4.1', undefined, 'R0lG'],
  [MIXED, '4.1', 'MIME', 'Content-Type: image/gif\r\nContent-Transfer-Encoding: base64\r\n\r\n'],
  [MIXED, '4.2', 'HEADER', 'Subject: in 4.2\r\nContent-Type: multipart/mixed; boundary=e\r\n\r\n'],
  [MIXED, '4.2.1', undefined, '4.2.1'],
  [MIXED, '4.2.2.1', undefined, '4.2.2.1'],
  [MIXED, '4.2.2.2', undefined, '4.2.2.2'],
  [MIXED, '4.2.2.2.1', undefined, undefined],
  [MIXED, '5', undefined, undefined],
  [MIXED, '0', undefined, undefined],
  [MIXED, '', 'SUBJECT', 'Subject: all\r\nsubject: twice\r\n\r\n'],
  [MIXED, '', 'x-other none', 'X-Other: folded\r\n one\r\n\r\n'],
  [MIXED, '', 'none', '\r\n'],
  [MIXED, '', '!subject content-type', 'X-Other: folded\r\n one\r\n\r\n'],
  [SINGLE, '1', undefined, 'body\r\n'],
  [SINGLE, '1', 'MIME', 'Subject: single\r\n\r\n'],
  [SINGLE, '1.1', undefined, undefined],
  [SINGLE, '2', undefined, undefined],
  [WRAPPED, '1', undefined, SINGLE],
  [WRAPPED, '1', 'HEADER', 'Subject: single\r\n\r\n'],
  [WRAPPED, '1.1', undefined, 'body\r\n'],
  [PARTLESS, '1', undefined, ''],
  [PARTLESS, '1', 'MIME', ''],
  [PARTLESS, '2', undefined, undefined],
  ['Subject: cut', '', 'subject', 'Subject: cut\r\n\r\n'],
  ['Subject: cut', '1', undefined, ''],
]

test('sections by number and word', () => {
  for (const [mail, part, text, found] of FOUND) {
    assert.equal(rendered(mail, part, text), found, `BODY[${part} ${text}] of ${mail.slice(0, 20)}`)
  }
})

test('content without its encoding', () => {
  const bytes = Buffer.from(MIXED, 'latin1')
  const root = parseMessage(bytes)
  const of = (...part: number[]) => {
    const found = renderBinary(bytes, root, part)
    return found instanceof Uint8Array ? Buffer.from(found).toString('latin1') : found
  }
  assert.equal(of(4, 1), 'GIF')
  assert.equal(of(1), '1')
  assert.equal(of(2), 'unknown-cte')
  assert.equal(of(9), undefined)
  assert.equal(of(), MIXED)
  assert.equal(of(3), PART_3.slice(PART_3.indexOf('Subject')))
  const partless = Buffer.from(PARTLESS)
  assert.equal(renderBinary(partless, parseMessage(partless), [1])?.length, 0)
})

test('pieces of what was found', () => {
  const octets = Buffer.from('0123456789')
  const piece = (from: number, count: number) => Buffer.from(partialOf(octets, { from, count })).toString()
  assert.deepEqual([piece(0, 3), piece(8, 5), piece(10, 1), piece(4_000_000_000, 4_000_000_000)], ['012', '89', '', ''])
  assert.equal(partialOf(octets, undefined), octets)
})
