// SMTP smuggling (CVE-2023-51764 and its kin): only CRLF.CRLF ends a message. What else might be taken for an end somewhere
// is refused and goes nowhere, however it is cut into segments.

import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import type { Mailbox } from '../../src/core/post.ts'
import { startWorld } from '../../src/index.ts'
import { ALICE, BOB, inboxOf, loggedIn, mailData, MANNERS, reach, type Talk } from './mail.ts'
import { turnedWorld, type TurnedWorld } from './world.ts'

const BARE_LF = '550 5.5.2 the message has an LF without a CR before it\r\n'
const BARE_CR = '550 5.5.2 the message has a CR without an LF behind it\r\n'
const NUL = '550 5.6.0 the message has a NUL\r\n'

/** What looks like an end to some, and what it gets once the true end has come. */
const ENDS: readonly (readonly [name: string, octets: string, answer: string])[] = [
  ['LF . LF', '\n.\n', BARE_LF],
  ['LF . CRLF', '\n.\r\n', BARE_LF],
  ['CRLF . LF', '\r\n.\n', BARE_LF],
  ['CR . CR', '\r.\r', BARE_CR],
  ['CR . LF', '\r.\n', BARE_CR],
  ['LF . CR', '\n.\r', BARE_LF],
  ['CR . CRLF', '\r.\r\n', BARE_CR],
  ['CRLF . CR', '\r\n.\r', BARE_CR],
  ['CR CRLF . CR CRLF', '\r\r\n.\r\r\n', BARE_CR],
  ['LF CR . CRLF', '\n\r.\r\n', BARE_LF],
  ['CRLF . CR CR LF', '\r\n.\r\r\n', BARE_CR],
  ['CRLF NUL . CRLF', '\r\n\0.\r\n', NUL],
  ['CRLF . NUL CRLF', '\r\n.\0\r\n', NUL],
  ['CR NUL LF . CRLF', '\r\0\n.\r\n', BARE_CR],
  ['CRLF . CR NUL LF', '\r\n.\r\0\n', BARE_CR],
]

const SMUGGLED =
  'MAIL FROM:<admin@harbor.test>\r\nRCPT TO:<alice@harbor.test>\r\nDATA\r\nSubject: smuggled\r\n\r\nsmuggled\r\n.\r\n'

for (const [name, octets, answer] of ENDS) {
  const message = `Subject: outer\r\n\r\nouter${octets}${SMUGGLED}`
  test(`${name} ends no message, and goes nowhere`, async (t) => {
    const { talk, inboxes } = await withinData(t, await turnedWorld(t, mailData()))
    assert.equal(await talk.ask(message), answer)
    await quiet(talk)
    assert.deepEqual(inboxes.map(count), [0, 0])
  })

  test(`${name}, octet by octet`, async (t) => {
    const { talk, inboxes } = await withinData(t, await turnedWorld(t, mailData()))
    for (const octet of message) await talk.sent(Buffer.from(octet, 'latin1'))
    assert.equal(await talk.until(), answer)
    await quiet(talk)
    assert.deepEqual(inboxes.map(count), [0, 0])
  })
}

for (const [name, octets, answer] of ENDS) {
  test(`${name} in a chunk is refused as in DATA`, async (t) => {
    const { talk, inboxes } = await withinMail(t, await turnedWorld(t, mailData()))
    const message = `Subject: outer\r\n\r\nouter${octets}x\r\n`
    assert.equal(await talk.ask(`BDAT ${message.length} LAST\r\n${message}`), answer)
    await quiet(talk)
    assert.deepEqual(inboxes.map(count), [0, 0])
  })
}

test('an end of DATA within a chunk ends nothing: it is delivered as it came', async (t) => {
  const { talk, inboxes } = await withinMail(t, await turnedWorld(t, mailData()))
  const message = `Subject: outer\r\n\r\nouter\r\n.\r\n${SMUGGLED}`
  assert.match(await talk.ask(`BDAT ${message.length} LAST\r\n${message}`), /^250 2\.0\.0 .*\r\n$/)
  await quiet(talk)
  assert.deepEqual(inboxes.map(count), [0, 1])
  const bobs = await loggedIn(t, talk.world, 'pop3', BOB)
  const retrieved = await bobs.ask('RETR 1\r\n', /\r\n\.\r\n/m)
  assert.ok(retrieved.includes(`outer\r\n..\r\n${SMUGGLED.slice(0, 20)}`))
  assert.ok(retrieved.endsWith('smuggled\r\n..\r\n.\r\n'))
})

