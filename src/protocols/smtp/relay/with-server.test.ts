// The relay of one host and the server of another, with mail in a real store between them.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as v from 'valibot'
import { failure, isConfigError, isFailure } from '../../../core/failure.ts'
import type { NewRecipient, Post } from '../../../core/post.ts'
import type { WorldView } from '../../../core/world-view.ts'
import { openPost } from '../../../mailboxes/index.ts'
import { lonelyWorld, OpenGate, SimPlane } from '../../../sim/index.ts'
import { smtp } from '../index.ts'
import { relaySettings, startRelay } from './index.ts'

const HARBOR_IP = '198.51.100.1'
const ISLAND_IP = '198.51.100.2'
const CONTENT = Buffer.from('From: alice@harbor.test\r\nMessage-ID: <1@harbor.test>\r\n\r\n.hello\r\n')

function hostView(post: Post, domain: string, ip: string): WorldView {
  const lonely = lonelyWorld([ip], 'smtp')
  return {
    ...lonely,
    host: { ...lonely.host, name: `mail.${domain}` },
    post,
    takesMailFor: (asked) => asked === domain,
    openResolver: (_io, opened) =>
      opened({
        resolve(name, type, then) {
          if (type === 'MX' && name === 'island.test') then([['10', 'mail.island.test']])
          else if (type === 'A' && name === 'mail.island.test') then([[ISLAND_IP]])
          else then(failure('ENODATA', `${name} has no ${type}`))
        },
      }),
  }
}

/** What each of the two finds in the inbox. */
async function relayed(
  recipients: readonly NewRecipient[],
): Promise<{ alice: string[]; bob: string[]; gate: OpenGate }> {
  const plane = new SimPlane()
  const gate = new OpenGate()
  const users = ['alice@harbor.test', 'bob@island.test']
  const post = openPost({ users, anyAddress: false, wallMs: () => plane.wallMs() })
  assert.ok(!isFailure(post))
  const config = smtp.config.parse({ authenticate: 'off', 'submission-port': false, 'secure-port': false })
  assert.ok(!isConfigError(config))
  const island = plane.serviceIo('smtp', [ISLAND_IP], gate, () => {})
  for (const listen of smtp.start(island, config, hostView(post, 'island.test', ISLAND_IP)).listens) {
    const at = { ip: ISLAND_IP, port: listen.port }
    if (listen.transport === 'tcp') await plane.listenStream(listen, { at, service: 'smtp' }, gate)
  }
  const harbor = plane.serviceIo('smtp', [HARBOR_IP], gate, (timer) => relay.woke(timer))
  const settings = v.parse(relaySettings, undefined)
  const accountFor = (address: string) => post.account(address)
  const relay = startRelay(harbor, hostView(post, 'harbor.test', HARBOR_IP), { settings, accountFor })
  const envelope = { sender: 'alice@harbor.test', body: '7BIT', smtpUtf8: false, messageId: '1@harbor.test' } as const
  await post.take({ content: CONTENT, deliver: [], relay: { host: 'mail.harbor.test', ...envelope, recipients } })
  for (let turn = 0; turn < 10; turn++) await plane.settled()
  assert.deepEqual(post.queue('mail.harbor.test').list(), [])
  const inboxOf = (address: string): string[] => {
    const inbox = post.account(address)?.mailbox('INBOX')
    return (inbox?.messages ?? []).map((message) => Buffer.from(inbox?.content(message) ?? '').toString())
  }
  return { alice: inboxOf('alice@harbor.test'), bob: inboxOf('bob@island.test'), gate }
}

test('a mail crosses over, by TLS', async () => {
  const { alice, bob, gate } = await relayed([{ address: 'bob@island.test' }])
  assert.equal(bob.length, 1)
  assert.ok(bob[0]?.endsWith(CONTENT.toString()))
  assert.deepEqual(alice, [])
  const event = gate.events.find(({ kind }) => kind === 'smtp.relayed')
  assert.equal(event?.detail?.['tls'], true)
  assert.equal(event?.detail?.['host'], 'mail.island.test')
})

test('one who is not known there comes back as a report', async () => {
  const { alice, bob } = await relayed([{ address: 'bob@island.test' }, { address: 'nobody@island.test' }])
  assert.equal(bob.length, 1)
  assert.equal(alice.length, 1)
  assert.match(
    alice[0] ?? '',
    /\r\nFinal-Recipient: rfc822; nobody@island\.test\r\nAction: failed\r\nStatus: 5\.1\.1\r\n/,
  )
})
