import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SeededRandom } from '../../sim/seeded.ts'
import { latin1 } from '../../wire/text.ts'
import { parseMessage } from './parse-message.ts'
import { PART_DEPTH_MAX, PARTS_MAX, type Part } from './part.ts'

const octets = (text: string): Uint8Array => Buffer.from(text, 'latin1')

/** `multipart/mixed[text/plain "body", ...]`: what kind, what body. */
function outline(bytes: Uint8Array, part: Part): string {
  if (part.kind === 'leaf') return `${part.mediaType} ${JSON.stringify(latin1(bytes, part.bodyStart, part.bodyEnd))}`
  return `${part.mediaType}[${part.children.map((child) => outline(bytes, child)).join(', ')}]`
}

const MIXED = 'Content-Type: multipart/mixed; boundary=b\r\n\r\n'

/** Each name says what is awkward. */
const CORPUS: readonly (readonly [name: string, message: string, outline: string])[] = [
  ['nothing at all', '', 'text/plain ""'],
  ['only an empty line', '\r\n', 'text/plain ""'],
  ['no header', '\r\nHello\r\n', 'text/plain "Hello\\r\\n"'],
  ['no body and no empty line', 'Subject: x\r\n', 'text/plain ""'],
  ['header cut within a line', 'Subject: x\r\nContent-Ty', 'text/plain ""'],
  ['bare LF', 'Subject: x\n\nHello\nyou\n', 'text/plain "Hello\\nyou\\n"'],
  ['mbox line before the header', 'From alice Tue\r\nContent-Type: text/html\r\n\r\nx', 'text/html "x"'],
  ['text instead of fields', 'Hello\r\nthere\r\n\r\nBody', 'text/plain "Body"'],
  ['a type without a subtype', 'Content-Type: text\r\n\r\nx', 'text/plain "x"'],
  ['an empty type', 'Content-Type:\r\n\r\nx', 'text/plain "x"'],
  ['two types: the first counts', 'Content-Type: text/html\r\nContent-Type: text/css\r\n\r\nx', 'text/html "x"'],
  ['a folded type', 'Content-Type:\r\n\ttext/html;\r\n charset=x\r\n\r\nx', 'text/html "x"'],
  ['comments in a type', 'Content-Type: (a(b)) text / (c) html (d); x=y\r\n\r\nx', 'text/html "x"'],
  ['odd case and a space before the colon', 'cOnTeNt-tYpE : TEXT/Html\r\n\r\nx', 'text/html "x"'],
  [
    'two parts',
    `${MIXED}--b\r\n\r\none\r\n--b\r\n\r\ntwo\r\n--b--\r\n`,
    'multipart/mixed[text/plain "one", text/plain "two"]',
  ],
  [
    'preamble and epilogue',
    `${MIXED}pre\r\n--b\r\n\r\none\r\n--b--\r\nepi\r\n--b\r\n\r\nno`,
    'multipart/mixed[text/plain "one"]',
  ],
  ['no final boundary', `${MIXED}--b\r\n\r\none\r\n`, 'multipart/mixed[text/plain "one\\r\\n"]'],
  ['no part at all', `${MIXED}nothing here\r\n`, 'multipart/mixed[]'],
  ['only the final boundary', `${MIXED}--b--\r\n`, 'multipart/mixed[]'],
  ['a multipart without a boundary', 'Content-Type: multipart/mixed\r\n\r\n--b\r\n', 'multipart/mixed "--b\\r\\n"'],
  ['an empty part', `${MIXED}--b\r\n\r\n--b--\r\n`, 'multipart/mixed[text/plain ""]'],
  ['a part without even an empty line', `${MIXED}--b\r\n--b--\r\n`, 'multipart/mixed[text/plain ""]'],
  ['a part that is all header', `${MIXED}--b\r\nContent-Type: text/css\r\n--b--\r\n`, 'multipart/mixed[text/css ""]'],
  [
    'a part that is all header, and another',
    `${MIXED}--b\r\nContent-Type: text/css\r\n--b\r\n\r\ntwo\r\n--b--\r\n`,
    'multipart/mixed[text/css "", text/plain "two"]',
  ],
  [
    'two multiparts side by side',
    `${MIXED}--b\r\nContent-Type: multipart/x; boundary=c\r\n\r\n--c\r\n\r\n1\r\n--c--\r\n--c\r\n\r\n--b\r\nContent-Type: multipart/y; boundary=d\r\n\r\n--d\r\n\r\n--c\r\n--d--\r\n--b--`,
    'multipart/mixed[multipart/x[text/plain "1"], multipart/y[text/plain "--c"]]',
  ],
  ['a part with one empty line as body', `${MIXED}--b\r\n\r\n\r\n--b--\r\n`, 'multipart/mixed[text/plain ""]'],
  ['a part with two empty lines', `${MIXED}--b\r\n\r\n\r\n\r\n--b--\r\n`, 'multipart/mixed[text/plain "\\r\\n"]'],
  ['blanks behind a boundary', `${MIXED}--b \t\r\n\r\none\r\n--b-- \r\n`, 'multipart/mixed[text/plain "one"]'],
  [
    'bare LF around boundaries',
    'Content-Type: multipart/mixed; boundary=b\n\n--b\n\none\n--b--\n',
    'multipart/mixed[text/plain "one"]',
  ],
  ['a boundary within a line', `${MIXED}--b\r\n\r\none --b\r\n--b--\r\n`, 'multipart/mixed[text/plain "one --b"]'],
  [
    'dashes that are no boundary',
    `${MIXED}--b\r\n\r\n--\r\n-- \r\n---b\r\n--c\r\n--b--`,
    'multipart/mixed[text/plain "--\\r\\n-- \\r\\n---b\\r\\n--c"]',
  ],
  [
    'a boundary in quotes with odd letters',
    'Content-Type: multipart/mixed; boundary="=_(x):y/ "\r\n\r\n--=_(x):y/\r\n\r\na\r\n--=_(x):y/--',
    'multipart/mixed[text/plain "a"]',
  ],
  [
    'an inner boundary that the outer one is the beginning of',
    `${MIXED}--b\r\nContent-Type: multipart/mixed; boundary=bb\r\n\r\n--bb\r\n\r\nin\r\n--bb--\r\n\r\n--b\r\n\r\nout\r\n--b--\r\n`,
    'multipart/mixed[multipart/mixed[text/plain "in"], text/plain "out"]',
  ],
  [
    'an outer boundary that the inner one is the beginning of',
    'Content-Type: multipart/mixed; boundary=bb\r\n\r\n--bb\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nin\r\n--b--\r\n\r\n--bb\r\n\r\nout\r\n--bb--\r\n',
    'multipart/mixed[multipart/mixed[text/plain "in"], text/plain "out"]',
  ],
  [
    'one boundary on both levels: the inner one takes it',
    `${MIXED}--b\r\n${MIXED}--b\r\n\r\nin\r\n--b--\r\n\r\n--b--\r\n`,
    'multipart/mixed[multipart/mixed[text/plain "in"]]',
  ],
  [
    'an inner multipart that the outer boundary ends',
    `${MIXED}--b\r\nContent-Type: multipart/mixed; boundary=c\r\n\r\n--c\r\n\r\nin\r\n--b\r\n\r\nout\r\n--b--\r\n`,
    'multipart/mixed[multipart/mixed[text/plain "in"], text/plain "out"]',
  ],
  [
    'a digest',
    'Content-Type: multipart/digest; boundary=b\r\n\r\n--b\r\n\r\nSubject: x\r\n\r\none\r\n--b\r\nContent-Type: text/html\r\n\r\ntwo\r\n--b--',
    'multipart/digest[message/rfc822[text/plain "one"], text/html "two"]',
  ],
  [
    'a message inside',
    'Content-Type: message/rfc822\r\n\r\nContent-Type: text/html\r\n\r\nin',
    'message/rfc822[text/html "in"]',
  ],
  [
    'an empty message inside',
    `${MIXED}--b\r\nContent-Type: message/rfc822\r\n\r\n--b--`,
    'multipart/mixed[message/rfc822[text/plain ""]]',
  ],
  [
    'an encoded message/global stays closed',
    'Content-Type: message/global\r\nContent-Transfer-Encoding: base64\r\n\r\nAAAA',
    'message/global "AAAA"',
  ],
  ['a plain message/global', 'Content-Type: message/global\r\n\r\n\r\nin', 'message/global[text/plain "in"]'],
  [
    '8-bit garbage',
    `\xff\xfe\x00: \x80\r\nContent-Type: text/\xe9\r\n\r\n\x00\xff`,
    'text/\xe9 "\u0000\xff"'.replace('\u0000', '\\u0000'),
  ],
  [
    'a boundary of 8-bit octets',
    'Content-Type: multipart/mixed; boundary="\xe9"\r\n\r\n--\xe9\r\n\r\none\r\n--\xe9--',
    'multipart/mixed[text/plain "one"]',
  ],
  [
    'broken parameters',
    'Content-Type: multipart/mixed; ;=;x; y=; boundary=b; "z\r\n\r\n--b\r\n\r\none\r\n--b--',
    'multipart/mixed[text/plain "one"]',
  ],
  [
    'a boundary in continuations',
    'Content-Type: multipart/mixed; boundary*1=c; boundary*0=b\r\n\r\n--bc\r\n\r\none\r\n--bc--',
    'multipart/mixed[text/plain "one"]',
  ],
  [
    'a header that ends without a body in a message inside',
    'Content-Type: message/rfc822\r\n\r\nSubject: x',
    'message/rfc822[text/plain ""]',
  ],
]

