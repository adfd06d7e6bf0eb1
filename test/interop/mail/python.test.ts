// Python's smtplib, imaplib and poplib, a whole session each.

import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { inside } from '../inside.ts'
import { arrived, BOB, skipMail } from './world.ts'

const PROGRAM = join(import.meta.dirname, 'python-sessions.py')

/** What was said, by the first word of each line. */
function said(text: string): Record<string, string> {
  return Object.fromEntries(
    text
      .trimEnd()
      .split('\n')
      .map((line) => [line.slice(0, line.indexOf(' ')), line.slice(line.indexOf(' ') + 1)]),
  )
}

test('Python', { skip: skipMail('python3') }, async (t) => {
  const world = await inside({
    submit: `python3 ${PROGRAM} submit`,
    waits: arrived(3, BOB),
    imap: `python3 ${PROGRAM} imap`,
    pop: `python3 ${PROGRAM} pop`,
  })

  await t.test('smtplib', () => {
    const { features, refused } = said(world.output('submit'))
    assert.match(features ?? '', /8bitmime auth binarymime chunking/)
    assert.equal(refused, '501 550')
    world.output('waits')
  })
  await t.test('imaplib', () => {
    const all = said(world.output('imap'))
    assert.equal(all['inbox'], '3')
    assert.equal(all['found']?.split(' ').length, 2)
    assert.equal(all['attachment'], '3000 Grüße 1')
    assert.equal(all['create'], 'OK OK')
    assert.match(all['copy'] ?? '', /^OK .*\(MESSAGES 3\)$/)
    assert.equal(all['store'], 'OK True')
    assert.equal(all['sort'], 'True')
    assert.match(all['thread'] ?? '', /^\(\d\)\(\d\)$/)
    assert.match(all['list'] ?? '', /"?Archive\/old"?/)
    assert.doesNotMatch(all['list'] ?? '', /Entw/)
    assert.equal(all['examine'], '3')
  })
  await t.test('poplib', () => {
    const all = said(world.output('pop'))
    assert.equal(all['pop'], '2 True 2')
    assert.deepEqual([all['retr'], all['top']], ['True', 'True'])
    assert.equal(all['left'], '1 pipelining')
  })
})
