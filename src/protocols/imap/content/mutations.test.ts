// Broken mail through everything that shows mail: it must be told in whole lists, and sections must lie in the message.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseMessage } from '../../../shared/mime/index.ts'
import { SeededRandom } from '../../../sim/seeded.ts'
import { formatBodyStructure } from './body-structure.ts'
import { formatEnvelope } from './envelope.ts'
import type { SearchedMessage } from './search-key.ts'
import { compileSearch } from './search.ts'
import { renderBinary, renderSection } from './section.ts'
import { sortEntry } from './sort.ts'
import { threadEntry } from './thread.ts'

const SAMPLES = [
  'From: "Q \\"x" <@a:"l l"@d>, G: a@b, <c@d>;, (c) z\r\nDate: 1 Jan 20 00:00 Z\r\nSubject: Re: [x] =?utf-8?Q?=C3?= y\r\nReferences: <"a"@b> <c@d>\r\nMessage-ID: <e@f>\r\n\r\nbody\r\n',
  'Content-Type: multipart/mixed; boundary="b"\r\n\r\npre\r\n--b\r\nContent-Type: text/plain; charset=utf-7; name="\xe9"\r\nContent-Disposition: a; filename*0=x\r\n\r\nq\r\n--b\r\nContent-Type: message/rfc822\r\nContent-Language: de, en\r\n\r\nSubject: x\r\n\r\nin\r\n--b--\r\nepi',
  'Content-Type: multipart/digest; boundary=b\r\n\r\n--b\r\n\r\nTo: x\r\n\r\nx\r\n--b\nContent-Transfer-Encoding: base64\nContent-ID: <x>\n\nYQ==\n--b--',
]

function broken(random: SeededRandom): Buffer {
  const bytes = Buffer.from(SAMPLES[random.u32() % SAMPLES.length] ?? '', 'latin1')
  for (let left = random.u32() % 6; left > 0; left--) {
    const at = random.u32() % bytes.length
    const odd = '\r\n"\\(<>:;=-\0\xff {'
    bytes[at] = random.u32() % 2 === 0 ? odd.charCodeAt(random.u32() % odd.length) : random.u32() & 255
  }
  return bytes.subarray(0, random.u32() % 4 === 0 ? random.u32() % bytes.length : bytes.length)
}

/** Behind the list, string, number or NIL at `at`; fails where there is none. */
function valueEnd(text: string, at: number): number {
  if (text[at] !== '(') {
    const found = /"(?:[^"\\\r\n\0\x80-\xff]|\\["\\])*"|\{(\d+)\}\r\n|\d+|NIL/y
    found.lastIndex = at
    const match = found.exec(text)
    assert.ok(match, `no value at ${at} of ${JSON.stringify(text)}`)
    return found.lastIndex + Number(match[1] ?? 0)
  }
  let end = at + 1
  for (; text[end] !== ')'; end = text[end] === ' ' ? end + 1 : end) end = valueEnd(text, end)
  return end + 1
}

function messageOf(bytes: Buffer): SearchedMessage {
  const numbers = { uid: 1, sequence: 1, receivedMs: 0, savedMs: 0, size: bytes.length, modSeq: 1 }
  return { ...numbers, flags: new Set(), recent: false, emailId: '', head: () => bytes, content: () => bytes }
}

const MAILBOX = { wallMs: 0, lastSequence: 1, lastUid: 1, saved: new Set<number>() }
const SEARCHES = ['in', 'zz', 'ü', 'a b'].map((text) => compileSearch({ kind: 'text', text }, MAILBOX))

test('broken mail is shown and searched', () => {
  const random = new SeededRandom(3)
  for (let round = 0; round < 4000; round++) {
    const bytes = broken(random)
    const root = parseMessage(bytes)
    const structure = formatBodyStructure(bytes, root, round % 2 === 0)
    assert.equal(valueEnd(structure, 0), structure.length, structure)
    const envelope = formatEnvelope(bytes, root)
    assert.equal(valueEnd(envelope, 0), envelope.length, envelope)
    const part = Array.from({ length: random.u32() % 4 }, () => 1 + (random.u32() % 3))
    for (const text of [undefined, 'HEADER', 'TEXT', 'MIME', { fields: ['to'], not: true }] as const) {
      assert.ok((renderSection(bytes, root, { part, text })?.length ?? 0) <= bytes.length + 4)
    }
    renderBinary(bytes, root, part)
    const message = messageOf(bytes)
    for (const search of SEARCHES) search.matches(message)
    assert.equal(sortEntry(message, [{ key: 'SUBJECT', reverse: false }]).values.length, 1)
    assert.ok(!Number.isNaN(threadEntry(message, 'REFERENCES').sentMs))
  }
})
