// No room: an account that is full, a disk that is full, and mail that is on its way over all connections.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isFailure } from '../../../core/index.ts'
import { openPost, type PostOptions } from '../../../mailboxes/index.ts'
import { serve, SimPlane } from '../../../sim/index.ts'
import { ImapDialogue } from '../../../../test/conformance/imap-dialogue.ts'
import { mailWorld } from '../../../../test/conformance/mail-world.ts'
import { imap } from '../index.ts'

const ADDRESS = '198.51.100.1'

async function narrow(more: Partial<PostOptions>) {
  const post = openPost({ users: ['alice@harbor.test'], anyAddress: false, wallMs: () => 0, ...more })
  assert.ok(!isFailure(post))
  const { view } = await mailWorld(ADDRESS, 'imap')
  const plane = new SimPlane()
  const served = await serve(imap, { plane, world: { ...view, post }, addresses: [ADDRESS] })
  const client = new ImapDialogue(served, served.peer(993, { tls: {} }))
  await client.heard()
  await client.say('LOGIN alice alice')
  return { ...served, client, inbox: post.account('alice@harbor.test')?.mailbox('INBOX') }
}

test('an account that is full: said before the message comes where that can be known', async () => {
  const { client, inbox, stop } = await narrow({ quota: { storageMaxBytes: 1000 } })
  assert.match(await client.append('INBOX', 'x'.repeat(900)), /^a OK/)
  assert.match(await client.send('b APPEND INBOX {200}\r\n'), /^b NO \[OVERQUOTA\]/)
  assert.match(await client.append('INBOX', 'x'.repeat(200)), /^a NO \[OVERQUOTA\]/)
  await client.say('SELECT INBOX')
  assert.equal(await client.status('COPY 1 Archive'), 'NO [OVERQUOTA]')
  const two = `b APPEND INBOX {60+}\r\n${'x'.repeat(60)} {60+}\r\n${'x'.repeat(60)}\r\n`
  assert.match(await client.send(two), /^b NO \[OVERQUOTA\]/)
  assert.equal(inbox?.messages.length, 1)
  await stop()
})

test('a disk that is full: NO, nothing lost, and on it goes once there is room', async () => {
  const { client, inbox, stop } = await narrow({ maxBytes: 400_000 })
  const answers: string[] = []
  for (let at = 0; at < 40; at++) {
    await client.send(`a APPEND INBOX {20000}\r\n`)
    answers.push((await client.send(Buffer.alloc(20_000, 'x'), '\r\n')).replace(/\] [^]*|\d+ \d+/g, ''))
  }
  const kept = answers.filter((answer) => answer.startsWith('a OK')).length
  assert.ok(kept > 5 && kept < 30, `${kept} kept`)
  assert.ok(answers.slice(kept).every((answer) => answer.startsWith('a NO [UNAVAILABLE')))
  assert.equal(inbox?.messages.length, kept)
  await client.say('SELECT INBOX')
  assert.equal((await client.say('FETCH 1:* BODY.PEEK[]')).split('{20000}').length - 1, kept)
  await stop()
})
