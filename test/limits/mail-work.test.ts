// Commands that ask for far more than they say: the same large message two hundred times over, a thousand texts looked for in
// it, megabytes inflated out of nothing. Done piece by piece, with bounded memory, and others have their turn in between.

import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { constants, deflateRawSync, inflateRawSync } from 'node:zlib'
import type { RunningWorld } from '../../src/index.ts'
import { greeted, inboxOf, loggedIn, mailData, put, type Talk } from './mail.ts'
import { bytesInUse, turnedWorld } from './world.ts'

const MIB = 1024 * 1024
const MESSAGE_BYTES = 2 * MIB
const BASE64 = 'QUJD'.repeat(19)
const LARGE = `Content-Type: application/octet-stream\r\nContent-Transfer-Encoding: base64\r\n\r\n${`${BASE64}\r\n`.repeat(MESSAGE_BYTES / 78)}`
const LONG_HEADER = `X: ${'y\r\n y'.repeat(MESSAGE_BYTES / 5)}\r\n\r\n`
/** What a command may hold: the message, one item made of it, what of that is on its way, and noise. */
const HELD_MAX_BYTES = 4 * MESSAGE_BYTES
/** What the process may grow by, all that TLS holds included: a third of what the items come to. */
const RESIDENT_MAX_BYTES = 128 * MIB
/** Others that are served while one command runs: with its turns they come to many, without to none or one. */
const SERVED_MIN = 3

const partials = (item: string) => Array.from({ length: 190 }, (_, at) => `${item}<${at}.${MESSAGE_BYTES}>`).join(' ')

for (const [name, content, items] of [
  ['BODY[]', LARGE, 'BODY[] '.repeat(190)],
  ['partial BODY[]', LARGE, partials('BODY[]')],
  ['BINARY[1]', LARGE, 'BINARY[1] '.repeat(190)],
  ['partial BINARY[1]', LARGE, partials('BINARY[1]')],
  ['BODY[HEADER.FIELDS.NOT]', LONG_HEADER, 'BODY[HEADER.FIELDS.NOT (Subject)] '.repeat(190)],
] as const) {
  for (const tls of [false, true]) {
    test(`190 times ${name} of one message${tls ? ', under TLS' : ''}, for a client that reads nothing`, async (t) => {
      const { world, talk } = await selected(t, content, tls)
      talk.pause()
      const before = bytesInUse()
      const rss = process.memoryUsage.rss()
      talk.send(`c FETCH 1 (${items.trim()})\r\n`)
      for (let round = 0; round < 10; round++) await other(t, world)
      const held = bytesInUse() - before
      assert.ok(held < HELD_MAX_BYTES, `${held} bytes`)
      const grown = process.memoryUsage.rss() - rss
      assert.ok(grown < RESIDENT_MAX_BYTES, `${grown} bytes resident`)
    })
  }
}

test('190 items of one large message come whole, one after the other', async (t) => {
  const { talk } = await selected(t, LARGE, false)
  const items = partials('BODY.PEEK[]').replaceAll(String(MESSAGE_BYTES), '5')
  const fetched = await talk.ask(`c FETCH 1 (UID ${items} RFC822.SIZE)\r\n`, /^c OK .*\r\n/m)
  const wanted = Array.from({ length: 190 }, (_, at) => `BODY[]<${at}> {5}\r\n${LARGE.slice(at, at + 5)}`).join(' ')
  assert.ok(fetched.includes(`* 1 FETCH (UID 1 ${wanted} RFC822.SIZE ${LARGE.length})\r\n`))
})

