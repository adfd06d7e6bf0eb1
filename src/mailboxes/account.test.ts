import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Account } from '../core/post.ts'
import { SUBSCRIPTIONS_MAX } from './limits.ts'
import { codeOf, fill, made, samplePost, text, there, uids } from './sample-post.ts'

const FIRST = ['INBOX', 'Archive', 'Drafts', 'Junk', 'Sent', 'Trash']

function names(account: Account): readonly string[] {
  return account.mailboxes().map(({ name }) => name)
}

test('a new account has its first mailboxes and is subscribed to them', () => {
  const { alice } = samplePost()
  assert.deepEqual(names(alice), FIRST)
  assert.deepEqual(alice.subscriptions(), FIRST)
  const uses = alice.mailboxes().map(({ specialUse }) => specialUse)
  assert.deepEqual(uses, [undefined, '\\Archive', '\\Drafts', '\\Junk', '\\Sent', '\\Trash'])
  assert.deepEqual(
    { ...alice.quota },
    { storageMaxBytes: 2 ** 30, messagesMax: 1_000_000, storageBytes: 0, messages: 0 },
  )
})

test('INBOX in any case is INBOX, other names are as written', () => {
  const { alice, inbox } = samplePost()
  assert.equal(alice.mailbox('inBox'), inbox)
  assert.equal(alice.mailbox('drafts'), undefined)
})

test('create: with the levels above', async () => {
  const { alice } = samplePost()
  const made1 = made(await alice.create('Lists/ietf/imap', '\\All'))
  assert.deepEqual([made1.name, made1.specialUse], ['Lists/ietf/imap', '\\All'])
  assert.deepEqual(names(alice), [...FIRST.slice(0, 4), 'Lists', 'Lists/ietf', 'Lists/ietf/imap', ...FIRST.slice(4)])
  assert.equal(alice.mailbox('Lists/ietf/imap'), made1)
  assert.equal(alice.mailbox('Lists')?.specialUse, undefined)
})

test('create: twice, also in one turn, and what is no name', async () => {
  const { alice } = samplePost()
  const [first, second] = await Promise.all([alice.create('a'), alice.create('a')])
  assert.deepEqual([codeOf(first), codeOf(second)], ['none', 'EEXIST'])
  for (const name of ['a', 'inbox', 'Trash']) assert.equal(codeOf(await alice.create(name)), 'EEXIST')
  for (const name of ['', 'a//b', 'a\n']) assert.equal(codeOf(await alice.create(name)), 'EINVAL')
})

test('remove: with all its messages, not with those below', async () => {
  const { alice } = samplePost()
  const lower = made(await alice.create('a/b'))
  const upper = there(alice.mailbox('a'))
  await fill(upper, 'x')
  const heard: string[] = []
  upper.watch(({ kind }) => heard.push(kind))
  assert.equal(await alice.remove('a'), undefined)
  assert.deepEqual(heard, ['removed'])
  assert.deepEqual([alice.mailbox('a'), alice.mailbox('a/b')], [undefined, lower])
  assert.deepEqual([alice.quota.messages, alice.quota.storageBytes, upper.messages.length], [0, 0, 0])
  assert.equal(codeOf(await upper.append([])), 'ENOENT')
  assert.equal(codeOf(await upper.expunge([])), 'ENOENT')
  assert.equal(codeOf(await upper.copy([], lower)), 'ENOENT')
  assert.equal(codeOf(await lower.copy([], upper)), 'ENOENT')
  assert.equal(codeOf(await upper.changeFlags([], { kind: 'add', flags: [] })), 'ENOENT')
})

test('remove: not INBOX, not what is missing', async () => {
  const { alice } = samplePost()
  assert.equal(codeOf(await alice.remove('Inbox')), 'EPERM')
  assert.equal(codeOf(await alice.remove('nowhere')), 'ENOENT')
})

test('UIDVALIDITY rises with each mailbox of an account', async () => {
  const { alice } = samplePost()
  const first = made(await alice.create('a'))
  await alice.remove('a')
  const second = made(await alice.create('a'))
  assert.ok(second.uidValidity > first.uidValidity)
  assert.notEqual(second.id, first.id)
  const all = alice.mailboxes().map(({ uidValidity }) => uidValidity)
  assert.equal(new Set(all).size, all.length)
})

test('rename: a mailbox keeps what it is, and those below come along', async () => {
  const { alice } = samplePost()
  const lower = made(await alice.create('a/b'))
  const upper = there(alice.mailbox('a'))
  await fill(lower, 'x')
  const before = [upper.id, upper.uidValidity, lower.id, lower.uidValidity]
  assert.equal(await alice.rename('a', 'c/d'), undefined)
  assert.deepEqual(names(alice), ['INBOX', 'Archive', 'Drafts', 'Junk', 'Sent', 'Trash', 'c', 'c/d', 'c/d/b'])
  assert.equal(alice.mailbox('c/d'), upper)
  assert.equal(alice.mailbox('c/d/b'), lower)
  assert.deepEqual([upper.id, upper.uidValidity, lower.id, lower.uidValidity], before)
  assert.equal(text(lower.content(there(lower.messages[0]))), 'x')
})

