import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { MailboxChange, Message } from '../core/post.ts'
import { EXPUNGE_LOG_MAX } from './limits.ts'
import { bytes, codeOf, fill, made, samplePost, START_MS, text, there, uids } from './sample-post.ts'

/** What a watcher heard, in short. */
function heard(changes: readonly MailboxChange[]): readonly string[] {
  return changes.map((change) => (change.kind === 'removed' ? 'removed' : `${change.kind} ${uids(change.messages)}`))
}

test('a new mailbox is empty and has its numbers', () => {
  const { inbox } = samplePost()
  assert.deepEqual(inbox.messages, [])
  assert.deepEqual(
    [inbox.uidNext, inbox.highestModSeq, inbox.unseen, inbox.deleted, inbox.storageBytes],
    [1, 1, 0, 0, 0],
  )
  assert.equal(inbox.uidValidity, START_MS / 1000)
  assert.deepEqual(inbox.keywords, [])
})

test('append: messages come in with their numbers, dates and flags', async () => {
  const { inbox, clock } = samplePost()
  const [first] = await fill(inbox, 'one')
  clock.ms += 5000
  const later = [{ content: bytes('second'), flags: ['\\Seen', 'Work'], receivedMs: 1000 }]
  const [second] = made(await inbox.append(later))
  assert.deepEqual(inbox.messages, [first, second])
  assert.deepEqual(uids(inbox.messages), [1, 2])
  assert.deepEqual([first?.size, first?.receivedMs, first?.savedMs, first?.modSeq], [3, START_MS, START_MS, 2])
  assert.deepEqual([second?.size, second?.receivedMs, second?.savedMs, second?.modSeq], [6, 1000, START_MS + 5000, 3])
  assert.equal(second?.flags.text, '\\Seen Work')
  assert.deepEqual([inbox.uidNext, inbox.highestModSeq, inbox.unseen, inbox.storageBytes], [3, 3, 1, 9])
  assert.deepEqual(inbox.keywords, ['Work'])
  assert.equal(text(inbox.content(there(second))), 'second')
})

test('append: nobody sees a message before it is durable', async () => {
  const { inbox } = samplePost()
  const asked = fill(inbox, 'one')
  assert.equal(inbox.messages.length, 0)
  await asked
  assert.equal(inbox.messages.length, 1)
})

test('append: several at once are all or nothing', async () => {
  const { inbox } = samplePost({ quota: { messagesMax: 2 } })
  const three = ['a', 'b', 'c'].map((one) => ({ content: bytes(one), flags: [] }))
  assert.equal(codeOf(await inbox.append(three)), 'EQUOTA')
  assert.equal(inbox.messages.length, 0)
  assert.equal((await fill(inbox, 'a', 'b')).length, 2)
  assert.deepEqual(made(await inbox.append([])), [])
})

test('append: a bad flag alone fails', async () => {
  const { inbox } = samplePost()
  const [bad, good] = await Promise.all([
    inbox.append([{ content: bytes('x'), flags: ['a b'] }]),
    inbox.append([{ content: bytes('y'), flags: [] }]),
  ])
  assert.equal(codeOf(bad), 'EINVAL')
  assert.deepEqual(uids(made(good)), [1])
})

test('an array of messages never changes', async () => {
  const { inbox } = samplePost()
  await fill(inbox, 'a', 'b', 'c')
  const before = inbox.messages
  await fill(inbox, 'd')
  await inbox.expunge(before.slice(0, 1))
  assert.deepEqual(uids(before), [1, 2, 3])
  assert.deepEqual(uids(inbox.messages), [2, 3, 4])
  assert.equal(inbox.messages, inbox.messages)
  assert.equal(inbox.messages[0], before[1])
})

test('a large content comes back whole, and its head without the rest', async () => {
  const { inbox } = samplePost()
  const large = bytes(`Subject: long\r\n\r\n${'0123456789'.repeat(30_000)}`)
  const [message] = made(await inbox.append([{ content: large, flags: [] }]))
  assert.deepEqual(inbox.content(there(message)), Buffer.from(large))
  assert.equal(inbox.head(there(message))?.length, 65_536)
  assert.equal(text(inbox.head(there(message))).slice(0, 13), 'Subject: long')
})

test('expunge: what is gone is gone, and its uid never comes back', async () => {
  const { inbox } = samplePost()
  const [a, b, c] = await fill(inbox, 'aa', 'bb', 'cc')
  const gone = made(await inbox.expunge([there(c), there(a), there(c)]))
  assert.deepEqual(uids(gone), [1, 3])
  assert.deepEqual(uids(inbox.messages), [2])
  assert.deepEqual([inbox.storageBytes, inbox.unseen], [2, 1])
  assert.equal(inbox.content(there(a)), undefined)
  assert.equal(inbox.head(there(c)), undefined)
  assert.deepEqual(made(await inbox.expunge([there(a)])), [])
  assert.deepEqual(uids(await fill(inbox, 'dd')), [4])
  assert.equal(text(inbox.content(there(b))), 'bb')
})

