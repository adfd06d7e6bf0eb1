// Clients of mail servers that say nothing, or a little at a time: told so and sent away by the protocol's own timers,
// not before, and others are served meanwhile.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { HANDSHAKE_MAX_MS } from '../../src/core/limits.ts'
import { ALICE, inboxOf, loggedIn, mailData, others, put, reach, type Service } from './mail.ts'
import { turnedWorld } from './world.ts'

/** How late an IMAP server may look at a session again. */
const LOOK_MS = 1000
const SMTP_GONE = '421 4.4.2 nothing came for too long\r\n'
const OPENED = /^(?:220|\* OK|\+OK) .*\r\n/
const EHLO = ['EHLO client.test\r\n', /^250 .*\r\n/m] as const
const MAIL = ['MAIL FROM:<a@client.test>\r\n', /^250 .*\r\n/] as const
const RCPT = ['RCPT TO:<bob@harbor.test>\r\n', /^250 .*\r\n/] as const

interface Silence {
  readonly name: string
  readonly service: Service
  readonly port: number
  readonly said?: readonly (readonly [words: string, answer: RegExp])[]
  /** Sent last; no answer to it comes. */
  readonly half?: string
  readonly patienceMs: number
  readonly last: string
}

const SILENCES: readonly Silence[] = [
  { name: 'silent', service: 'smtp', port: 25, patienceMs: 300_000, last: SMTP_GONE },
  { name: 'silent', service: 'smtp', port: 587, patienceMs: 300_000, last: SMTP_GONE },
  { name: 'half a command', service: 'smtp', port: 25, half: 'EHLO', patienceMs: 300_000, last: SMTP_GONE },
  {
    name: 'a message that stops',
    service: 'smtp',
    port: 25,
    said: [EHLO, MAIL, RCPT, ['DATA\r\n', /^354 .*\r\n/]],
    half: 'Subject: a\r\n\r\nab',
    patienceMs: 300_000,
    last: SMTP_GONE,
  },
  {
    name: 'a chunk that stops',
    service: 'smtp',
    port: 25,
    said: [EHLO, MAIL, RCPT],
    half: 'BDAT 1000 LAST\r\nab',
    patienceMs: 300_000,
    last: SMTP_GONE,
  },
  { name: 'silent', service: 'imap', port: 143, patienceMs: 180_000, last: '* BYE nobody logged in for too long\r\n' },
  {
    name: 'half a login',
    service: 'imap',
    port: 143,
    half: 'a LOGIN {9',
    patienceMs: 180_000,
    last: '* BYE nobody logged in for too long\r\n',
  },
  { name: 'silent', service: 'pop3', port: 110, patienceMs: 180_000, last: '' },
  { name: 'half a command', service: 'pop3', port: 110, half: 'CAP', patienceMs: 180_000, last: '' },
]

for (const { name, service, port, said = [], half = '', patienceMs, last } of SILENCES) {
  test(`${service} on ${port}, ${name}: sent away after ${patienceMs / 1000} s, not before`, async (t) => {
    const { world, skip } = await turnedWorld(t, mailData())
    const talk = await reach(t, world, port)
    await talk.until(OPENED)
    for (const [words, answer] of said) await talk.ask(words, answer)
    talk.send(half)
    await others(t, world, service)
    skip(patienceMs - 1)
    await others(t, world, service)
    assert.equal(talk.unread, '')
    assert.equal(world.flows()[0]?.end, undefined)
    skip(1)
    assert.equal(await talk.toTheEnd(), last)
  })
}

for (const [service, port, words, answer] of [
  ['smtp', 587, 'STARTTLS\r\n', /^220 .*\r\n/],
  ['smtp', 465, '', undefined],
  ['imap', 143, 'a STARTTLS\r\n', /^a OK .*\r\n/],
  ['imap', 993, '', undefined],
  ['pop3', 110, 'STLS\r\n', /^\+OK .*\r\n/],
  ['pop3', 995, '', undefined],
] as const) {
  for (const half of ['', '\x16\x03\x01\x02\0\x01']) {
    test(`${service} on ${port}: a handshake that stalls ${half === '' ? 'at once' : 'half-way'} ends after ${HANDSHAKE_MAX_MS / 1000} s`, async (t) => {
      const { world, skip, opened } = await turnedWorld(t, mailData())
      const talk = await reach(t, world, port)
      await opened(1)
      if (answer !== undefined) {
        await talk.until(OPENED)
        await talk.ask(words, answer)
      }
      talk.send(half)
      await others(t, world, service)
      skip(HANDSHAKE_MAX_MS - 1)
      await others(t, world, service)
      assert.equal(world.flows()[0]?.end, undefined)
      skip(1)
      assert.equal(await talk.toTheEnd(), '')
      assert.deepEqual(
        world.events().flatMap(({ kind, summary }) => (kind === 'driver.tls' ? [summary] : [])),
        ['TLS failed: TLS handshake took too long'],
      )
    })
  }
}

