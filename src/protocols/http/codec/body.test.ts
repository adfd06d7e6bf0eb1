import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Inbox } from '../../../wire/inbox.ts'
import type { Framing } from '../messages.ts'
import { bodyDecoder } from './body.ts'

interface Decoded {
  readonly content: string
  /** 'done', 'more', or the status of what broke. */
  readonly outcome: string | number
  readonly left: string
}

/** Decodes `text` handed over `size` bytes at a time. */
function decode(framing: Framing, text: string, size = text.length): Decoded {
  const inbox = new Inbox()
  const decoder = bodyDecoder(framing)
  let content = ''
  let outcome: string | number = 'more'
  for (let at = 0; at < text.length; at += size) {
    inbox.push(Buffer.from(text.slice(at, at + size), 'latin1'))
    while (outcome === 'more') {
      const step = decoder.step(inbox)
      if (step === 'more') break
      if (step instanceof Uint8Array) content += Buffer.from(step).toString('latin1')
      else outcome = typeof step === 'string' ? step : step.status
    }
  }
  return { content, outcome, left: Buffer.from(inbox.peek()).toString('latin1') }
}

const CHUNKED = { kind: 'chunked' } as const

const WHOLE: readonly (readonly [text: string, content: string])[] = [
  ['0\r\n\r\n', ''],
  ['3\r\nabc\r\n0\r\n\r\n', 'abc'],
  ['3\r\nabc\r\n00A\r\n0123456789\r\n0\r\n\r\n', 'abc0123456789'],
  ['3;name=value\r\nabc\r\n0;x="y"\r\n\r\n', 'abc'],
  ['3\r\n\r\n\r\r\n0\r\nTrailer: a\r\nOther: b\r\n\r\n', '\r\n\r'],
]

const BROKEN: readonly (readonly [text: string, status: number])[] = [
  ['\r\n', 400],
  ['x\r\n', 400],
  ['-1\r\n', 400],
  ['0x3\r\nabc\r\n', 400],
  [' 3\r\nabc\r\n', 400],
  ['3\nabc\r\n', 400],
  ['3\r\nabcd\r\n', 400],
  ['3\r\nabc\n', 400],
  ['3\r\nabc\rX', 400],
  ['3;\rx\r\nabc\r\n', 400],
  ['fffffffffffff\r\n', 400],
  ['0\r\nbad trailer\r\n\r\n', 400],
  ['0\r\n folded: x\r\n\r\n', 400],
  [`0\r\n${'T: x\r\n'.repeat(2000)}\r\n`, 431],
  [`3;${'x'.repeat(300)}`, 400],
  [`${`1;${'x'.repeat(200)}\r\na\r\n`.repeat(90)}`, 400],
]

test('chunked content whole, byte by byte and with what follows', () => {
  for (const [text, content] of WHOLE) {
    for (const size of [text.length, 1, 2, 3]) {
      assert.deepEqual(decode(CHUNKED, text, size), { content, outcome: 'done', left: '' }, `${text} by ${size}`)
    }
    assert.equal(decode(CHUNKED, `${text}GET /`).left, 'GET /')
  }
})

test('chunked content cut short at every length is never done', () => {
  for (const [text] of WHOLE) {
    for (let length = 0; length < text.length; length++) {
      assert.equal(decode(CHUNKED, text.slice(0, length)).outcome, 'more', JSON.stringify(text.slice(0, length)))
    }
  }
})

test('broken chunks are refused, whole and byte by byte', () => {
  for (const [text, status] of BROKEN) {
    assert.equal(decode(CHUNKED, text).outcome, status, JSON.stringify(text.slice(0, 40)))
    assert.equal(decode(CHUNKED, text, 1).outcome, status, JSON.stringify(text.slice(0, 40)))
  }
})

test('one flipped bit never throws nor takes more than there is', () => {
  const text = '3;a=b\r\nabc\r\n0A\r\n0123456789\r\n0\r\nT: x\r\n\r\n'
  for (let bit = 0; bit < text.length * 8; bit++) {
    const bytes = Buffer.from(text, 'latin1')
    bytes[bit >> 3] = bytes[bit >> 3]! ^ (1 << (bit & 7))
    assert.ok(decode(CHUNKED, bytes.toString('latin1')).content.length <= text.length)
  }
})

test('content by length and until the end', () => {
  assert.deepEqual(decode({ kind: 'length', length: 3 }, 'abcd'), { content: 'abc', outcome: 'done', left: 'd' })
  assert.equal(decode({ kind: 'length', length: 3 }, 'ab').outcome, 'more')
  assert.equal(decode({ kind: 'none' }, 'ab').left, 'ab')
  assert.deepEqual(decode({ kind: 'close' }, 'abcd', 1), { content: 'abcd', outcome: 'more', left: '' })
})
