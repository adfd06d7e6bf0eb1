// The desk over a post: what is listed, found, opened and waited for.

import assert from 'node:assert/strict'
import { getEventListeners } from 'node:events'
import { test } from 'node:test'
import { isFailure } from '../../core/failure.ts'
import type { Post } from '../../core/post.ts'
import { openPost } from '../../mailboxes/index.ts'
import { FlowRecord } from '../record/index.ts'
import { mailCalls } from './calls.ts'
import { MailDesk, type Lying } from './desk.ts'
import type { MailFilter, MailWait } from './mail.ts'

const ALICE = 'alice@harbor.test'
const BOB = 'bob@island.test'

interface Scene {
  readonly post: Post
  readonly desk: MailDesk
  /** Delivers a mail to each of the accounts. */
  send(subject: string, to: readonly string[], more?: string): Promise<void>
  subjects(filter: MailFilter): readonly string[]
}

function scene(): Scene {
  let ms = 0
  const post = openPost({ users: [ALICE, BOB], anyAddress: false, wallMs: () => ++ms })
  assert.ok(!isFailure(post))
  const desk = new MailDesk(post, [ALICE, BOB])
  return {
    post,
    desk,
    send: async (subject, to, more = '') => {
      const content = Buffer.from(
        `Message-ID: <${subject}@harbor.test>\r\nFrom: Alice <${ALICE}>\r\nTo: team@harbor.test\r\nSubject: ${subject}\r\n${more}\r\nbody of ${subject}\r\n`,
      )
      const deliver = to.flatMap((address) => {
        const account = post.account(address)
        return account === undefined ? [] : [{ account, head: Buffer.from(`Delivered-To: ${address}\r\n`) }]
      })
      assert.ok(!isFailure(await post.take({ content, deliver })))
    },
    subjects: (filter) => told(desk.list(filter), desk),
  }
}

function told(lying: readonly Lying[], desk: MailDesk): string[] {
  return lying.map((one) => `${desk.summary(one).subject} ${one.account.address.split('@')[0] ?? ''}`)
}

const wanted = (more: Partial<MailWait>): MailWait => ({ count: 1, timeoutMs: 0, onlyNew: false, ...more })

test('lists what arrived, in order, and what of it is wanted', async () => {
  const { post, send, subjects } = scene()
  assert.deepEqual(subjects({}), [])
  await send('first', [ALICE])
  await send('second', [ALICE, BOB])
  await post
    .account(ALICE)
    ?.mailbox('Sent')
    ?.append([{ content: Buffer.from('Subject: second\r\n\r\n'), flags: [] }])
  assert.deepEqual(subjects({}), ['first alice', 'second alice', 'second bob'])
  assert.deepEqual(subjects({ to: 'BOB@island.test' }), ['second bob'])
  assert.deepEqual(subjects({ to: '@island.test' }), ['second bob'])
  assert.deepEqual(subjects({ to: 'team@harbor.test' }), ['first alice', 'second alice', 'second bob'])
  assert.deepEqual(subjects({ subject: 'SEC', from: ALICE }), ['second alice', 'second bob'])
  assert.deepEqual(subjects({ from: 'lice@harbor.test' }), [])
  assert.deepEqual(subjects({ from: '@harbor.test', subject: 'first' }), ['first alice'])
  assert.deepEqual(subjects({ mailbox: 'sent' }), ['second alice'])
  assert.equal(subjects({ mailbox: '*' }).length, 4)
})

test('finds a mail by number, by Message-ID, and the last one', async () => {
  const { desk, send } = scene()
  assert.equal(desk.find(''), undefined)
  await send('one', [ALICE])
  await send('two', [BOB])
  const subjectOf = (which: string) => {
    const lying = desk.find(which)
    return lying && desk.summary(lying).subject
  }
  assert.deepEqual(['1', '2', '3', '', '<one@harbor.test>', 'two@harbor.test', 'x'].map(subjectOf), [
    'one',
    'two',
    undefined,
    'two',
    'one',
    'two',
    undefined,
  ])
})

test('waits for mail that comes, and takes what is there unless only new mail counts', async () => {
  const { desk, send } = scene()
  await send('old', [BOB])
  assert.deepEqual(told(await desk.wait(wanted({ to: BOB })), desk), ['old bob'])
  const fresh = desk.wait(wanted({ to: BOB, onlyNew: true, timeoutMs: 60_000 }))
  await send('other', [ALICE])
  await send('fresh', [BOB])
  assert.deepEqual(told(await fresh, desk), ['fresh bob'])
  const both = desk.wait(wanted({ subject: 'more', count: 2, timeoutMs: 60_000 }))
  await send('more', [ALICE])
  await send('still more', [ALICE])
  await send('too much more', [ALICE])
  assert.deepEqual(told(await both, desk), ['more alice', 'still more alice'])
})

