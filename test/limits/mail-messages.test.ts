// Messages that are too large, too many at a time, for too many, or have come round too often: what SMTP answers, and that
// nothing of them is kept, neither in memory nor in a mailbox.

import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import type { RunningWorld } from '../../src/index.ts'
import { ALICE, BOB, inboxOf, loggedIn, mailData, others, reach, type Talk } from './mail.ts'
import { abuse, bytesInUse, turnedWorld } from './world.ts'

const TOO_BIG = '552 5.3.4 the message is larger than is taken here\r\n'
const NO_ROOM = '452 4.3.1 no room now: try again later\r\n'
const OK = /^250 .*\r\n/
const MIB = 1024 * 1024
const PIECE = Buffer.alloc(MIB, `${'x'.repeat(998)}\r\n`)
/** Of whatever else a world does while megabytes pass through it. */
const NOISE_MAX_BYTES = 3 * MIB

async function greeted(t: TestContext, world: RunningWorld): Promise<Talk> {
  const talk = await reach(t, world, 25)
  await talk.until()
  await talk.ask('EHLO client.test\r\n', /^250 .*\r\n/m)
  return talk
}

async function begun(t: TestContext, world: RunningWorld): Promise<Talk> {
  const talk = await greeted(t, world)
  await talk.ask('MAIL FROM:<a@client.test>\r\n', OK)
  await talk.ask(`RCPT TO:<${BOB}>\r\n`, OK)
  return talk
}

test('a size that is announced and too large is refused before anything is sent', async (t) => {
  const { world } = await turnedWorld(t, mailData())
  const talk = await greeted(t, world)
  assert.equal(await talk.ask('MAIL FROM:<a@client.test> SIZE=26214401\r\n'), TOO_BIG)
  assert.equal(await talk.ask('MAIL FROM:<a@client.test> SIZE=99999999999999999999\r\n'), TOO_BIG)
  await talk.ask('MAIL FROM:<a@client.test> SIZE=26214400\r\n', OK)
})

for (const by of ['DATA', 'BDAT'] as const) {
  test(`${by}: 64 MiB where 1 MiB is taken: read to the end, refused, and nothing kept`, async (t) => {
    const { world, post } = await turnedWorld(t, mailData({ smtp: { message: '1MiB' } }))
    const talk = await begun(t, world)
    if (by === 'DATA') await talk.ask('DATA\r\n', /^354 .*\r\n/)
    else talk.send(`BDAT ${64 * MIB} LAST\r\n`)
    await talk.sent(PIECE)
    await talk.sent(PIECE)
    const before = bytesInUse()
    for (let sent = 2; sent < 63; sent++) await talk.sent(PIECE)
    await others(t, world, 'smtp')
    const grown = bytesInUse() - before
    assert.ok(grown < NOISE_MAX_BYTES, `${grown} bytes`)
    await talk.sent(PIECE)
    assert.equal(await (by === 'DATA' ? talk.ask('\r\n.\r\n') : talk.until()), TOO_BIG)
    assert.equal(inboxOf(post, BOB).messages.length, 0)
    await talk.ask('MAIL FROM:<a@client.test>\r\n', OK)
  })
}

test('BDAT of 4 GB and more: nothing is set aside for what was only announced', async (t) => {
  const { world } = await turnedWorld(t, mailData())
  const before = bytesInUse()
  for (const size of ['4294967295', '4294967296', '999999999999999']) {
    const talk = await begun(t, world)
    talk.send(`BDAT ${size} LAST\r\nx`)
  }
  for (let more = 0; more < 30; more++) (await begun(t, world)).send('BDAT 26000000 LAST\r\nx')
  await others(t, world, 'smtp')
  const grown = bytesInUse() - before
  assert.ok(grown < NOISE_MAX_BYTES, `${grown} bytes`)
})

test('BDAT of more than can be counted ends the connection: what follows it cannot be told from commands', async (t) => {
  const { world } = await turnedWorld(t, mailData())
  const talk = await begun(t, world)
  talk.send('BDAT 9999999999999999 LAST\r\nRSET\r\n')
  assert.equal(await talk.toTheEnd(), '501 5.5.4 BDAT takes a number of octets, and perhaps LAST\r\n')
})

test('all messages on their way have so much room; who comes when it is used up is told to come later', async (t) => {
  const { world, post } = await turnedWorld(t, mailData({ smtp: { limits: { 'in-flight': '1MiB' } } }))
  const first = await begun(t, world)
  await first.ask('DATA\r\n', /^354 .*\r\n/)
  await first.sent(PIECE.subarray(0, 900_000))
  const second = await greeted(t, world)
  assert.equal(await second.ask('MAIL FROM:<b@client.test> SIZE=900000\r\n'), NO_ROOM)
  await second.ask('MAIL FROM:<b@client.test>\r\n', OK)
  await second.ask(`RCPT TO:<${ALICE}>\r\n`, OK)
  await second.ask('DATA\r\n', /^354 .*\r\n/)
  await second.sent(PIECE)
  assert.equal(await second.ask('\r\n.\r\n'), NO_ROOM)
  await first.ask('\r\n.\r\n', OK)
  assert.deepEqual([inboxOf(post).messages.length, inboxOf(post, BOB).messages.length], [0, 1])
  await second.ask('MAIL FROM:<b@client.test> SIZE=900000\r\n', OK)
  await second.ask(`RCPT TO:<${ALICE}>\r\n`, OK)
  await second.ask('DATA\r\n', /^354 .*\r\n/)
  await second.ask('Subject: a\r\n\r\na\r\n.\r\n', OK)
})

