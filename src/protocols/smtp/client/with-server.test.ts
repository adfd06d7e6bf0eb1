// The client and our own server, joined in memory: each port's way in, and what the mailbox then holds.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { mailWorld } from '../../../../test/conformance/mail-world.ts'
import type { Post } from '../../../core/post.ts'
import { serve } from '../../../sim/index.ts'
import { smtp } from '../index.ts'
import { SmtpClient, type Outcomes, type OutgoingMail, type SmtpClientOptions } from './index.ts'

const IP = '198.51.100.1'
const LOGIN = { user: 'bob', password: 'bob' }
const MAIL: OutgoingMail = {
  sender: 'bob@harbor.test',
  recipients: [{ address: 'alice@harbor.test' }],
  content: Buffer.from('From: bob@harbor.test\r\nSubject: dots\r\n\r\n.\r\n..\r\nend\r\n'),
}

interface Sent {
  readonly outcomes: Outcomes
  readonly told: readonly string[]
  readonly inbox: readonly string[]
}

async function send(port: number, mail: Partial<OutgoingMail>, options: Partial<SmtpClientOptions>): Promise<Sent> {
  const { view, post } = await mailWorld(IP, 'smtp')
  const served = await serve(smtp, { config: { authenticate: 'off', sign: false }, world: view })
  const outcomes: Outcomes[] = []
  const told: string[] = []
  const exchange = { mail: { ...MAIL, ...mail }, answered: (result: Outcomes) => void outcomes.push(result) }
  const hear = { told: (from: string, line: string) => void told.push(`${from} ${line}`) }
  const io = served.plane.serviceIo('smtp', ['192.0.2.9'], served.gate, () => {})
  const serverName = 'mail.harbor.test'
  io.connect({ ip: IP, port }, (io) => {
    return new SmtpClient(io, { name: 'mail.island.test', serverName, ...hear, ...options }, [exchange])
  })
  for (let turn = 0; turn < 5; turn++) {
    await served.plane.settled()
    // A bad login is answered late.
    served.plane.advance(5000)
  }
  await served.stop()
  return { outcomes: outcomes[0] ?? [], told, inbox: inboxOf(post) }
}

function inboxOf(post: Post): string[] {
  const inbox = post.account('alice@harbor.test')?.mailbox('INBOX')
  return (inbox?.messages ?? []).map((message) => Buffer.from(inbox?.content(message) ?? '').toString())
}

for (const [what, port, options] of [
  ['25, TLS as offered', 25, {}],
  ['25, without TLS', 25, { tls: 'never' }],
  ['587, STARTTLS and a login', 587, { tls: 'required', login: LOGIN }],
  ['465, TLS from the start and a login', 465, { tls: 'implicit', login: LOGIN }],
] as const) {
  test(`port ${what}`, async () => {
    const { outcomes, inbox, told } = await send(port, {}, options)
    assert.deepEqual(
      outcomes.map((outcome) => outcome.kind),
      ['accepted'],
      told.join('\n'),
    )
    assert.ok(inbox[0]?.endsWith('\r\n\r\n.\r\n..\r\nend\r\n'), inbox[0])
    const secured = told.some((line) => line.startsWith('client STARTTLS')) || port === 465
    assert.equal(secured, !('tls' in options && options.tls === 'never'))
  })
}

test('what only one of two recipients may have', async () => {
  const recipients = [{ address: 'nobody@harbor.test' }, { address: 'alice@harbor.test' }, { address: 'x@island.test' }]
  const { outcomes, inbox } = await send(25, { recipients }, {})
  assert.deepEqual(
    outcomes.map((outcome) => (outcome.kind === 'lost' ? 'lost' : outcome.reply.enhanced)),
    ['5.1.1', '2.0.0', '5.7.1'],
  )
  assert.equal(inbox.length, 1)
})

test('large and binary content arrives as it was', async () => {
  const content = Buffer.concat([Buffer.from('Subject: x\r\n\r\n'), Buffer.alloc(400_000, '\0\r\n.\n\xff', 'latin1')])
  const { outcomes, inbox } = await send(25, { content }, { tls: 'never' })
  assert.equal(outcomes[0]?.kind, 'accepted')
  assert.ok(inbox[0]?.includes(content.toString()))
})

test('a wrong password', async () => {
  const { outcomes } = await send(587, {}, { login: { user: 'bob', password: 'wrong' } })
  const [first] = outcomes
  assert.ok(first?.kind === 'lost' && first.why.failure.code === 'EAUTH')
})