test('flags: add, remove and replace change what is different', async () => {
  const { inbox } = samplePost()
  const [a, b] = await fill(inbox, 'a', 'b')
  const both = [there(b), there(a)]
  const added = made(await inbox.changeFlags(both, { kind: 'add', flags: ['\\Seen', 'Work'] }))
  assert.deepEqual(uids(added.changed), [1, 2])
  assert.equal(a?.flags, b?.flags)
  assert.deepEqual([a?.modSeq, inbox.highestModSeq, inbox.unseen], [3, 3, 0])
  const again = made(await inbox.changeFlags(both, { kind: 'add', flags: ['\\seen'] }))
  assert.deepEqual([again.changed.length, inbox.highestModSeq], [0, 3])
  await inbox.changeFlags([there(a)], { kind: 'remove', flags: ['\\Seen'] })
  await inbox.changeFlags([there(b)], { kind: 'replace', flags: ['\\Deleted'] })
  assert.deepEqual([a?.flags.text, b?.flags.text], ['Work', '\\Deleted'])
  assert.deepEqual([inbox.unseen, inbox.deleted], [2, 1])
  assert.deepEqual(inbox.keywords, ['Work'])
})

test('flags: a message that was changed since is left alone and told', async () => {
  const { inbox } = samplePost()
  const [a, b] = await fill(inbox, 'a', 'b')
  await inbox.changeFlags([there(b)], { kind: 'add', flags: ['\\Flagged'] })
  const change = { kind: 'add', flags: ['\\Seen'], unchangedSince: 2 } as const
  const result = made(await inbox.changeFlags([there(a), there(b)], change))
  assert.deepEqual([uids(result.changed), uids(result.modified)], [[1], [2]])
  assert.equal(b?.flags.text, '\\Flagged')
})

test('flags: two changes of one turn see each other', async () => {
  const { inbox } = samplePost()
  const [a] = await fill(inbox, 'a')
  const [first, second] = await Promise.all([
    inbox.changeFlags([there(a)], { kind: 'add', flags: ['x'], unchangedSince: 2 }),
    inbox.changeFlags([there(a)], { kind: 'add', flags: ['y'], unchangedSince: 2 }),
  ])
  assert.deepEqual([made(first).changed.length, made(second).modified.length], [1, 1])
  assert.equal(a?.flags.text, 'x')
})

test('copy: the copies share the content and keep date and flags', async () => {
  const { inbox, alice, clock } = samplePost()
  const trash = there(alice.mailbox('Trash'))
  const [a, b] = await fill(inbox, 'aa', 'bb')
  await inbox.changeFlags([there(b)], { kind: 'add', flags: ['\\Seen'] })
  clock.ms += 1000
  const { to, sources, copies } = made(await inbox.copy([there(b), there(a)], trash))
  assert.equal(to, trash)
  assert.deepEqual(
    [uids(sources), uids(copies)],
    [
      [1, 2],
      [1, 2],
    ],
  )
  assert.deepEqual(trash.messages, copies)
  assert.deepEqual([copies[0]?.contentId, copies[1]?.flags], [a?.contentId, b?.flags])
  assert.deepEqual([copies[0]?.receivedMs, copies[0]?.savedMs], [START_MS, START_MS + 1000])
  assert.deepEqual([trash.unseen, trash.storageBytes, inbox.messages.length], [1, 4, 2])
  await inbox.expunge([there(a)])
  assert.equal(text(trash.content(there(copies[0]))), 'aa')
})

test('copy: into the mailbox itself', async () => {
  const { inbox } = samplePost()
  const [a] = await fill(inbox, 'aa')
  const { copies } = made(await inbox.copy([there(a)], inbox))
  assert.deepEqual(uids(inbox.messages), [1, 2])
  assert.equal(text(inbox.content(there(copies[0]))), 'aa')
})

test('copy: what is gone cannot be copied', async () => {
  const { inbox, alice } = samplePost()
  const trash = there(alice.mailbox('Trash'))
  const [a, b] = await fill(inbox, 'a', 'b')
  await inbox.expunge([there(a)])
  assert.equal(codeOf(await inbox.copy([there(a)], trash)), 'ESTALE')
  assert.equal(codeOf(await inbox.copy([there(a), there(b)], trash)), 'ESTALE')
  assert.equal(codeOf(await inbox.move([there(a), there(b)], trash)), 'ESTALE')
  assert.deepEqual([inbox.messages.length, trash.messages.length], [1, 0])
  assert.deepEqual(made(await inbox.copy([], trash)).copies, [])
})

