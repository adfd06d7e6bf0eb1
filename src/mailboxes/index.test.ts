import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { openPost } from './index.ts'
import { ALICE, bytes, codeOf, fill, freshFile, made, relayTo, samplePost, text, there, uids } from './sample-post.ts'

const NOBODY = { users: [], anyAddress: false, wallMs: () => 0 }

test('what was kept is there again', async (context) => {
  const file = freshFile(context)
  const first = samplePost({ file })
  await fill(first.inbox, 'one', 'two', 'three')
  const [one, two] = first.inbox.messages
  await first.inbox.changeFlags([there(two)], { kind: 'add', flags: ['\\Seen', 'Work'] })
  await first.inbox.expunge([there(one)])
  made(await first.alice.create('Lists/a', '\\All'))
  await first.alice.subscribe('Trash', false)
  first.inbox.recentFrom(true)
  const before = { ...numbers(first.inbox), mailboxes: first.alice.mailboxes().map(numbers) }
  await first.post.close()

  const { post, alice, inbox } = samplePost({ file })
  assert.deepEqual({ ...numbers(inbox), mailboxes: alice.mailboxes().map(numbers) }, before)
  assert.deepEqual(uids(inbox.messages), [2, 3])
  assert.equal(inbox.messages[0]?.flags.text, '\\Seen Work')
  assert.deepEqual({ ...inbox.messages[0], flags: '' }, { ...two, flags: '' })
  assert.deepEqual([inbox.expungedSince(1), inbox.recentFrom(false)], [[1], 4])
  assert.equal(text(inbox.content(there(inbox.messages[1]))), 'three')
  assert.ok(!alice.subscriptions().includes('Trash'))
  assert.deepEqual(
    post.accounts().map(({ address }) => address),
    [ALICE, 'bob@island.test'],
  )
  await post.close()
})

function numbers(mailbox: Parameters<typeof fill>[0]): object {
  const { name, id, uidValidity, uidNext, highestModSeq, specialUse, unseen, deleted, storageBytes } = mailbox
  return { name, id, uidValidity, uidNext, highestModSeq, specialUse, unseen, deleted, storageBytes }
}

test('mail comes in before anybody looks at what was kept', async (context) => {
  const file = freshFile(context)
  const first = samplePost({ file })
  await fill(first.inbox, 'old')
  await first.post.close()
  const { post, alice, inbox } = samplePost({ file })
  const heard: object[] = []
  post.watch(({ message }) => heard.push(message))
  await post.take({ content: bytes('new'), deliver: [{ account: alice, head: bytes('') }] })
  assert.deepEqual(uids(inbox.messages), [1, 2])
  assert.equal(inbox.messages[1], heard[0])
  assert.deepEqual([inbox.unseen, inbox.storageBytes], [2, 6])
  await post.close()
})

test('a queue is there again, and what was under way is still so', async (context) => {
  const file = freshFile(context)
  const first = samplePost({ file })
  const relay = {
    ...relayTo('one.test', 'x@a.test', 'y@a.test'),
    envelopeId: 'e',
    returns: 'FULL' as const,
    body: 'BINARYMIME' as const,
    smtpUtf8: true,
  }
  const recipients = relay.recipients.map((one) => ({ ...one, originalRecipient: 'o', notify: ['NEVER'] as const }))
  const mail = { content: bytes('body'), deliver: [], relay: { ...relay, recipients } }
  const ids = await Promise.all([first.post.take(mail), first.post.take(mail)])
  const queue = first.post.queue('one.test')
  const [id, second] = ids.map((taken) => there(made(taken).queued))
  const [x, y] = there(queue.get(there(id))).recipients
  await queue.settle(there(id), [
    { id: there(x).id, kind: 'under-way' },
    { id: there(y).id, kind: 'deferred', nextMs: 5, lastReply: '421 no', reportedDelay: true },
  ])
  const before = queue.list()
  await first.post.close()

  const { post } = samplePost({ file })
  const again = post.queue('one.test')
  assert.deepEqual(again.list(), before)
  assert.deepEqual(
    again.list().map((one) => one.id),
    [id, second],
  )
  assert.equal(again.get(there(id))?.recipients[0]?.underWay, true)
  assert.equal(text(again.content(there(second))), 'body')
  await post.close()
})

test('numbers go on where they were', async (context) => {
  const file = freshFile(context)
  const first = samplePost({ file })
  const [message] = await fill(first.inbox, 'x')
  const gone = made(await first.alice.create('gone'))
  await first.inbox.expunge([there(message)])
  await first.alice.remove('gone')
  await first.post.close()
  const { post, alice, inbox } = samplePost({ file })
  const [next] = await fill(inbox, 'y')
  const made1 = made(await alice.create('gone'))
  assert.ok(there(next).uid > there(message).uid)
  assert.ok(there(next).contentId > there(message).contentId)
  assert.ok(made1.id > gone.id && made1.uidValidity > gone.uidValidity)
  await post.close()
})