for (const [service, large, small, last] of [
  ['pop3', 'RETR 1\r\n', 'NOOP\r\n', 'QUIT\r\n'],
  ['imap', 'c FETCH 1:8 BODY.PEEK[]\r\n', 'n NOOP\r\n', 'l LOGOUT\r\n'],
] as const) {
  test(`${service}: a megabyte of commands pipelined behind large answers, all of them answered`, async (t) => {
    const { world, post } = await turnedWorld(t, mailData())
    for (let copy = 0; copy < 8; copy++) await put(inboxOf(post), Buffer.from(LARGE.repeat(service === 'pop3' ? 4 : 1)))
    const talk = await loggedIn(t, world, service)
    if (service === 'imap') await talk.ask('s SELECT INBOX\r\n', /^s OK .*\r\n/m)
    const times = Math.ceil(MIB / small.length)
    talk.send(large + small.repeat(times) + last)
    const heard = await talk.toTheEnd()
    assert.equal(heard.match(/^(?:\+OK|n OK) .*\r$/gm)?.length, times + (service === 'pop3' ? 2 : 0))
  })
}

for (const [name, words] of [
  ['BINARY.SIZE', `c FETCH 1 (${'BINARY.SIZE[1] '.repeat(150)}UID)`],
  ['BODYSTRUCTURE', `c FETCH 1:20 (${'BODYSTRUCTURE '.repeat(3)}BODY)`],
  ['TEXT', `c SEARCH ${texts(32)}`],
  ['SUBJECT', `c SEARCH ${Array.from({ length: 3000 }, (_, at) => `NOT SUBJECT q${at}`).join(' ')}`],
] as const) {
  test(`a command with hundreds of ${name} gives others their turn`, async (t) => {
    const { world, talk } = await selected(t, LARGE, false, 20)
    talk.send(`${words}\r\n`)
    let served = 0
    while (!/^c /m.test(talk.unread)) {
      await other(t, world)
      served++
    }
    assert.match(talk.unread, /^c OK /m)
    assert.ok(served >= SERVED_MIN, `${served} others served`)
  })
}

test('so many texts may be looked for, and no more', async (t) => {
  const { talk } = await selected(t, 'Subject: a\r\n\r\na\r\n', false)
  await talk.ask(`c SEARCH ${texts(32)}\r\n`, /^c OK .*\r\n/m)
  assert.equal(await talk.ask(`c SEARCH ${texts(33)}\r\n`), 'c BAD too many keys that read whole messages\r\n')
})

test('64 MiB out of one segment are inflated piece by piece, and others served in between', async (t) => {
  const { world, talk } = await selected(t, 'Subject: a\r\n\r\na\r\n', false)
  await talk.ask('c COMPRESS DEFLATE\r\n', /^c OK .*\r\n/)
  const said = Buffer.concat([Buffer.alloc(64 * MIB, 'x'), Buffer.from('\r\nd NOOP\r\n')])
  const before = bytesInUse()
  await talk.sent(deflateRawSync(said, { level: 9 }))
  let served = 0
  while (!inflated(talk.unread).includes('d OK')) {
    await other(t, world)
    served++
  }
  assert.ok(served >= SERVED_MIN, `${served} others served`)
  assert.ok(bytesInUse() - before < 2 * MIB)
})

function inflated(text: string): string {
  return inflateRawSync(Buffer.from(text, 'latin1'), { finishFlush: constants.Z_SYNC_FLUSH }).toString('latin1')
}

/** One client with so many copies of a message, selected. */
async function selected(
  t: TestContext,
  content: string,
  tls: boolean,
  copies = 1,
): Promise<{ readonly world: RunningWorld; readonly talk: Talk }> {
  const { world, post } = await turnedWorld(t, mailData({ imap: { 'plain-login': true } }))
  for (let copy = 0; copy < copies; copy++) await put(inboxOf(post), Buffer.from(content))
  const talk = await (tls ? loggedIn(t, world, 'imap') : greeted(t, world, 'imap'))
  if (!tls) await talk.ask('a LOGIN alice alice\r\n', /^a OK .*\r\n/m)
  await talk.ask('s SELECT INBOX\r\n', /^s OK .*\r\n/m)
  return { world, talk }
}

/** Another client has its answer. */
async function other(t: TestContext, world: RunningWorld): Promise<void> {
  const talk = await greeted(t, world, 'pop3')
  await talk.ask('QUIT\r\n')
  talk.close()
}

function texts(count: number): string {
  return Array.from({ length: count }, (_, at) => `NOT TEXT q${at}`).join(' ')
}
