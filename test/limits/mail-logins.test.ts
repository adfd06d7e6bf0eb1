// Who guesses passwords at a mail server: answered ever later, then hung up on, then not heard for a while, and all others
// log in meanwhile.

import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import type { RunningWorld } from '../../src/index.ts'
import { BOB, greeted, loggedIn, mailData, MANNERS, others, plain, type Service, type Talk } from './mail.ts'
import { abuse, turnedWorld } from './world.ts'

/** Before each refusal on one connection; the last one ends it. docs/limits.md. */
const DELAYS_MS = [500, 1000, 2000, 4000, 8000]
/** Bad logins of one peer until it is shut out, and for how long. */
const PEER_MAX = 20
const SHUT_MS = 300_000

interface Guess {
  readonly service: Service
  /** What a wrong password is tried by, in one line. */
  readonly words: string
  readonly refusal: string
  /** Instead of the refusal on the connection that ends, or behind it. */
  readonly last: string
  /** Once the peer is shut out. */
  readonly shut: string
  readonly told: string
}

const GUESSES: readonly Guess[] = [
  {
    service: 'smtp',
    words: `AUTH PLAIN ${plain('alice', 'wrong')}\r\n`,
    refusal: '535 5.7.8 wrong name or password\r\n',
    last: '421 4.7.0 too many bad logins\r\n',
    shut: '454 4.7.0 too many bad logins from your address: try again later\r\n',
    told: '127.0.0.1 is shut out: too many bad logins',
  },
  {
    service: 'imap',
    words: 'a LOGIN alice wrong\r\n',
    refusal: 'a NO [AUTHENTICATIONFAILED] wrong name or password\r\n',
    last: 'a NO [AUTHENTICATIONFAILED] wrong name or password\r\n* BYE too many bad logins\r\n',
    shut: 'a NO [LIMIT] too many bad logins from your address, try later\r\n* BYE too many bad logins from your address\r\n',
    told: '127.0.0.1 is shut out after too many bad logins',
  },
  {
    service: 'pop3',
    words: `AUTH PLAIN ${plain('alice', 'wrong')}\r\n`,
    refusal: '-ERR [AUTH] wrong name or password\r\n',
    last: '-ERR [AUTH] wrong name or password\r\n',
    shut: '-ERR [SYS/TEMP] too many bad logins from your address, try later\r\n',
    told: '127.0.0.1 is shut out after too many bad logins',
  },
]

async function guesser(t: TestContext, world: RunningWorld, service: Service): Promise<Talk> {
  const talk = await greeted(t, world, service, { tls: true })
  if (service === 'smtp') await talk.ask('EHLO guesser.test\r\n', /^250 .*\r\n/m)
  return talk
}

for (const { service, words, refusal, last, shut, told } of GUESSES) {
  test(`${service}: bad logins are answered ever later, then end the connection, then shut out their peer`, async (t) => {
    const { world, skip } = await turnedWorld(t, mailData())
    let failed = 0
    const guess = async (talk: Talk) => {
      talk.send(words)
      failed++
      await refused(world, service, failed)
    }
    for (let connection = 0; connection < PEER_MAX / DELAYS_MS.length; connection++) {
      const talk = await guesser(t, world, service)
      for (const [at, delayMs] of DELAYS_MS.entries()) {
        await guess(talk)
        skip(delayMs - 1)
        if (connection === 0) await others(t, world, service)
        assert.equal(talk.unread, '')
        skip(1)
        const isLast = at === DELAYS_MS.length - 1
        assert.equal(isLast ? await talk.toTheEnd() : await talk.until(), isLast ? last : refusal)
      }
    }
    assert.deepEqual(abuse(world), [told])
    const again = await guesser(t, world, service)
    assert.equal(await again.ask(words, new RegExp(`^${shut.replaceAll(/[[\]*]/g, '\\$&')}`, 'm')), shut)
    await loggedIn(t, world, service, BOB, { from: '127.0.0.2' })
    skip(SHUT_MS)
    await loggedIn(t, world, service)
  })

  test(`${service}: what is said while a refusal is held back waits for it`, async (t) => {
    const { world, skip } = await turnedWorld(t, mailData())
    const talk = await guesser(t, world, service)
    const [ping, answer] = MANNERS[service].ping
    talk.send(words + ping)
    await refused(world, service, 1)
    await others(t, world, service)
    assert.equal(talk.unread, '')
    skip(DELAYS_MS[0] ?? 0)
    assert.equal(await talk.until(), refusal)
    await talk.until(answer)
  })
}

/** Resolves once so many bad logins were told of. */
async function refused(world: RunningWorld, service: Service, times: number): Promise<void> {
  const isOne = ({ kind }: { readonly kind: string }) => kind === `${service}.login-failed`
  await world.waitFor((event) => isOne(event) && world.events().filter(isOne).length >= times)
}

for (const [service, words, answer] of [
  ['smtp', `EHLO client.test\r\nAUTH PLAIN ${plain('alice', 'alice')}\r\n`, '530 5.7.0 STARTTLS comes first\r\n'],
  ['imap', 'a LOGIN alice alice\r\n', 'a NO [PRIVACYREQUIRED] names and passwords are taken under TLS only\r\n'],
  [
    'imap',
    `a AUTHENTICATE PLAIN ${plain('alice', 'alice')}\r\n`,
    'a NO [PRIVACYREQUIRED] this mechanism is not offered here\r\n',
  ],
  ['pop3', 'USER alice\r\n', '-ERR names and passwords are taken under TLS only: STLS first\r\n'],
] as const) {
  test(`${service}: no password in the clear: ${words.trim().slice(-40)}`, async (t) => {
    const { world } = await turnedWorld(t, mailData())
    const talk = await greeted(t, world, service)
    talk.send(words)
    const said = await talk.until(service === 'smtp' ? /^530 .*\r\n/m : /\r\n/)
    assert.ok(said.endsWith(answer), said)
    assert.ok(world.events().every(({ kind }) => !kind.endsWith('.login')))
  })
}
