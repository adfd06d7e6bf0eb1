// Node's mail libraries inside a world: nodemailer sends, imapflow reads what it sent.

import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { inside } from '../inside.ts'
import { arrived, BOB, skipMail } from './world.ts'

const FOLDER = 'Übersee/Häfen & Inseln'

function program(name: string): string {
  return `${process.execPath} ${join(import.meta.dirname, name)}`
}

test('nodemailer and imapflow', { skip: skipMail() }, async (t) => {
  const world = await inside({
    sends: program('nodemailer-session.ts'),
    waits: arrived(12, BOB),
    reads: program('imapflow-session.ts'),
  })
  await t.test('nodemailer', () => {
    assert.deepEqual(JSON.parse(world.output('sends')), {
      rich: '250 2.0.0',
      crowd: Array.from({ length: 10 }, () => 1),
      rejected: ['nobody@harbor.test'],
      verified: true,
      refusal: 535,
    })
    world.output('waits')
  })
  await t.test('imapflow', () => {
    const { tree, ...rest } = JSON.parse(world.output('reads'))
    assert.deepEqual(rest, {
      exists: 12,
      subject: 'Grüße aus dem Hafen 🚢',
      from: 'alice@harbor.test',
      parts: ['multipart/alternative', 'text/plain'],
      sizes: true,
      attachment: 4,
      created: FOLDER,
      appended: 1,
      copied: 2,
      moved: 1,
      news: 5,
      flagged: [1],
      found: 1,
      messages: [5, 4],
      quota: 'User quota',
      deleted: true,
      left: 0,
    })
    for (const name of ['INBOX \\Inbox', 'Sent \\Sent', 'Trash \\Trash', FOLDER])
      assert.ok(tree.includes(name), tree.join())
  })
})
