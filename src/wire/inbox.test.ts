import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Inbox, type Line } from './inbox.ts'

const bytes = (text: string) => Uint8Array.from(Buffer.from(text, 'latin1'))
const text = (view: Line | undefined) =>
  view instanceof Uint8Array ? Buffer.from(view).toString('latin1') : `(${view ?? 'nothing'})`

function filled(...chunks: string[]): Inbox {
  const inbox = new Inbox()
  for (const chunk of chunks) inbox.push(bytes(chunk))
  return inbox
}

test('lines come whole, however the bytes were cut', () => {
  const wire = 'one\r\ntwo\nstill two\r\n\r\nrest'
  for (let size = 1; size <= wire.length; size++) {
    const inbox = new Inbox()
    const lines: string[] = []
    for (let at = 0; at < wire.length; at += size) {
      inbox.push(bytes(wire.slice(at, at + size)))
      for (let line = inbox.line(100); line !== 'more'; line = inbox.line(100)) lines.push(text(line))
    }
    assert.deepEqual(lines, ['one', 'two\nstill two', ''])
    assert.equal(text(inbox.peek()), 'rest')
  }
})

test('a bare LF ends a line only when asked to', () => {
  assert.equal(text(filled('a\nb\r\n').line(10)), 'a\nb')
  assert.equal(text(filled('a\nb\r\n').line(10, true)), 'a')
})

test('a bare LF that was passed over is found when it is asked for later', () => {
  const inbox = filled('a\nb')
  assert.equal(inbox.line(10), 'more')
  assert.equal(text(inbox.line(10, true)), 'a')
})

test('the limit counts the line without its end, at every cut', () => {
  for (const [wire, expected] of [
    ['12345\r\n', '12345'],
    ['123456\r\n', '(too-long)'],
    ['12345\r', '(more)'],
    ['1234567', '(too-long)'],
  ] as const) {
    assert.equal(text(filled(wire).line(5)), expected, wire)
    assert.equal(text(filled(...wire).line(5)), expected, `${wire} byte by byte`)
  }
})

test('a line is dropped with its end, and what has no end yet is dropped as it is', () => {
  const inbox = filled('ab\r', '\ncd', 'e')
  assert.equal(inbox.skipLine(), true)
  assert.equal(text(inbox.peek()), 'cde')
  assert.equal(inbox.skipLine(), false)
  assert.equal(inbox.length, 0)
  assert.equal(inbox.skipLine(), false)
  inbox.push(bytes('\n\nf'))
  assert.equal(inbox.skipLine(), true)
  assert.equal(text(inbox.peek()), '\nf')
})

test('take is all or nothing, peek takes nothing, skip stops at the end', () => {
  const inbox = filled('abc', 'def')
  assert.equal(text(inbox.take(7)), '(nothing)')
  assert.equal(text(inbox.peek(2)), 'ab')
  assert.equal(text(inbox.take(4)), 'abcd')
  assert.equal(inbox.length, 2)
  inbox.skip(100)
  assert.equal(inbox.length, 0)
  assert.equal(text(inbox.take(0)), '')
})

test('byte and indexOf see unread bytes only', () => {
  const inbox = filled('xa', 'xb')
  inbox.skip(1)
  assert.equal(inbox.byte(0), 97)
  assert.equal(inbox.byte(-1), 0)
  assert.equal(inbox.byte(3), 0)
  assert.equal(inbox.indexOf(120), 1)
  assert.equal(inbox.indexOf(120, 2), -1)
  inbox.take(2)
  assert.equal(inbox.indexOf(97), -1)
})

test('stale bytes behind the end are never found', () => {
  const inbox = filled('a', '\r\n\r\n')
  inbox.clear()
  inbox.push(bytes('b'))
  inbox.push(bytes('c'))
  assert.equal(inbox.line(10), 'more')
  assert.equal(inbox.indexOf(10), -1)
})

test('what goes in comes out, whatever the order of pushes and takes', () => {
  const step = fc.oneof(
    fc.record({ push: fc.uint8Array({ maxLength: 9000 }) }),
    fc.record({ take: fc.nat(12_000) }),
    fc.record({ line: fc.boolean() }),
  )
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const inbox = new Inbox()
      let model = Buffer.alloc(0)
      for (const each of steps) {
        if ('push' in each) {
          inbox.push(each.push)
          model = Buffer.concat([model, each.push])
        } else if ('take' in each) {
          const taken = inbox.take(each.take)
          assert.equal(taken === undefined, each.take > model.length)
          if (taken === undefined) continue
          assert.deepEqual(Buffer.from(taken), model.subarray(0, each.take))
          model = model.subarray(each.take)
        } else {
          const end = model.indexOf(each.line ? '\n' : '\r\n')
          const line = inbox.line(Infinity, each.line)
          assert.equal(line === 'more', end === -1)
          if (!(line instanceof Uint8Array)) continue
          const shown = model.subarray(0, end)
          assert.deepEqual(Buffer.from(line), each.line && shown.at(-1) === 13 ? shown.subarray(0, -1) : shown)
          model = model.subarray(end + (each.line ? 1 : 2))
        }
        assert.deepEqual(Buffer.from(inbox.peek()), model)
      }
    }),
    { numRuns: 200 },
  )
})
