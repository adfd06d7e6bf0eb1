import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseAddresses } from './addresses.ts'
import { decodeWords } from './words.ts'
import { foldField, formatMailbox } from './write.ts'

const written = (name: string, local = 'a', domain = 'b') => formatMailbox({ name, local, domain })

test('mailboxes, and what they read back as', () => {
  assert.equal(written('Alice Liddell'), 'Alice Liddell <a@b>')
  assert.equal(written('Liddell, "A."'), '"Liddell, \\"A.\\"" <a@b>')
  assert.equal(written('Jö'), '=?utf-8?Q?J=C3=B6?= <a@b>')
  assert.equal(written('', 'john doe'), '"john doe"@b')
  assert.equal(written('', 'jö.x'), 'jö.x@b')
  assert.equal(formatMailbox({ local: 'postmaster', domain: '' }), 'postmaster')
  for (const name of ['Alice', 'a "b" \\c', 'x@y', '日本語'.repeat(20)]) {
    const [read] = parseAddresses(written(name, 'l', 'd'))
    assert.ok(read?.kind === 'address')
    assert.deepEqual([decodeWords(read.name ?? ''), read.local, read.domain], [name, 'l', 'd'])
  }
})

test('fields folded at spaces', () => {
  assert.equal(foldField('Subject', 'short'), 'Subject: short\r\n')
  const lines = foldField('Subject', 'word '.repeat(40).trim()).split('\r\n')
  assert.ok(lines.every((line) => line.length <= 78))
  assert.equal(lines.join(''), `Subject: ${'word '.repeat(40).trim()}`)
  assert.equal(foldField('X', 'y'.repeat(200)), `X: ${'y'.repeat(200)}\r\n`)
})