test('move: the messages leave and arrive in one step', async () => {
  const { inbox, alice } = samplePost({ quota: { messagesMax: 2 } })
  const trash = there(alice.mailbox('Trash'))
  const changes: MailboxChange[] = []
  inbox.watch((change) => changes.push(change))
  trash.watch((change) => changes.push(change))
  const [a, b] = await fill(inbox, 'aa', 'bb')
  const { copies } = made(await inbox.move([there(a)], trash))
  assert.deepEqual(heard(changes), ['arrived 1,2', 'expunged 1', 'arrived 1'])
  assert.deepEqual([uids(inbox.messages), uids(trash.messages)], [[2], [1]])
  assert.equal(text(trash.content(there(copies[0]))), 'aa')
  assert.deepEqual(inbox.expungedSince(2), [1])
  await trash.expunge(trash.messages)
  assert.equal(text(inbox.content(there(b))), 'bb')
})

test('move: into another account, within its quota', async () => {
  const { inbox, bob } = samplePost({ quota: { storageMaxBytes: 5 } })
  const theirs = there(bob.mailbox('INBOX'))
  await fill(inbox, 'aaa')
  await fill(theirs, 'bbb')
  assert.equal(codeOf(await inbox.move(inbox.messages, theirs)), 'EQUOTA')
  assert.deepEqual([inbox.messages.length, theirs.messages.length], [1, 1])
})

test('watchers hear each change, in order, once it is durable', async () => {
  const { inbox } = samplePost()
  const changes: MailboxChange[] = []
  const stop = inbox.watch((change) => changes.push(change))
  const [a] = await fill(inbox, 'a')
  await Promise.all([
    fill(inbox, 'b'),
    inbox.changeFlags([there(a)], { kind: 'add', flags: ['\\Seen'] }, 'me'),
    inbox.expunge([there(a)]),
  ])
  assert.deepEqual(heard(changes), ['arrived 1', 'arrived 2', 'flags 1', 'expunged 1'])
  assert.equal(changes[2]?.kind === 'flags' && changes[2].by, 'me')
  stop()
  await fill(inbox, 'c')
  assert.equal(changes.length, 4)
})

test('many watchers: one that stops does not silence the others', async () => {
  const { inbox } = samplePost()
  let times = 0
  const stops = Array.from({ length: 200 }, () => inbox.watch(() => times++))
  const once = inbox.watch(() => once())
  await fill(inbox, 'a')
  stops[0]?.()
  await fill(inbox, 'b')
  assert.equal(times, 399)
})

test('the log tells which uids went since a mod-sequence', async () => {
  const { inbox } = samplePost()
  const messages = await fill(inbox, 'a', 'b', 'c', 'd', 'e')
  await inbox.expunge([messages[1], messages[2], messages[4]].map(there))
  const between = inbox.highestModSeq
  await inbox.expunge([there(messages[0])])
  assert.deepEqual(inbox.expungedSince(0), [1, 2, 3, 5])
  assert.deepEqual(inbox.expungedSince(between), [1])
  assert.deepEqual(inbox.expungedSince(inbox.highestModSeq), [])
})

test('the log forgets its oldest steps and says so', async () => {
  const { inbox } = samplePost()
  const messages = await fill(inbox, ...Array.from({ length: EXPUNGE_LOG_MAX + 1 }, () => 'x'))
  const before = inbox.highestModSeq
  await Promise.all(messages.map((message) => inbox.expunge([message])))
  assert.equal(inbox.expungedSince(before), undefined)
  assert.deepEqual(inbox.expungedSince(inbox.highestModSeq - 2), [EXPUNGE_LOG_MAX, EXPUNGE_LOG_MAX + 1])
  const kept = Array.from({ length: 200 }, (_, at) => before + at).find(
    (modSeq) => inbox.expungedSince(modSeq) !== undefined,
  )
  assert.equal(kept, before + EXPUNGE_LOG_MAX / 10)
})

test('recent: each message is recent once', async () => {
  const { inbox } = samplePost()
  await fill(inbox, 'a', 'b')
  assert.equal(inbox.recentFrom(false), 1)
  assert.equal(inbox.recentFrom(true), 1)
  assert.equal(inbox.recentFrom(true), 3)
  await fill(inbox, 'c')
  assert.equal(inbox.recentFrom(true), 3)
})

test('a message of another mailbox is none of this one', async () => {
  const { inbox, bob } = samplePost()
  const theirs = there(bob.mailbox('INBOX'))
  const [mine] = await fill(inbox, 'mine')
  await fill(theirs, 'theirs')
  const stray: Message = there(mine)
  assert.equal(theirs.content(stray), undefined)
  assert.deepEqual(made(await theirs.expunge([stray])), [])
  assert.deepEqual(made(await theirs.changeFlags([stray], { kind: 'add', flags: ['x'] })).changed, [])
  assert.equal(theirs.messages.length, 1)
})
