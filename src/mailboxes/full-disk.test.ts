// A database that may grow no more: the group that does not fit fails as a whole and leaves no trace, what was there stays,
// and once there is room things go on.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Account, MailboxChange } from '../core/post.ts'
import {
  bytes,
  codeOf,
  fill,
  freshFile,
  made,
  relayTo,
  samplePost,
  text,
  there,
  uids,
  type Sample,
} from './sample-post.ts'

const MAX_BYTES = 1_000_000
/** Octets that do not fit whatever else is there. */
const TOO_MUCH = new Uint8Array(MAX_BYTES)

/** All that one can see of an account. */
function seen(account: Account): unknown {
  return account.mailboxes().map((mailbox) => ({
    name: mailbox.name,
    numbers: [mailbox.id, mailbox.uidValidity, mailbox.uidNext, mailbox.highestModSeq],
    counts: [mailbox.unseen, mailbox.deleted, mailbox.storageBytes],
    messages: mailbox.messages.map((message) => [message.uid, message.modSeq, message.flags.text, message.contentId]),
    contents: mailbox.messages.map((message) => text(mailbox.content(message))),
    expunged: mailbox.expungedSince(0),
  }))
}

/** Alice with a few messages, and changes of every kind together with one that does not fit. */
async function everythingAtOnce({ post, alice, bob, inbox }: Sample): Promise<readonly unknown[]> {
  const [a, b, c] = inbox.messages
  const trash = there(alice.mailbox('Trash'))
  return Promise.all([
    inbox.append([{ content: bytes('new'), flags: ['\\Deleted'] }]),
    inbox.changeFlags([there(a)], { kind: 'add', flags: ['\\Seen', 'Work'] }),
    inbox.copy([there(a)], trash),
    inbox.move([there(b)], trash),
    inbox.expunge([there(c)]),
    alice.create('x/y'),
    alice.rename('x', 'z'),
    alice.rename('Archive', 'Old/Archive'),
    alice.remove('Junk'),
    alice.subscribe('news', true),
    post.take({
      content: TOO_MUCH,
      deliver: [alice, bob].map((account) => ({ account, head: bytes('H') })),
      relay: relayTo('one.test', 'x@a.test'),
    }),
  ])
}

for (const kind of ['ephemeral', 'kept'] as const) {
  test(`a group that does not fit leaves no trace: ${kind}`, async (context) => {
    const file = kind === 'kept' ? { file: freshFile(context) } : {}
    const sample = samplePost({ maxBytes: MAX_BYTES, ...file })
    const { post, alice, inbox } = sample
    await fill(inbox, 'aa', 'bb', 'cc')
    made(await alice.create('plain'))
    const queue = post.queue('one.test')
    const before = seen(alice)
    const subscribed = alice.subscriptions()
    const heard: MailboxChange[] = []
    inbox.watch((change) => heard.push(change))
    post.watch(() => assert.fail('nothing arrived'))
    queue.watch(() => assert.fail('nothing was queued'))
    const answers = await everythingAtOnce(sample)
    assert.deepEqual(
      answers.map(codeOf),
      answers.map(() => 'ENOSPC'),
    )
    assert.deepEqual(seen(alice), before)
    assert.deepEqual(alice.subscriptions(), subscribed)
    assert.deepEqual([heard.length, queue.list().length, alice.mailbox('x')], [0, 0, undefined])
    await post.close()
    if (kind === 'kept') {
      const again = samplePost({ maxBytes: MAX_BYTES, ...file })
      assert.deepEqual(seen(again.alice), before)
      await again.post.close()
    }
  })
}

test('a queue is as it was, in its order, when what became of its mail cannot be written', async () => {
  const { post, inbox } = samplePost({ maxBytes: MAX_BYTES })
  const queue = post.queue('one.test')
  for (const address of ['x@a.test', 'y@a.test']) {
    made(await post.take({ content: bytes(address), deliver: [], relay: relayTo('one.test', address) }))
  }
  const before = queue.list()
  const [first, second] = before.map(there)
  const answers = await Promise.all([
    queue.settle(there(first).id, [{ id: there(first?.recipients[0]).id, kind: 'done' }]),
    queue.settle(there(second).id, [{ id: there(second?.recipients[0]).id, kind: 'under-way' }]),
    inbox.append([{ content: TOO_MUCH, flags: [] }]),
  ])
  assert.deepEqual(answers.map(codeOf), ['ENOSPC', 'ENOSPC', 'ENOSPC'])
  assert.deepEqual(queue.list(), before)
  assert.equal(text(queue.content(there(first).id)), 'x@a.test')
})

test('an array that was given away stays as it is through a group that failed', async () => {
  const { inbox } = samplePost({ maxBytes: MAX_BYTES })
  await fill(inbox, 'a')
  const given = inbox.messages
  const failed = [bytes('x'), TOO_MUCH].map((content) => inbox.append([{ content, flags: [] }]))
  assert.deepEqual((await Promise.all(failed)).map(codeOf), ['ENOSPC', 'ENOSPC'])
  await fill(inbox, 'b')
  assert.deepEqual([uids(given), uids(inbox.messages)], [[1], [1, 2]])
})

test('once there is room, changes go on', async () => {
  const { inbox } = samplePost({ maxBytes: MAX_BYTES })
  const large = { content: new Uint8Array(200_000), flags: [] }
  const codes: string[] = []
  for (let times = 0; times < 8; times++) codes.push(codeOf(await inbox.append([large])))
  assert.deepEqual(codes.slice(-2), ['ENOSPC', 'ENOSPC'])
  const fitted = codes.filter((code) => code === 'none').length
  assert.equal(inbox.messages.length, fitted)
  made(await inbox.expunge(inbox.messages.slice(0, 1)))
  assert.equal(codeOf(await inbox.append([large])), 'none')
  assert.deepEqual(uids(inbox.messages).at(-1), fitted + 1)
})

test('an account that is first looked at while the disk is full is kept once there is room', async (context) => {
  const file = freshFile(context)
  const { post, alice, bob, inbox } = samplePost({ file, maxBytes: MAX_BYTES })
  const failed = await Promise.all([
    inbox.append([{ content: TOO_MUCH, flags: [] }]),
    bob.subscribe('news', true),
    bob.subscribe('Trash', false),
  ])
  assert.deepEqual(failed.map(codeOf), ['ENOSPC', 'ENOSPC', 'ENOSPC'])
  await bob.subscribe('Junk', false)
  const before = [seen(alice), seen(bob), bob.subscriptions()]
  await post.close()
  const again = samplePost({ file })
  assert.deepEqual([seen(again.alice), seen(again.bob), again.bob.subscriptions()], before)
  assert.ok(!again.bob.subscriptions().includes('Junk') && again.bob.subscriptions().includes('Trash'))
  await again.post.close()
})
