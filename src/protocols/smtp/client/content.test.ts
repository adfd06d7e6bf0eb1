// What DATA carries, against the plain way to say it, and against smuggling.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { bodyKindOf, dataPieces, hasPlainHeader, isSevenBit, isText } from './content.ts'

function stuffed(text: string): string {
  return Buffer.concat(dataPieces(Buffer.from(text, 'latin1'))).toString('latin1')
}

test('dots at the beginning of lines are doubled, and the end is put', () => {
  for (const [text, sent] of [
    ['', '.\r\n'],
    ['a\r\n', 'a\r\n.\r\n'],
    ['a', 'a\r\n.\r\n'],
    ['.', '..\r\n.\r\n'],
    ['.\r\n', '..\r\n.\r\n'],
    ['.\r\n.\r\n..\r\na.b\r\n.', '..\r\n..\r\n...\r\na.b\r\n..\r\n.\r\n'],
    ['\r\n.\r\n', '\r\n..\r\n.\r\n'],
    ['\r\n', '\r\n.\r\n'],
  ] as const) {
    assert.equal(stuffed(text), sent, JSON.stringify(text))
  }
})

test('no CR or LF leaves alone', () => {
  for (const [text, sent] of [
    ['a\n.\nb', 'a\r\n..\r\nb\r\n.\r\n'],
    ['a\r.\rb', 'a\r\n..\r\nb\r\n.\r\n'],
    ['a\n.\r\nMAIL', 'a\r\n..\r\nMAIL\r\n.\r\n'],
    ['a\r\r\n.\r\n', 'a\r\n\r\n..\r\n.\r\n'],
    ['a\n', 'a\r\n.\r\n'],
  ] as const) {
    assert.equal(stuffed(text), sent, JSON.stringify(text))
  }
})

test('a long mail without dots goes out as it is', () => {
  const content = Buffer.from('line\r\n'.repeat(1000))
  const [first, ...rest] = dataPieces(content)
  assert.equal(first?.buffer, content.buffer)
  assert.equal(Buffer.concat(rest).toString(), '.\r\n')
})

test('what a content is', () => {
  for (const [text, kind] of [
    ['From: a@b\r\n\r\nhello\r\n', '7BIT'],
    ['From: a@b\r\n\r\ncaf\xe9\r\n', '8BITMIME'],
    ['From: a@b\r\n\r\ncaf\xe9\n', 'BINARYMIME'],
    ['From: a@b\r\n\r\ncaf\xe9\r', 'BINARYMIME'],
    ['From: a@b\r\n\r\ncaf\xe9\0\r\n', 'BINARYMIME'],
  ] as const) {
    assert.equal(bodyKindOf(Buffer.from(text, 'latin1')), kind, JSON.stringify(text))
  }
  assert.ok(hasPlainHeader(Buffer.from('From: a@b\r\n\r\ncaf\xe9', 'latin1')))
  assert.ok(!hasPlainHeader(Buffer.from('From: \xe9@b\r\n\r\n', 'latin1')))
  assert.ok(isText(Buffer.from('a\r\n')) && !isText(Buffer.from('a\n\r')))
  for (let at = 0; at < 9; at++) assert.ok(!isSevenBit(Buffer.alloc(9, 65).fill(200, at, at + 1)))
})