test('smtp: a message has an hour, however it drips', async (t) => {
  const { world, skip } = await turnedWorld(t, mailData())
  const talk = await reach(t, world, 25)
  await talk.until(OPENED)
  for (const [words, answer] of [EHLO, MAIL, RCPT]) await talk.ask(words, answer)
  await talk.ask('DATA\r\n', /^354 .*\r\n/)
  for (let minute = 0; minute < 60; minute += 4) {
    talk.send('x')
    await others(t, world, 'smtp')
    assert.equal(talk.unread, '')
    skip(240_000)
  }
  assert.equal(await talk.toTheEnd(), SMTP_GONE)
})

test('smtp: a command that drips is silence', async (t) => {
  const { world, skip } = await turnedWorld(t, mailData())
  const talk = await reach(t, world, 25)
  await talk.until(OPENED)
  for (const octet of 'EHLO') {
    talk.send(octet)
    await others(t, world, 'smtp')
    assert.equal(talk.unread, '')
    skip(75_000)
  }
  assert.equal(await talk.toTheEnd(), SMTP_GONE)
})

test('pop3: three minutes to a login, whatever is said meanwhile', async (t) => {
  const { world, skip } = await turnedWorld(t, mailData())
  const talk = await reach(t, world, 110)
  await talk.until(OPENED)
  for (let asked = 0; asked < 3; asked++) {
    await talk.ask('CAPA\r\n', /^\.\r\n/m)
    skip(60_000)
  }
  assert.equal(await talk.toTheEnd(), '')
})

test('imap: three minutes to a login, whatever is said meanwhile', async (t) => {
  const { world, skip } = await turnedWorld(t, mailData())
  const talk = await reach(t, world, 143)
  await talk.until(OPENED)
  for (let asked = 0; asked < 3; asked++) {
    await talk.ask('a CAPABILITY\r\n', /^a OK .*\r\n/m)
    skip(60_000)
  }
  assert.equal(await talk.toTheEnd(), '* BYE nobody logged in for too long\r\n')
})

test('pop3: ten minutes of silence end a session, and what it marked stays', async (t) => {
  const { world, skip, post } = await turnedWorld(t, mailData())
  await put(inboxOf(post), Buffer.from('Subject: a\r\n\r\na\r\n'))
  const talk = await loggedIn(t, world, 'pop3')
  await talk.ask('DELE 1\r\n', /^\+OK .*\r\n/)
  skip(599_999)
  await talk.ask('NOOP\r\n', /^\+OK .*\r\n/)
  skip(599_999)
  await others(t, world, 'pop3')
  assert.equal(world.flows()[0]?.end, undefined)
  skip(1)
  assert.equal(await talk.toTheEnd(), '')
  assert.equal(inboxOf(post, ALICE).messages.length, 1)
  await (await loggedIn(t, world, 'pop3')).ask('STAT\r\n', /^\+OK 1 .*\r\n/)
})

for (const [name, words, answer] of [
  ['silence', 'a SELECT INBOX\r\n', /^a OK .*\r\n/m],
  ['IDLE', 'a SELECT INBOX\r\nb IDLE\r\n', /^\+ .*\r\n/m],
] as const) {
  test(`imap: half an hour of ${name} ends a session`, async (t) => {
    const { world, skip } = await turnedWorld(t, mailData())
    const talk = await loggedIn(t, world, 'imap')
    await talk.ask(words, answer)
    skip(1_799_999)
    await others(t, world, 'imap')
    assert.equal(talk.unread, '')
    skip(LOOK_MS)
    assert.equal(await talk.toTheEnd(), '* BYE nothing was said for too long\r\n')
  })
}