test('who hangs up within a message gives its room back', async (t) => {
  const { world } = await turnedWorld(t, mailData({ smtp: { limits: { 'in-flight': '1MiB' } } }))
  for (let times = 0; times < 5; times++) {
    const talk = await begun(t, world)
    await talk.ask('DATA\r\n', /^354 .*\r\n/)
    await talk.sent(PIECE.subarray(0, 900_000))
    await (await greeted(t, world)).ask('NOOP\r\n', OK)
    talk.close()
    while (world.flows()[times * 3]?.end === undefined) await new Promise((resolve) => setImmediate(resolve))
    await (await greeted(t, world)).ask('MAIL FROM:<a@client.test> SIZE=1000000\r\n', OK)
  }
})

test('a thousand recipients, and no more; the mail goes to those that were taken', async (t) => {
  const { world, post } = await turnedWorld(t, mailData())
  const talk = await greeted(t, world)
  await talk.ask('MAIL FROM:<a@client.test>\r\n', OK)
  for (let recipient = 0; recipient < 1000; recipient++)
    await talk.ask(`RCPT TO:<bob+${recipient}@harbor.test>\r\n`, OK)
  for (let recipient = 0; recipient < 3; recipient++)
    assert.equal(await talk.ask(`RCPT TO:<${ALICE}>\r\n`), '452 4.5.3 no more recipients for this mail\r\n')
  await talk.ask('DATA\r\n', /^354 .*\r\n/)
  await talk.ask('Subject: a\r\n\r\na\r\n.\r\n', OK)
  assert.equal(inboxOf(post).messages.length, 0)
  assert.ok(inboxOf(post, BOB).messages.length > 0)
})

test('names that nobody has are tried out 200 times, then the connection ends', async (t) => {
  const { world } = await turnedWorld(t, mailData())
  const talk = await greeted(t, world)
  await talk.ask('MAIL FROM:<a@client.test>\r\n', OK)
  for (let tried = 0; tried < 200; tried++) {
    const address = `name${tried}@harbor.test`
    assert.equal(await talk.ask(`RCPT TO:<${address}>\r\n`), `550 5.1.1 nobody here is called ${address}\r\n`)
  }
  talk.send('RCPT TO:<one.more@harbor.test>\r\nRSET\r\n')
  assert.equal(await talk.toTheEnd(), '421 4.7.0 too many mistakes\r\n')
  assert.deepEqual(abuse(world), ['dismissed: too many mistakes'])
  await others(t, world, 'smtp')
})

test('nothing is relayed for strangers', async (t) => {
  const { world, post } = await turnedWorld(t, mailData())
  const talk = await greeted(t, world)
  await talk.ask('MAIL FROM:<a@client.test>\r\n', OK)
  for (const to of [
    'x@elsewhere.test',
    'x%elsewhere.test@[192.0.2.1]',
    '@harbor.test:x@elsewhere.test',
    '"x@elsewhere.test"@elsewhere.test',
  ])
    assert.match(await talk.ask(`RCPT TO:<${to}>\r\n`), /^550 5\.7\.1 no mail for .* is relayed for strangers\r\n$/, to)
  assert.match(await talk.ask('RCPT TO:<x%elsewhere.test@harbor.test>\r\n'), /^550 5\.1\.1 .*\r\n$/)
  assert.match(await talk.ask('RCPT TO:<elsewhere.test!x@harbor.test>\r\n'), /^550 5\.1\.1 .*\r\n$/)
  assert.deepEqual(post.queue('mail.harbor.test').list(), [])
})

test('a mail that has come round too often is refused', async (t) => {
  const { world, post } = await turnedWorld(t, mailData())
  const talk = await begun(t, world)
  await talk.ask('DATA\r\n', /^354 .*\r\n/)
  const hop = 'Received: from a.test by b.test; Thu, 1 Jan 2026 00:00:00 +0000\r\n'
  assert.equal(await talk.ask(`${hop.repeat(51)}\r\na\r\n.\r\n`), '554 5.4.6 the mail goes round in circles\r\n')
  assert.equal(inboxOf(post, BOB).messages.length, 0)
})

test('a header of 10 MiB, a field of 100,000 lines and a line of 5 MiB are mail like any other', async (t) => {
  const { world, post } = await turnedWorld(t, mailData())
  const talk = await loggedIn(t, world, 'smtp')
  const awkward = [
    `${`X-A: ${'a'.repeat(1000)}\r\n`.repeat(10_000)}\r\nbody\r\n`,
    `Subject: a\r\n${' folded\r\n'.repeat(100_000)}\r\nbody\r\n`,
    `Subject: a\r\n\r\n${'x'.repeat(5 * MIB)}\r\n`,
    `To: ${'<a@b.test>, '.repeat(100_000)}<c@d.test>\r\n\r\nbody\r\n`,
  ]
  for (const [at, message] of awkward.entries()) {
    await talk.ask(`MAIL FROM:<${ALICE}>\r\n`, OK)
    await talk.ask(`RCPT TO:<${BOB}>\r\n`, OK)
    await talk.ask('DATA\r\n', /^354 .*\r\n/)
    await talk.ask(`${message}.\r\n`, OK)
    const inbox = inboxOf(post, BOB)
    const content = Buffer.from(inbox.content(inbox.messages[at]!) ?? []).toString('latin1')
    assert.ok(content.endsWith(message), `message ${at}`)
  }
})