test('contents go with the last that has them', async (context) => {
  const file = freshFile(context)
  const { post, alice, bob, inbox } = samplePost({ file })
  const relay = relayTo('one.test', 'x@a.test')
  const deliver = [alice, bob].map((account) => ({ account, head: bytes('') }))
  const { queued } = made(await post.take({ content: new Uint8Array(100_000), deliver, relay }))
  await inbox.copy(inbox.messages, there(alice.mailbox('Trash')))
  await inbox.move(inbox.messages, there(alice.mailbox('Junk')))
  await post.close()
  assert.deepEqual(rowsOf(file), [1, 1, 1])

  const second = samplePost({ file })
  const queue = second.post.queue('one.test')
  const recipient = there(queue.get(there(queued))?.recipients[0])
  made(await queue.settle(there(queued), [{ id: recipient.id, kind: 'done' }]))
  made(await second.alice.remove('Trash'))
  const junk = there(second.alice.mailbox('Junk'))
  made(await junk.expunge(junk.messages))
  await second.post.close()
  assert.deepEqual(rowsOf(file), [1, 1, 0])

  const third = samplePost({ file })
  const theirs = there(third.bob.mailbox('INBOX'))
  assert.equal(theirs.content(there(theirs.messages[0]))?.length, 100_000)
  made(await theirs.expunge(theirs.messages))
  await third.post.close()
  assert.deepEqual(rowsOf(file), [0, 0, 0])
})

/** Rows of `content`, `rest` and `shared`. */
function rowsOf(file: string): readonly number[] {
  return ['content', 'rest', 'shared'].map((table) => count(file, table))
}

function count(file: string, table: string): number {
  const database = new DatabaseSync(file, { readOnly: true })
  const row = database.prepare(`SELECT count(*) AS n FROM ${table}`).get()
  database.close()
  return Number(row?.['n'])
}

test('an ephemeral post and one without a file yet open nothing before they are asked', async (context) => {
  const file = freshFile(context)
  const post = made(openPost({ ...NOBODY, file }))
  post.queue('one.test')
  assert.deepEqual(post.accounts(), [])
  await post.close()
  assert.equal(existsSync(file), false)
})

test('two processes do not share a file', async (context) => {
  const file = freshFile(context)
  await samplePost({ file }).post.close()
  const script = `import { openPost } from './index.ts'
    openPost({ users: [], anyAddress: false, wallMs: () => 0, file: process.argv[1] })
    console.log('open'); process.stdin.resume()`
  const folder = dirname(fileURLToPath(import.meta.url))
  const child = spawn(process.execPath, ['--input-type=module-typescript', '-e', script, file], { cwd: folder })
  context.after(() => child.kill('SIGKILL'))
  await once(child.stdout, 'data')
  const second = openPost({ ...NOBODY, file })
  assert.equal(codeOf(second), 'EBUSY')
  assert.match('message' in second ? second.message : '', /another process/)
  child.kill('SIGKILL')
  await once(child, 'exit')
  assert.equal(codeOf(openPost({ ...NOBODY, file })), 'none')
})

test('a file that is no mail database is refused and left as it is', (context) => {
  const file = freshFile(context)
  writeFileSync(file, 'Dear diary, '.repeat(1000))
  assert.equal(codeOf(openPost({ ...NOBODY, file })), 'ECORRUPT')
  const other = freshFile(context)
  const database = new DatabaseSync(other)
  database.exec('CREATE TABLE diary (day TEXT)')
  database.close()
  assert.equal(codeOf(openPost({ ...NOBODY, file: other })), 'ECORRUPT')
})

test('a database of a later version is refused', async (context) => {
  const file = freshFile(context)
  await samplePost({ file }).post.close()
  const database = new DatabaseSync(file)
  database.exec('PRAGMA user_version = 99')
  database.close()
  assert.equal(codeOf(openPost({ ...NOBODY, file })), 'EVERSION')
})

test('a file that cannot be made fails what is asked, not the world', async (context) => {
  const file = freshFile(context)
  mkdirSync(`${file}/x`, { recursive: true })
  assert.equal(codeOf(openPost({ ...NOBODY, file })), 'EACCES')
  const nowhere = made(openPost({ ...NOBODY, users: [ALICE], file: `${file}/missing/mail.db` }))
  const account = there(nowhere.account(ALICE))
  assert.equal(codeOf(await account.subscribe('x', true)), 'EACCES')
})
