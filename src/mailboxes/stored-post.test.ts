import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Arrived } from '../core/post.ts'
import { codeOf, bytes, fill, made, relayTo, samplePost, text, there, uids } from './sample-post.ts'

const NO_HEAD = new Uint8Array(0)

test('accounts: those of the world, in any case, the same object each time', () => {
  const { post, alice } = samplePost()
  assert.equal(post.account('ALICE@Harbor.TEST'), alice)
  assert.equal(alice.address, 'alice@harbor.test')
  assert.equal(post.account('nobody@harbor.test'), undefined)
  assert.deepEqual(
    post.accounts().map(({ address }) => address),
    ['alice@harbor.test', 'bob@island.test'],
  )
})

test('accounts: in a world for any address, what looks like one', () => {
  const { post } = samplePost({ anyAddress: true })
  assert.equal(post.account('Nobody@Nowhere.test')?.address, 'nobody@nowhere.test')
  for (const address of ['', '@', 'a@', '@b', 'a b@c', 'a@b\n', `${'x'.repeat(400)}@y`]) {
    assert.equal(post.account(address), undefined, address)
  }
})

test('take: one content in several mailboxes, each with its own head', async () => {
  const { post, alice, bob, inbox } = samplePost()
  const heard: Arrived[] = []
  post.watch((arrived) => heard.push(arrived))
  const deliver = [
    { account: alice, head: bytes('To: alice\r\n') },
    { account: bob, head: bytes('To: bob\r\n'), mailbox: 'Lists/new', flags: ['\\Seen'] },
  ]
  const { delivered, queued } = made(await post.take({ content: bytes('\r\nbody'), deliver }))
  const theirs = there(bob.mailbox('Lists/new'))
  assert.deepEqual(
    delivered.map(({ mailbox }) => mailbox),
    [inbox, theirs],
  )
  assert.deepEqual(heard, delivered)
  assert.equal(queued, undefined)
  assert.equal(text(inbox.content(there(inbox.messages[0]))), 'To: alice\r\n\r\nbody')
  assert.equal(text(theirs.head(there(theirs.messages[0]))), 'To: bob\r\n\r\nbody')
  assert.deepEqual([inbox.messages[0]?.size, theirs.messages[0]?.size], [17, 15])
  assert.equal(inbox.messages[0]?.contentId, theirs.messages[0]?.contentId)
  assert.deepEqual([inbox.unseen, theirs.unseen], [1, 0])
})

test('take: into mailboxes and onto a queue in one step, or nothing', async () => {
  const { post, alice, bob, inbox } = samplePost({ quota: { storageMaxBytes: 10 } })
  await fill(there(bob.mailbox('INBOX')), '12345678')
  const deliver = [alice, bob].map((account) => ({ account, head: NO_HEAD }))
  const relay = relayTo('one.test', 'x@a.test')
  assert.equal(codeOf(await post.take({ content: bytes('abc'), deliver, relay })), 'EQUOTA')
  assert.deepEqual([inbox.messages.length, post.queue('one.test').list().length], [0, 0])
  const twice = [alice, alice].map((account) => ({ account, head: NO_HEAD }))
  assert.equal(codeOf(await post.take({ content: bytes('123456'), deliver: twice })), 'EQUOTA')
  assert.equal(codeOf(await post.take({ content: bytes('12345'), deliver: twice })), 'none')
})

test('take: a bad mailbox or flag', async () => {
  const { post, alice } = samplePost()
  const content = bytes('x')
  const delivery = { account: alice, head: NO_HEAD }
  assert.equal(codeOf(await post.take({ content, deliver: [{ ...delivery, mailbox: 'a//b' }] })), 'EINVAL')
  assert.equal(codeOf(await post.take({ content, deliver: [{ ...delivery, flags: ['\\Recent'] }] })), 'EINVAL')
})

test('take: for nobody', async () => {
  const { post } = samplePost()
  assert.deepEqual(made(await post.take({ content: bytes('x'), deliver: [] })), { delivered: [] })
  const nobody = relayTo('one.test')
  assert.deepEqual(made(await post.take({ content: bytes('x'), deliver: [], relay: nobody })), { delivered: [] })
})

test('watchers hear of what is appended, copied and moved as well', async () => {
  const { post, alice, inbox } = samplePost()
  const heard: string[] = []
  const stop = post.watch(({ account, mailbox, message }) =>
    heard.push(`${account.address} ${mailbox.name} ${message.uid}`),
  )
  await fill(inbox, 'a')
  await inbox.copy(inbox.messages, there(alice.mailbox('Trash')))
  await inbox.move(inbox.messages, there(alice.mailbox('Junk')))
  assert.deepEqual(
    heard,
    ['INBOX 1', 'Trash 1', 'Junk 1'].map((where) => `alice@harbor.test ${where}`),
  )
  stop()
  await fill(inbox, 'b')
  assert.equal(heard.length, 3)
})

test('a watcher that throws keeps nobody else from hearing, and the change stands', async () => {
  const turns: (() => void)[] = []
  const { post, inbox } = samplePost({ soon: (run) => void turns.push(run) })
  const heard: number[] = []
  post.watch(() => {
    throw new Error('broken')
  })
  inbox.watch(({ kind }) => heard.push(kind.length))
  const asked = fill(inbox, 'a')
  const also = fill(inbox, 'b')
  assert.throws(() => turns.forEach((turn) => turn()), /broken/)
  assert.deepEqual(uids([...(await asked), ...(await also)]), [1, 2])
  assert.equal(heard.length, 2)
})

test('objects of another post are a mistake', async () => {
  const one = samplePost()
  const other = samplePost()
  for (const mailbox of [other.inbox, { ...one.inbox }]) assert.throws(() => one.inbox.copy([], mailbox), TypeError)
  for (const account of [other.alice, { ...one.alice }]) {
    assert.throws(() => one.post.take({ content: bytes('x'), deliver: [{ account, head: NO_HEAD }] }), TypeError)
  }
})

test('after close nothing can be changed', async () => {
  const { post, inbox } = samplePost()
  const asked = fill(inbox, 'a')
  await post.close()
  assert.equal((await asked).length, 1)
  assert.equal(codeOf(await inbox.append([{ content: bytes('b'), flags: [] }])), 'ECLOSED')
})
