import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { NewQueued, Post } from '../core/post.ts'
import { bytes, codeOf, made, relayTo, samplePost, START_MS, text, there } from './sample-post.ts'

async function queueUp(post: Post, relay: NewQueued, content = 'hello'): Promise<number> {
  return there(made(await post.take({ content: bytes(content), deliver: [], relay })).queued)
}

test('a queued mail has its envelope, its recipients and its content', async () => {
  const { post } = samplePost()
  const relay: NewQueued = {
    ...relayTo('mail.harbor.test'),
    smtpUtf8: true,
    envelopeId: 'QQ 314',
    returns: 'HDRS',
    recipients: [{ address: 'x@a.test', originalRecipient: 'rfc822;y@a.test', notify: ['SUCCESS', 'DELAY'] }],
  }
  const id = await queueUp(post, relay)
  const queue = post.queue('mail.harbor.test')
  const mail = there(queue.get(id))
  const waiting = { tries: 0, nextMs: 0, reportedDelay: false, underWay: false }
  const recipients = [{ ...relay.recipients[0], id: mail.recipients[0]?.id, ...waiting }]
  assert.deepEqual(mail, { ...relay, id, size: 5, queuedMs: START_MS, recipients })
  assert.deepEqual(queue.list(), [mail])
  assert.equal(text(queue.content(id)), 'hello')
  assert.equal(post.queue('mail.harbor.test'), queue)
})

test('each host has a queue of its own', async () => {
  const { post } = samplePost()
  await queueUp(post, relayTo('one.test', 'x@a.test'))
  assert.equal(post.queue('one.test').list().length, 1)
  assert.equal(post.queue('two.test').list().length, 0)
})

test('settle: tried, put off, tried again, done', async () => {
  const { post } = samplePost()
  const id = await queueUp(post, relayTo('one.test', 'x@a.test', 'y@a.test'))
  const queue = post.queue('one.test')
  const [x, y] = there(queue.get(id)).recipients.map((recipient) => recipient.id)
  await queue.settle(id, [
    { id: there(x), kind: 'under-way' },
    { id: there(y), kind: 'done' },
  ])
  assert.deepEqual(
    there(queue.get(id)).recipients.map(({ id, underWay }) => [id, underWay]),
    [[x, true]],
  )
  await queue.settle(id, [{ id: there(x), kind: 'deferred', nextMs: 7, lastReply: '451 later', reportedDelay: true }])
  const later = { tries: 1, nextMs: 7, lastReply: '451 later', reportedDelay: true, underWay: false }
  assert.deepEqual(there(queue.get(id)).recipients, [{ address: 'x@a.test', id: x, ...later }])
  assert.equal(await queue.settle(id, [{ id: there(x), kind: 'done' }]), undefined)
  assert.deepEqual([queue.get(id), queue.content(id), queue.list().length], [undefined, undefined, 0])
  assert.equal(codeOf(await queue.settle(id, [])), 'ENOENT')
})

test('settle: a recipient that is done already stays so', async () => {
  const { post } = samplePost()
  const id = await queueUp(post, relayTo('one.test', 'x@a.test', 'y@a.test'))
  const queue = post.queue('one.test')
  const [x] = there(queue.get(id)).recipients
  const done = { id: there(x).id, kind: 'done' } as const
  await queue.settle(id, [done])
  assert.equal(await queue.settle(id, [done, { id: there(x).id, kind: 'under-way' }]), undefined)
  assert.equal(there(queue.get(id)).recipients.length, 1)
})

test('a queued mail shares its content with the mailboxes', async () => {
  const { post, alice, inbox } = samplePost()
  const relay = relayTo('one.test', 'x@a.test')
  const taken = made(
    await post.take({ content: bytes('body'), deliver: [{ account: alice, head: bytes('H') }], relay }),
  )
  const id = there(taken.queued)
  const queue = post.queue('one.test')
  await queue.settle(id, [{ id: there(queue.get(id)?.recipients[0]).id, kind: 'done' }])
  assert.equal(text(inbox.content(there(inbox.messages[0]))), 'Hbody')
})

test('watchers hear of each mail once it is durable', async () => {
  const { post } = samplePost()
  const heard: number[] = []
  const stop = post.queue('one.test').watch(({ id }) => heard.push(id))
  const id = await queueUp(post, relayTo('one.test', 'x@a.test'))
  stop()
  await queueUp(post, relayTo('one.test', 'x@a.test'))
  assert.deepEqual(heard, [id])
})
