// Messages behind DATA and BDAT: where they end and what is in them, in one piece, cut anywhere, and against a slow reader.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SeededRandom } from '../../../sim/index.ts'
import { Inbox } from '../../../wire/inbox.ts'
import { ChunkReader, DataReader, Gathered, type MessageFault } from './data.ts'

interface Outcome {
  readonly text: string
  readonly fault: MessageFault | undefined
  /** What stands behind the end; `undefined`: there was none. */
  readonly rest: string | undefined
}

function read(wire: string, pieceBytes: number, maxBytes = 1000): Outcome {
  const reader = new DataReader(new Gathered(maxBytes, () => true))
  const inbox = new Inbox()
  const bytes = Buffer.from(wire, 'latin1')
  for (let at = 0; at < bytes.length; at += pieceBytes) {
    inbox.push(bytes.subarray(at, at + pieceBytes))
    if (reader.take(inbox) === 'more') continue
    const rest = Buffer.from(inbox.peek()).toString('latin1') + bytes.subarray(at + pieceBytes).toString('latin1')
    return { ...said(reader.gathered), rest }
  }
  return { ...said(reader.gathered), rest: undefined }
}

function said(gathered: Gathered): Omit<Outcome, 'rest'> {
  return { text: Buffer.concat(gathered.pieces()).toString('latin1'), fault: gathered.fault }
}

const MESSAGES: readonly [string, Partial<Outcome>][] = [
  ['.\r\n', { text: '', rest: '' }],
  ['a\r\n.\r\nNEXT', { text: 'a\r\n', rest: 'NEXT' }],
  ['..\r\n.\r\n', { text: '.\r\n', rest: '' }],
  ['...a\r\n..\r\n.b\r\n.\r\n', { text: '..a\r\n.\r\nb\r\n', rest: '' }],
  ['a.\r\nb.c\r\n.\r\n', { text: 'a.\r\nb.c\r\n', rest: '' }],
  ['\r\n\r\n.\r\n', { text: '\r\n\r\n', rest: '' }],
  ['a\r\n.', { rest: undefined }],
  ['a\r\n.\r', { rest: undefined }],
  ['a\n.\r\n', { fault: 'bare-lf', rest: undefined }],
  ['a\n.\n\r\n.\r\n', { fault: 'bare-lf', rest: '' }],
  ['a\r\n.\n\r\n.\r\n', { fault: 'bare-lf', rest: '' }],
  ['a\r.\r\r\n.\r\n', { fault: 'bare-cr', rest: '' }],
  ['a\r\n.\r.\r\n.\r\n', { fault: 'bare-cr', rest: '' }],
  ['a\r\r\n.\r\n', { fault: 'bare-cr', rest: '' }],
  ['\n\r\n.\r\n', { fault: 'bare-lf', rest: '' }],
  ['a\r\n.\r\r\n.\r\n', { fault: 'bare-cr', rest: '' }],
  ['a\0b\r\n.\r\n', { fault: 'nul', rest: '' }],
  ['a\r\n.\r\n\0', { text: 'a\r\n', rest: '\0' }],
]

test('only CRLF.CRLF ends a message, and dots are undone', () => {
  for (const [wire, expected] of MESSAGES) {
    for (const pieceBytes of [1, 2, 3, 1000]) {
      const outcome = read(wire, pieceBytes)
      assert.deepEqual({ ...outcome, ...expected }, outcome, `${JSON.stringify(wire)} in pieces of ${pieceBytes}`)
      if (expected.text !== undefined) assert.equal(outcome.fault, undefined)
    }
  }
})

/** The same, octet by octet and from RFC 5321 §4.5.2 read aloud. */
function readSlowly(wire: string): Outcome {
  const end = /(?:^|\r\n)\.\r\n/.exec(wire)
  if (end === null) return { text: '', fault: undefined, rest: undefined }
  const body = wire.slice(0, end.index + end[0].length - 3)
  const bare = /(?<!\r)\n|\r(?!\n)/.exec(body)?.[0]
  const text = body.replaceAll(/(^|\r\n)\./g, '$1')
  return {
    text: bare === undefined ? text : '',
    fault: bare === undefined ? undefined : bare === '\n' ? 'bare-lf' : 'bare-cr',
    rest: wire.slice(end.index + end[0].length),
  }
}

