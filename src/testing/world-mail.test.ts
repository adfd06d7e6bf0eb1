// The mail of a world as a test sees it.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isFailure } from '../core/failure.ts'
import { openPost } from '../mailboxes/index.ts'
import { WorldMailbox } from './world-mail.ts'

const BOB = 'bob@shop.test'
const ORDER = [
  'Message-ID: <order-7@shop.test>',
  'From: Shop <shop@shop.test>',
  'To: bob@shop.test',
  'Subject: Your order',
  'Date: Tue, 24 Nov 2026 16:58:23 +0000',
  'Content-Type: multipart/mixed; boundary=b',
  '',
  '--b',
  'Content-Type: text/html',
  '',
  '<p>Thank you</p>',
  '--b',
  'Content-Type: text/csv; name=order.csv',
  '',
  'tea,3',
  '--b--',
  '',
].join('\r\n')

function scene() {
  const post = openPost({ users: [BOB], anyAddress: false, wallMs: () => 0 })
  assert.ok(!isFailure(post))
  const deliver = async (text: string) => {
    const account = post.account(BOB)
    assert.ok(account !== undefined)
    const taken = await post.take({ content: Buffer.from(text), deliver: [{ account, head: Buffer.from('') }] })
    assert.ok(!isFailure(taken))
  }
  return { mail: new WorldMailbox(post, [BOB]), deliver }
}

test('a mail with all that a test may ask of it', async () => {
  const { mail, deliver } = scene()
  const waiting = mail.wait({ to: BOB, subject: 'order' })
  await deliver(ORDER)
  const order = await waiting
  assert.equal(order.id, 'order-7@shop.test')
  assert.deepEqual([order.from, order.to, order.account, order.mailbox], ['shop@shop.test', [BOB], BOB, 'INBOX'])
  assert.equal(order.date?.toISOString(), '2026-11-24T16:58:23.000Z')
  assert.deepEqual([order.text, order.html], ['Thank you', '<p>Thank you</p>'])
  assert.deepEqual(
    order.attachments.map(({ name, type, bytes }) => [name, type, Buffer.from(bytes).toString()]),
    [['order.csv', 'text/csv', 'tea,3']],
  )
  assert.equal(Buffer.from(order.raw).toString(), ORDER)
  assert.deepEqual(order.flags, [])
  assert.deepEqual(mail.list({ from: 'shop@shop.test' }), [order])
  assert.deepEqual(mail.list({ from: 'else@shop.test' }), [])
})

test('a wait that is disappointed says what came instead', async () => {
  const { mail, deliver } = scene()
  await assert.rejects(mail.wait({ timeoutMs: 1 }), /^Error: no such mail within 1 ms; no mail arrived$/)
  await deliver(ORDER)
  await assert.rejects(
    mail.wait({ subject: 'invoice', timeoutMs: 1 }),
    /the last of 1:\n {2}bob@shop\.test INBOX {2}from shop@shop\.test: Your order/,
  )
  await assert.rejects(mail.wait({ onlyNew: true, timeoutMs: 1 }), /no such mail/)
  const waiting = mail.wait({ subject: 'invoice', timeoutMs: 60_000 })
  mail.stop()
  await assert.rejects(waiting, /the world was stopped before such a mail/)
})