test('awkward mail', () => {
  for (const [name, message, expected] of CORPUS) {
    const bytes = octets(message)
    assert.equal(outline(bytes, parseMessage(bytes)), expected, name)
  }
})

test('what the header of a part says', () => {
  const part = parseMessage(
    octets(
      'Content-Type: application/pdf; name="a b.pdf"\r\nContent-Transfer-Encoding: BASE64 (as ever)\r\n' +
        'Content-Disposition: attachment;\r\n filename=a.pdf\r\nContent-ID: <x@y>\r\nContent-Description: a\r\n b\r\n' +
        'Content-MD5: Q2hlY2s=\r\nContent-Language: de, en\r\nContent-Location: http://x/\r\nContent-ID: <no>\r\n\r\n',
    ),
  )
  assert.deepEqual(part.contentType, { value: 'application/pdf', parameters: [{ name: 'name', value: 'a b.pdf' }] })
  assert.equal(part.encoding, 'BASE64')
  assert.deepEqual(part.disposition, { value: 'attachment', parameters: [{ name: 'filename', value: 'a.pdf' }] })
  assert.deepEqual([part.id, part.description, part.md5], ['<x@y>', 'a b', 'Q2hlY2s='])
  assert.deepEqual([part.language, part.location], ['de, en', 'http://x/'])
})

