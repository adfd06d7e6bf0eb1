// The way of a mail, made from a record that tells of several.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Event } from '../../core/event.ts'
import type { Flow } from '../../core/flow.ts'
import { FlowRecord } from '../record/index.ts'
import { traceMail } from './trace.ts'

const HOSTS = new Map([
  ['192.0.2.200', 'laptop'],
  ['192.0.2.25', 'mail.harbor.test'],
  ['198.51.100.25', 'mail.island.test'],
])
const LAPTOP = '192.0.2.200'
const HARBOR = '192.0.2.25'
const ISLAND = '198.51.100.25'

class Story {
  readonly record = new FlowRecord(() => this.#flows)
  #flows = 0

  flow(service: string, from: string, to: string, port: number, tls = false): Flow {
    const id = ++this.#flows
    const flow: Flow = {
      id,
      transport: 'tcp',
      from: { ip: from, port: 4000 },
      to: { ip: to, port },
      service,
      openedMs: 0,
    }
    this.record.opened(flow, { verdict: 'allow', because: '' })
    if (tls) this.record.secured(flow, { version: 'TLSv1.3', cipher: '' })
    return flow
  }

  tell(flow: Flow | undefined, kind: string, detail: Event['detail'] & {}, summary = kind): void {
    this.record.event(flow, kind.split('.')[0] ?? '', { kind, summary, detail })
  }

  trace(mail?: string): readonly (readonly unknown[])[] | undefined {
    const trace = traceMail(this.record, (ip) => HOSTS.get(ip), mail)
    return trace?.steps.map(({ port, name, from, to, text }) => [port, name, from, to, text])
  }
}

/** What the services of two hosts tell of a mail from one to the other. */
function sent(story: Story, mail: string): void {
  const submission = story.flow('smtp', LAPTOP, HARBOR, 587, true)
  story.tell(submission, 'smtp.login', { user: 'alice@harbor.test', mechanism: 'PLAIN' })
  story.tell(submission, 'smtp.accepted', { mail }, '<alice@harbor.test> to bob@island.test, taken as 1A')
  story.tell(undefined, 'smtp.lookup', { mail, domain: 'island.test', answer: 'mail.island.test', port: 53 })
  const relay = story.flow('smtp', HARBOR, ISLAND, 25)
  story.tell(relay, 'smtp.accepted', { mail }, '<alice@harbor.test> to bob@island.test, taken as 2B')
  story.tell(undefined, 'smtp.relayed', { mail, host: 'mail.island.test', port: 25 })
}

test('from the laptop to the mailbox, and who read it there', () => {
  const story = new Story()
  assert.equal(story.trace(), undefined)
  sent(story, 'a@harbor.test')
  const reader = story.flow('imap', LAPTOP, ISLAND, 143)
  story.tell(reader, 'imap.fetch', { mail: 'old@harbor.test a@harbor.test' }, 'bob read 2 messages')
  assert.deepEqual(story.trace('<a@harbor.test>'), [
    [587, 'submission', 'laptop', 'mail.harbor.test', '<alice@harbor.test> to bob@island.test, taken as 1A'],
    [53, 'dns', 'mail.harbor.test', '', 'mail for island.test goes to mail.island.test'],
    [25, 'smtp', 'mail.harbor.test', 'mail.island.test', '<alice@harbor.test> to bob@island.test, taken as 2B'],
    [143, 'imap', 'laptop', 'mail.island.test', 'bob read 2 messages'],
  ])
  const [first] = traceMail(story.record, () => undefined, 'a@harbor.test')?.steps ?? []
  assert.deepEqual([first?.tls, first?.auth, first?.from], ['TLS 1.3', 'PLAIN', LAPTOP])
})

test('without a name it is the mail that was heard of last', () => {
  const story = new Story()
  sent(story, 'a@harbor.test')
  sent(story, 'b@harbor.test')
  story.tell(story.flow('pop3', LAPTOP, ISLAND, 110), 'pop3.retr', { mail: 'a@harbor.test' })
  assert.equal(traceMail(story.record, () => undefined)?.mail, 'b@harbor.test')
  assert.equal(story.trace('a@harbor.test')?.length, 4)
  assert.equal(story.trace('nobody@harbor.test'), undefined)
})

test('a mail that left the world is told by the one who sent it, and trouble as such', () => {
  const story = new Story()
  story.tell(undefined, 'smtp.relayed', { mail: 'c@harbor.test', host: 'mx.peer.test', port: 25 }, 'taken: 250 ok')
  story.record.event(undefined, 'smtp', {
    kind: 'smtp.bounced',
    summary: 'given up',
    severity: 'warning',
    detail: { mail: 'c@harbor.test' },
  })
  assert.deepEqual(story.trace(), [
    [25, 'smtp', 'smtp', 'mx.peer.test', 'taken: 250 ok'],
    [0, 'smtp', 'smtp', '', 'given up'],
  ])
  assert.equal(traceMail(story.record, () => undefined)?.steps[1]?.severity, 'warning')
})