test('a user smuggles no more than a stranger', async (t) => {
  const { world, post } = await turnedWorld(t, mailData())
  const talk = await loggedIn(t, world, 'smtp')
  await talk.ask(`MAIL FROM:<${ALICE}>\r\n`, /^250 .*\r\n/)
  await talk.ask('RCPT TO:<someone@elsewhere.test>\r\n', /^250 .*\r\n/)
  await talk.ask('DATA\r\n', /^354 .*\r\n/)
  assert.equal(await talk.ask(`Subject: outer\r\n\r\nouter\n.\r\n${SMUGGLED}`), BARE_LF)
  assert.equal(count(inboxOf(post)), 0)
  assert.deepEqual(post.queue('mail.harbor.test').list(), [])
})

test('a command line that ends in LF alone, or has CR or NUL within, is refused', async (t) => {
  const { world } = await turnedWorld(t, mailData())
  const talk = await reach(t, world, 25)
  await talk.until()
  assert.equal(await talk.ask('NOOP\n'), '500 5.5.2 a line ends in CR LF, not in LF alone\r\n')
  assert.match(await talk.ask('NOOP a\rQUIT\r\n'), /^500 5\.5\.2 .*\r\n$/)
  assert.match(await talk.ask('NOOP a\0QUIT\r\n'), /^500 5\.5\.2 .*\r\n$/)
  await talk.ask('EHLO client.test\r\n', /^250 .*\r\n/m)
  assert.match(await talk.ask('MAIL FROM:<a@client.test\n.\r\n'), /^500 5\.5\.2 .*\r\n$/)
})

for (const [name, parameter, octets] of [
  ['an end of DATA', '', '\r\n.\r\n'],
  ['a binary message with LF . CRLF', ' BODY=BINARYMIME', '\n.\r\n'],
  ['a binary message with CRLF . CR', ' BODY=BINARYMIME', '\r\n.\r'],
  ['a binary message with CRLF NUL . CRLF', ' BODY=BINARYMIME', '\r\n\0.\r\n'],
] as const) {
  test(`${name} in a chunk is one mail at the next server too`, async (t) => {
    await using world = await startWorld()
    const talk = await loggedIn(t, world, 'smtp')
    const smuggled = SMUGGLED.replace(ALICE, 'bob@island.test')
    const message = `Subject: outer\r\n\r\nouter${octets}${smuggled}`
    await talk.ask(`MAIL FROM:<${ALICE}>${parameter}\r\n`, /^250 .*\r\n/)
    await talk.ask('RCPT TO:<bob@island.test>\r\n', /^250 .*\r\n/)
    await talk.ask(`BDAT ${message.length} LAST\r\n${message}`, /^250 .*\r\n/)
    await talk.ask(`MAIL FROM:<${ALICE}>\r\nRCPT TO:<bob@island.test>\r\nDATA\r\n`, /^354 .*\r\n/m)
    await talk.ask('Subject: last\r\n\r\nlast\r\n.\r\n', /^250 .*\r\n/)
    await world.mail.wait({ subject: 'last' })
    const outer = await world.mail.wait({ subject: 'outer' })
    assert.ok(Buffer.from(outer.raw).toString('latin1').endsWith(`outer${octets}${smuggled}`))
    assert.deepEqual(
      world.mail
        .list()
        .map(({ subject }) => subject)
        .toSorted(),
      ['last', 'outer'],
    )
  })
}

interface Within {
  readonly talk: Talk & { readonly world: TurnedWorld['world'] }
  /** Alice's and Bob's. */
  readonly inboxes: readonly Mailbox[]
}

async function withinMail(t: TestContext, { world, post }: TurnedWorld): Promise<Within> {
  const talk = await reach(t, world, 25)
  await talk.until(MANNERS.smtp.greeting)
  await talk.ask('EHLO client.test\r\n', /^250 .*\r\n/m)
  await talk.ask('MAIL FROM:<a@client.test>\r\n', /^250 .*\r\n/)
  await talk.ask(`RCPT TO:<${BOB}>\r\n`, /^250 .*\r\n/)
  return { talk: Object.assign(talk, { world }), inboxes: [inboxOf(post), inboxOf(post, BOB)] }
}

async function withinData(t: TestContext, turned: TurnedWorld): Promise<Within> {
  const within = await withinMail(t, turned)
  await within.talk.ask('DATA\r\n', /^354 .*\r\n/)
  return within
}

/** Nothing more was understood than was answered. */
async function quiet(talk: Talk): Promise<void> {
  assert.match(await talk.ask('HELP\r\n', /^214 .*\r\n/m), /^214-/)
  assert.equal(talk.unread, '')
}

function count({ messages }: Mailbox): number {
  return messages.length
}