test('offsets tell header, body and what ends them', () => {
  const bytes = octets(`${MIXED}pre\r\n--b\r\nA: b\r\n\r\none\r\n--b--\r\nepi`)
  const root = parseMessage(bytes)
  const [part] = root.children
  assert.ok(part)
  assert.deepEqual([root.headerStart, root.bodyStart, root.bodyEnd], [0, MIXED.length, bytes.length])
  assert.equal(latin1(bytes, part.headerStart, part.bodyStart), 'A: b\r\n\r\n')
  assert.equal(latin1(bytes, part.bodyStart, part.bodyEnd), 'one')
})

function depthOf(part: Part): number {
  let depth = 0
  for (let inner = part.children[0]; inner !== undefined; inner = inner.children[0]) depth++
  return depth
}

test('1,000 levels deep: what lies deeper than the limit is one leaf', () => {
  const levels = Array.from({ length: 1000 }, (_, at) => at)
  const parts = levels.map((at) => `Content-Type: multipart/mixed; boundary=b${at}\r\n\r\n--b${at}\r\n`).join('')
  const ends = levels.map((at) => `\r\n--b${999 - at}--`).join('')
  assert.equal(depthOf(parseMessage(octets(`${parts}\r\nin${ends}\r\n`))), PART_DEPTH_MAX)
  assert.equal(depthOf(parseMessage(octets('Content-Type: message/rfc822\r\n\r\n'.repeat(1000)))), PART_DEPTH_MAX)
  const same = `${MIXED}--b\r\n`.repeat(1000)
  assert.equal(depthOf(parseMessage(octets(same))), PART_DEPTH_MAX)
})

test('the last part that is allowed takes the rest', () => {
  const bytes = octets(`${MIXED}${'--b\r\n\r\nx\r\n'.repeat(PARTS_MAX + 5)}--b--\r\n`)
  const { children } = parseMessage(bytes)
  assert.equal(children.length, PARTS_MAX - 1)
  assert.equal(children.at(-1)?.bodyEnd, bytes.length)
})

/** Parts lie inside their parents, one behind the other. */
function assertSound(part: Part, start: number, end: number): void {
  assert.ok(start <= part.headerStart && part.headerStart <= part.bodyStart)
  assert.ok(part.bodyStart <= part.bodyEnd && part.bodyEnd <= end)
  let at = part.bodyStart
  for (const child of part.children) {
    assertSound(child, at, part.bodyEnd)
    at = child.bodyEnd
  }
}

test('every prefix of awkward mail, and mail with octets changed, reads as a sound tree', () => {
  const random = new SeededRandom(7)
  for (const [, message] of CORPUS) {
    const bytes = octets(message)
    for (let length = 0; length <= bytes.length; length++) {
      assertSound(parseMessage(bytes.subarray(0, length)), 0, length)
    }
    for (let round = 0; round < 50 && bytes.length > 0; round++) {
      const broken = new Uint8Array(bytes)
      for (let left = 1 + (random.u32() % 4); left > 0; left--) {
        broken[random.u32() % broken.length] = '\r\n-b:; "('.charCodeAt(random.u32() % 9) || random.u32() & 255
      }
      assertSound(parseMessage(broken), 0, broken.length)
    }
  }
})