test('it reads what a slow reader reads, whatever comes', () => {
  const chance = new SeededRandom(5)
  const letters = ['a', '.', '\r', '\n', '\r\n', '\r\n.', '\r\n.\r\n']
  for (let round = 0; round < 5000; round++) {
    const wire = Array.from({ length: 12 }, () => letters[chance.u32() % letters.length]).join('')
    const expected = readSlowly(wire)
    const outcome = read(wire, 1 + (chance.u32() % 8))
    assert.equal(outcome.rest, expected.rest, JSON.stringify(wire))
    if (expected.rest !== undefined) assert.deepEqual(outcome, expected, JSON.stringify(wire))
  }
})

test('a message of CRs alone is looked at once', () => {
  const reader = new DataReader(new Gathered(10_000_000, () => true))
  const inbox = new Inbox()
  let looked = 0
  const bytes = new Uint8Array(200_000).fill(13)
  const counting = Object.assign(bytes, {
    indexOf(byte: number, from = 0): number {
      const found = Uint8Array.prototype.indexOf.call(this, byte, from)
      looked += (found === -1 ? bytes.length : found) - from
      return found
    },
  })
  Object.assign(inbox, { peek: () => counting })
  inbox.push(bytes)
  assert.equal(reader.take(inbox), 'more')
  assert.ok(looked <= bytes.length * 2, `${looked} octets looked at`)
  assert.equal(reader.gathered.fault, 'bare-cr')
})

test('a message is no longer than allowed, and holds no more room than it has reserved', () => {
  assert.equal(read('12345678\r\n.\r\n', 4, 10).text, '12345678\r\n')
  assert.deepEqual(read('123456789\r\n.\r\nQ', 4, 10), { text: '', fault: 'too-big', rest: 'Q' })
  const rooms: number[] = []
  const gathered = new Gathered(1_000_000, (bytes) => rooms.push(bytes) <= 2)
  gathered.add(new Uint8Array(70_000), 0, 70_000)
  assert.equal(gathered.fault, undefined)
  assert.equal(
    gathered.reserved,
    rooms.reduce((sum, bytes) => sum + bytes),
  )
  gathered.add(new Uint8Array(10_000), 0, 10_000)
  assert.equal(gathered.fault, 'no-room')
  assert.deepEqual(gathered.pieces(), [])
})

function chunks(pieces: readonly string[], binary: boolean): Omit<Outcome, 'rest'> {
  const reader = new ChunkReader(new Gathered(1000, () => true), binary)
  const inbox = new Inbox()
  for (const piece of pieces) {
    reader.expect(piece.length)
    for (const char of piece) {
      inbox.push(Buffer.from(char, 'latin1'))
      reader.take(inbox)
    }
  }
  reader.finish()
  return said(reader.gathered)
}

test('chunks are counted, not looked through, and a text ends with its line', () => {
  assert.deepEqual(chunks(['a\r', '\n.\r\nb'], false), { text: 'a\r\n.\r\nb\r\n', fault: undefined })
  assert.deepEqual(chunks(['a\n\r\0'], true), { text: 'a\n\r\0', fault: undefined })
  assert.deepEqual(chunks(['a\r', 'b\r\n'], false), { text: '', fault: 'bare-cr' })
  assert.deepEqual(chunks(['a\nb\r\n'], false), { text: '', fault: 'bare-lf' })
  assert.deepEqual(chunks(['a\0\r\n'], false), { text: '', fault: 'nul' })
  assert.deepEqual(chunks(['a\r'], false), { text: '', fault: 'bare-cr' })
  assert.deepEqual(chunks([''], false), { text: '', fault: undefined })
})

test('a chunk leaves alone what is behind it', () => {
  const reader = new ChunkReader(new Gathered(1000, () => true), false)
  const inbox = new Inbox()
  reader.expect(3)
  inbox.push(Buffer.from('abcNOOP'))
  assert.equal(reader.take(inbox), 'end')
  assert.equal(Buffer.from(inbox.peek()).toString(), 'NOOP')
})
