// What is said in the clear behind STARTTLS, before the handshake: dropped, never obeyed inside (CVE-2011-0411), and never
// part of a session that begins there. And TLS where there is none, and none where there is.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { greeted, HOST, inboxOf, mailData, MANNERS, others, plain, reach, type Service } from './mail.ts'
import { abuse, raw, toTheEnd, turnedWorld } from './world.ts'

interface Injection {
  readonly service: Service
  readonly port: number
  readonly first?: readonly [words: string, answer: RegExp]
  readonly words: string
  readonly answer: string
  /** Rides along with STARTTLS, in the same segment. */
  readonly injected: string
  /** The first question inside, and all that may come. */
  readonly question: string
  readonly reply: RegExp
}

const MAIL = 'MAIL FROM:<a@client.test>\r\nRCPT TO:<alice@harbor.test>\r\nDATA\r\nSubject: injected\r\n\r\n.\r\n'

const INJECTIONS: readonly Injection[] = [
  {
    service: 'smtp',
    port: 25,
    first: ['EHLO client.test\r\n', /^250 .*\r\n/m],
    words: 'STARTTLS\r\n',
    answer: '220 2.0.0 ready for TLS\r\n',
    injected: MAIL,
    question: 'MAIL FROM:<b@client.test>\r\n',
    reply: /^503 5\.5\.1 EHLO comes first\r\n$/,
  },
  {
    service: 'smtp',
    port: 587,
    first: ['EHLO client.test\r\n', /^250 .*\r\n/m],
    words: 'STARTTLS\r\n',
    answer: '220 2.0.0 ready for TLS\r\n',
    injected: `EHLO evil.test\r\nAUTH PLAIN ${plain('alice', 'alice')}\r\n${MAIL}`,
    question: 'MAIL FROM:<alice@harbor.test>\r\n',
    reply: /^530 5\.7\.0 a login comes first\r\n$/,
  },
  {
    service: 'imap',
    port: 143,
    words: 'a STARTTLS\r\n',
    answer: 'a OK begin TLS\r\n',
    injected: 'x LOGIN alice alice\r\ny CREATE injected\r\nz LOGIN {10}\r\n',
    question: 'b SELECT INBOX\r\n',
    reply: /^b BAD log in first\r\n$/,
  },
  {
    service: 'pop3',
    port: 110,
    words: 'STLS\r\n',
    answer: '+OK begin TLS\r\n',
    injected: 'USER alice\r\nPASS alice\r\nDELE 1\r\nQUIT\r\n',
    question: 'PASS alice\r\n',
    reply: /^-ERR USER comes before PASS\r\n$/,
  },
]

for (const { service, port, first, words, answer, injected, question, reply } of INJECTIONS) {
  test(`${service} on ${port}: commands behind ${words.trim()} in the same segment are dropped`, async (t) => {
    const { world, post } = await turnedWorld(t, mailData())
    const talk = await reach(t, world, port)
    await talk.until(MANNERS[service].greeting)
    if (first !== undefined) await talk.ask(...first)
    assert.equal(await talk.ask(words + injected), answer)
    await talk.startTls(world)
    assert.match(await talk.ask(question), reply)
    await talk.ask(...MANNERS[service].ping)
    assert.equal(talk.unread, '')
    assert.equal(inboxOf(post).messages.length, 0)
    assert.equal(post.account('alice@harbor.test')?.mailbox('injected'), undefined)
    assert.ok(world.events().every(({ kind }) => !/\.(?:login|accepted|quit)$/.test(kind)))
    if (service === 'smtp')
      assert.deepEqual(abuse(world), [`${injected.length} bytes behind STARTTLS, before TLS: dropped`])
  })

  test(`${service} on ${port}: half a command before the handshake is not the beginning of one inside`, async (t) => {
    const { world } = await turnedWorld(t, mailData())
    const talk = await reach(t, world, port)
    await talk.until(MANNERS[service].greeting)
    if (first !== undefined) await talk.ask(...first)
    assert.equal(await talk.ask(`${words}x`), answer)
    await talk.startTls(world)
    await talk.ask(...MANNERS[service].ping)
    assert.equal(talk.unread, '')
  })

  test(`${service} on ${port}: what comes in the clear after ${words.trim()} was answered is no handshake`, async (t) => {
    const { world } = await turnedWorld(t, mailData())
    const talk = await reach(t, world, port)
    await talk.until(MANNERS[service].greeting)
    if (first !== undefined) await talk.ask(...first)
    assert.equal(await talk.ask(words), answer)
    talk.send(injected)
    assert.ok((await talk.toTheEnd()).length <= ALERT_BYTES)
    assert.deepEqual(new Set(world.events().map(({ kind }) => kind)), new Set(['driver.tls']))
    await others(t, world, service)
  })
}

/** A TLS record with an alert in it. */
const ALERT_BYTES = 7

for (const [service, port, words] of [
  ['smtp', 465, 'EHLO client.test\r\n'],
  ['imap', 993, 'a CAPABILITY\r\n'],
  ['pop3', 995, 'CAPA\r\n'],
] as const) {
  test(`${service} on ${port}: plain text for TLS gets nothing, others are served`, async (t) => {
    const { world } = await turnedWorld(t, mailData())
    const socket = await raw(t, world, HOST, port)
    socket.write(words)
    assert.match(await toTheEnd(socket), /^.{0,7}$/s)
    assert.deepEqual(
      world.events().map(({ kind }) => kind),
      ['driver.tls'],
    )
    await others(t, world, service)
  })
}

for (const [service, answer] of [
  ['smtp', /^500 5\.5\.2 .*\r\n/],
  ['imap', /^\* BAD .*\r\n/],
  ['pop3', /^-ERR .*\r\n/],
] as const) {
  test(`${service}: a ClientHello in the clear is a bad command`, async (t) => {
    const { world } = await turnedWorld(t, mailData())
    const talk = await greeted(t, world, service)
    assert.match(await talk.ask('\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03\r\n'), answer)
    await talk.ask(...MANNERS[service].ping)
  })

  test(`${service}: no second TLS inside TLS`, async (t) => {
    const { world } = await turnedWorld(t, mailData())
    const talk = await greeted(t, world, service, { tls: true })
    const refused = await talk.ask(MANNERS[service].startTls[0])
    assert.match(refused, /^503 5\.5\.1 TLS runs already\r\n|^s BAD TLS is on already\r\n|^-ERR TLS is on already\r\n/)
    await talk.ask(...MANNERS[service].ping)
  })
}