test('rename: under a name whose mailbox had a higher UIDVALIDITY, it gets one above', async () => {
  const { alice } = samplePost()
  const early = made(await alice.create('early'))
  const late = made(await alice.create('late'))
  await alice.remove('late')
  await alice.rename('early', 'late')
  assert.equal(alice.mailbox('late'), early)
  assert.ok(early.uidValidity > late.uidValidity)
})

test('rename: what is refused', async () => {
  const { alice } = samplePost()
  await alice.create('a/b')
  const long = Array.from({ length: 249 }, () => 'abc').join('/')
  const refusals = [
    [await alice.rename('nowhere', 'x'), 'ENOENT'],
    [await alice.rename('a', 'Trash'), 'EEXIST'],
    [await alice.rename('a', 'inbox'), 'EEXIST'],
    [await alice.rename('a', 'a'), 'EEXIST'],
    [await alice.rename('a', 'a/c'), 'EINVAL'],
    [await alice.rename('a', 'x//y'), 'EINVAL'],
    [await alice.rename('a', `${long}/abc`), 'EINVAL'],
  ] as const
  assert.deepEqual(
    refusals.map(([answer]) => codeOf(answer)),
    refusals.map(([, code]) => code),
  )
  assert.deepEqual(names(alice), [...FIRST, 'a', 'a/b'])
})

test('rename: a mailbox below that finds its new name taken keeps all as it is', async () => {
  const { alice } = samplePost()
  await alice.create('a/b')
  await alice.create('c/b')
  await alice.remove('c')
  assert.equal(codeOf(await alice.rename('a', 'c')), 'EEXIST')
  assert.deepEqual(names(alice), [...FIRST, 'a', 'a/b', 'c/b'])
})

test('rename: INBOX gives its messages away and stays', async () => {
  const { alice, inbox } = samplePost()
  await alice.create('INBOX/below')
  await fill(inbox, 'a', 'b')
  const [, second] = inbox.messages
  await inbox.changeFlags([there(second)], { kind: 'add', flags: ['\\Seen'] })
  assert.equal(await alice.rename('inbox', 'old/2026'), undefined)
  const old = there(alice.mailbox('old/2026'))
  assert.deepEqual([uids(inbox.messages), uids(old.messages)], [[], [1, 2]])
  assert.deepEqual([old.unseen, old.messages[1]?.flags.text], [1, '\\Seen'])
  assert.equal(alice.mailbox('INBOX'), inbox)
  assert.ok(alice.mailbox('INBOX/below'))
  assert.deepEqual(uids(await fill(inbox, 'c')), [3])
})

test('subscriptions: names, whether or not there are mailboxes', async () => {
  const { alice } = samplePost()
  assert.equal(await alice.subscribe('later/on', true), undefined)
  assert.equal(await alice.subscribe('Trash', false), undefined)
  assert.equal(await alice.subscribe('nowhere', false), undefined)
  assert.deepEqual(alice.subscriptions(), ['INBOX', 'Archive', 'Drafts', 'Junk', 'Sent', 'later/on'])
  assert.equal(codeOf(await alice.subscribe('a//b', true)), 'EINVAL')
})

test('subscriptions: so many and no more', async () => {
  const { alice } = samplePost()
  const free = SUBSCRIPTIONS_MAX - alice.subscriptions().length
  const all = await Promise.all(Array.from({ length: free + 1 }, (_, at) => alice.subscribe(`n${at}`, true)))
  assert.equal(codeOf(all.at(-1)), 'EQUOTA')
  assert.equal(codeOf(all.at(-2)), 'none')
})

test('the lock of a maildrop is held by one', () => {
  const { alice, bob } = samplePost()
  const release = alice.lockMaildrop()
  assert.equal(alice.lockMaildrop(), undefined)
  assert.ok(bob.lockMaildrop())
  release?.()
  const again = alice.lockMaildrop()
  assert.ok(again)
  release?.()
  assert.equal(alice.lockMaildrop(), undefined)
})

test('quota: storage and messages, over all mailboxes', async () => {
  const { alice, inbox } = samplePost({ quota: { storageMaxBytes: 10, messagesMax: 3 } })
  const trash = there(alice.mailbox('Trash'))
  await fill(inbox, '12345678')
  assert.equal(codeOf(await trash.append([{ content: new Uint8Array(3), flags: [] }])), 'EQUOTA')
  assert.equal(codeOf(await inbox.copy(inbox.messages, trash)), 'EQUOTA')
  assert.equal(codeOf(await inbox.move(inbox.messages, trash)), 'none')
  await fill(trash, '1', '2')
  assert.equal(codeOf(await trash.append([{ content: new Uint8Array(0), flags: [] }])), 'EQUOTA')
  assert.deepEqual([alice.quota.storageBytes, alice.quota.messages], [10, 3])
})