test('mail to two is for each in their own mailbox only, also before anything came', async () => {
  const { desk, send } = scene()
  const waiting = desk.wait(wanted({ to: BOB, timeoutMs: 60_000 }))
  await send('for alice', [ALICE], `Cc: ${BOB}\r\n`)
  await send('for bob', [BOB])
  assert.deepEqual(told(await waiting, desk), ['for bob bob'])
})

test('a wait ends with its time or with who waits, and hears no more then', async () => {
  const { desk, send } = scene()
  await send('one', [BOB])
  assert.deepEqual(told(await desk.wait(wanted({ count: 2, timeoutMs: 1 })), desk), ['one bob'])
  const gone = new AbortController()
  const waiting = desk.wait(wanted({ subject: 'never', timeoutMs: 60_000 }), gone.signal)
  gone.abort()
  assert.deepEqual(await waiting, [])
  assert.deepEqual(await desk.wait(wanted({ subject: 'never', timeoutMs: 60_000 }), gone.signal), [])
})

test('nothing listens any more once a wait is over', async () => {
  const { post, send } = scene()
  let watching = 0
  const counted: Post = {
    account: (address) => post.account(address),
    accounts: () => post.accounts(),
    take: (mail) => post.take(mail),
    queue: (host) => post.queue(host),
    watch: (hear) => {
      const stop = post.watch(hear)
      watching++
      return () => {
        watching--
        stop()
      }
    },
  }
  const desk = new MailDesk(counted, [])
  const { signal } = new AbortController()
  const waiting = desk.wait(wanted({ timeoutMs: 60_000 }), signal)
  assert.equal(watching, 1)
  await send('one', [BOB])
  await waiting
  await desk.wait(wanted({ subject: 'never' }), signal)
  assert.equal(watching, 0)
  assert.equal(getEventListeners(signal, 'abort').length, 0)
})

test('a mail that was removed before it was told of is not told of', async () => {
  const { post, desk, send } = scene()
  const waiting = desk.wait(wanted({ count: 2, timeoutMs: 60_000 }))
  await send('gone', [BOB])
  const inbox = post.account(BOB)?.mailbox('INBOX')
  await inbox?.expunge(inbox.messages)
  await send('stays', [BOB])
  assert.deepEqual(told(await waiting, desk), ['stays bob'])
})

const ATTACHED = [
  'Content-Type: multipart/mixed; boundary=b',
  '',
  '--b',
  '',
  'text',
  '--b',
  'Content-Disposition: attachment; filename=a.bin',
  'Content-Transfer-Encoding: base64',
  '',
  'AAEC',
  '--b--',
].join('\r\n')

test('what the control socket answers', async () => {
  const { post, send } = scene()
  const calls = mailCalls({
    post,
    record: new FlowRecord(() => 0),
    state: { nameOf: () => undefined },
    world: { users: [] },
  })
  assert.deepEqual(calls.mail(''), { refused: 'no mail has arrived' })
  assert.deepEqual(calls.trace(''), { refused: 'no mail was heard of' })
  await send('one', [BOB], ATTACHED)
  const [summary] = calls.mails({})
  assert.deepEqual(summary?.attachments, [{ number: 1, name: 'a.bin', type: 'text/plain', size: 3 }])
  assert.deepEqual(
    [summary?.from, summary?.to, summary?.mailbox, summary?.uid],
    [ALICE, ['team@harbor.test'], 'INBOX', 1],
  )
  const mail = calls.mail('1')
  assert.ok(!('refused' in mail))
  assert.equal(mail.text, 'text')
  assert.deepEqual(mail.headers[0], ['Delivered-To', BOB])
  assert.equal(calls.mailBytes('1', 1), 'AAEC')
  assert.deepEqual(calls.mailBytes('1', 2), { refused: 'this mail has 1 attachments, and 2 is none of them' })
  assert.deepEqual(calls.mailBytes('7', 1), { refused: 'there is no mail 7' })
  const raw = calls.mailBytes('<one@harbor.test>', undefined)
  assert.ok(
    typeof raw === 'string' && Buffer.from(raw, 'base64').toString().startsWith(`Delivered-To: ${BOB}\r\nMessage-ID`),
  )
  const [waited] = await calls.awaitMail(wanted({ subject: 'one' }), new AbortController().signal)
  assert.equal(waited?.text, 'text')
})
