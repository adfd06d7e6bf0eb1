// Clients that ask for mail and read nothing of it: each costs the message that is on its way to it and no more, is broken
// off once it has taken nothing for long enough, and others read meanwhile.

import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import type { RunningWorld } from '../../src/index.ts'
import { ALICE, greeted, HOST, inboxOf, mailData, put, reach, type Talk } from './mail.ts'
import { bytesInUse, turnedWorld, type TurnedWorld } from './world.ts'

const MIB = 1024 * 1024
const MESSAGES = 50
const MESSAGE = Buffer.alloc(MIB, `${'x'.repeat(998)}\r\n`)
const READERS = 5
/** Of one reader: two messages, one to be sent and one on its way. The kernel's buffers are not ours. */
const READER_MAX_BYTES = 2 * MIB + 512 * 1024
/** Until the kernel's buffers are full, a few MiB for each reader. */
const ROUNDS_MAX = 500

const USERS = Object.fromEntries(Array.from({ length: READERS }, (_, at) => [`u${at}@harbor.test`, 'u']))
const DATA = {
  ...mailData({ imap: { 'plain-login': true }, pop3: { 'plain-login': true } }),
  users: { ...USERS, [ALICE]: 'alice' },
}

interface Demand {
  readonly name: string
  readonly port: number
  readonly ask: (user: string) => string
  readonly stallMs: number
  readonly broken: string
}

const numbers = Array.from({ length: MESSAGES }, (_, at) => at + 1)

const DEMANDS: readonly Demand[] = [
  {
    name: 'imap FETCH of 50 messages of 1 MiB',
    port: 143,
    ask: (user) => `a LOGIN ${user} u\r\nb SELECT INBOX\r\nc FETCH 1:* BODY[]\r\n`,
    stallMs: 300_000,
    broken: 'reset: the client takes nothing',
  },
  {
    name: 'imap FETCH of 50 messages of 1 MiB, one command each',
    port: 143,
    ask: (user) =>
      `a LOGIN ${user} u\r\nb SELECT INBOX\r\n${numbers.map((number) => `c FETCH ${number} BODY[]\r\n`).join('')}`,
    stallMs: 300_000,
    broken: 'reset: the client takes nothing',
  },
  {
    name: 'pop3 RETR of 50 messages of 1 MiB, pipelined',
    port: 110,
    ask: (user) => `USER ${user}\r\nPASS u\r\n${numbers.map((number) => `RETR ${number}\r\n`).join('')}`,
    stallMs: 600_000,
    broken: 'reset: the client takes nothing',
  },
]

for (const { name, port, ask, stallMs, broken } of DEMANDS) {
  test(`${name}, and nothing is read of it`, async (t) => {
    const turned = await turnedWorld(t, DATA)
    for (const user of Object.keys(USERS)) for (const _ of numbers) await put(inboxOf(turned.post, user), MESSAGE)
    const before = bytesInUse()
    for (const user of Object.keys(USERS)) await deaf(t, turned.world, port, ask(user))
    const most = await untilEnded(t, turned, stallMs)
    assert.deepEqual(ends(turned.world), [broken])
    t.diagnostic(`${Math.round((most - before) / READERS / 1024)} KiB a reader`)
    assert.ok((most - before) / READERS < READER_MAX_BYTES, `${Math.round((most - before) / READERS)} bytes a reader`)
  })
}

for (const [name, port, ask, stallMs] of [
  ['imap FETCH', 143, 'a LOGIN alice alice\r\nb SELECT INBOX\r\nc FETCH 1 BODY[]\r\n', 300_000],
  ['pop3 RETR', 110, 'USER alice\r\nPASS alice\r\nRETR 1\r\n', 600_000],
] as const) {
  test(`${name} of one message of 50 MiB: held once, and let go of`, async (t) => {
    const turned = await turnedWorld(t, DATA)
    await put(inboxOf(turned.post), Buffer.concat(Array.from({ length: 50 }, () => MESSAGE)))
    const before = bytesInUse()
    await deaf(t, turned.world, port, ask)
    const most = (await untilEnded(t, turned, stallMs)) - before
    assert.ok(most < 54 * MIB, `${most} bytes`)
    await (await greeted(t, turned.world, 'pop3')).ask('QUIT\r\n')
    const after = bytesInUse() - before
    assert.ok(after < 2 * MIB, `${after} bytes`)
  })
}

/** Sends, and never reads. */
async function deaf(t: TestContext, world: RunningWorld, port: number, words: string): Promise<Talk> {
  const talk = await reach(t, world, port)
  talk.pause()
  talk.send(words)
  return talk
}

/** Lets time pass while others are served, until all readers are gone. Returns the most that was in use. */
async function untilEnded(t: TestContext, { world, skip }: TurnedWorld, stallMs: number): Promise<number> {
  let most = 0
  for (let round = 0; round < ROUNDS_MAX && world.flows().some(({ end }) => end === undefined); round++) {
    const other = await greeted(t, world, 'pop3')
    await other.ask('QUIT\r\n')
    await other.toTheEnd()
    most = Math.max(most, bytesInUse())
    skip(stallMs)
  }
  return most
}

/** Why the readers' connections ended, each reason once. */
function ends(world: RunningWorld): readonly (string | undefined)[] {
  const reasons = world.flows().filter(({ id, host }) => id <= READERS && host === HOST)
  return [...new Set(reasons.map(({ end }) => end?.reason))]
}
