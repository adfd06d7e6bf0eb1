// IMAP literals: 4 GB of them announced, more than anybody holds, sent without asking, or compressed to nothing. Refused
// word for word before they come where that can be, dropped as they come where not, and never set aside for.

import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { deflateRawSync } from 'node:zlib'
import type { RunningWorld } from '../../src/index.ts'
import { greeted, inboxOf, loggedIn, mailData, MANNERS, others, type Talk } from './mail.ts'
import { bytesInUse, turnedWorld } from './world.ts'

const MIB = 1024 * 1024
const GB4 = 4_294_967_296
/** What a session, and all that went through it, may leave. */
const NOISE_MAX_BYTES = 3 * MIB
const PIECE = Buffer.alloc(MIB, 'x')

interface Announced {
  readonly words: string
  readonly answer: string
  /** The connection ends with it. */
  readonly ends?: true
  /** Before a login. */
  readonly early?: true
}

const ANNOUNCED: readonly Announced[] = [
  { words: `a APPEND INBOX {${GB4}}`, answer: 'a NO [TOOBIG] the message is too big\r\n' },
  { words: 'a APPEND INBOX {26214401}', answer: 'a NO [TOOBIG] the message is too big\r\n' },
  { words: 'a APPEND INBOX {99999999999999999999}', answer: 'a NO [TOOBIG] the message is too big\r\n' },
  {
    words: `a APPEND INBOX {${GB4}+}`,
    answer: 'a NO [TOOBIG] the message is too big\r\n* BYE the message is too big\r\n',
    ends: true,
  },
  { words: `a APPEND {${GB4}}`, answer: 'a BAD [TOOBIG] the literal is too long\r\n' },
  { words: `a SELECT {${GB4}}`, answer: 'a BAD [TOOBIG] the literal is too long\r\n' },
  { words: 'a SELECT {65537}', answer: 'a BAD [TOOBIG] the literal is too long\r\n' },
  {
    words: `a SELECT {${GB4}+}`,
    answer: 'a BAD [TOOBIG] the literal is too long\r\n* BYE the literal is too long\r\n',
    ends: true,
  },
  { words: `a SEARCH TEXT {${GB4}}`, answer: 'a BAD [TOOBIG] the literal is too long\r\n' },
  { words: `a LOGIN {${GB4}}`, answer: 'a BAD [TOOBIG] the literal is too long\r\n', early: true },
  { words: 'a LOGIN {1025}', answer: 'a BAD [TOOBIG] the literal is too long\r\n', early: true },
  {
    words: `a LOGIN {${GB4}+}`,
    answer: 'a BAD [TOOBIG] the literal is too long\r\n* BYE the literal is too long\r\n',
    early: true,
    ends: true,
  },
  { words: 'a APPEND INBOX {26214400}', answer: 'a BAD [TOOBIG] the literal is too long\r\n', early: true },
]

for (const { words, answer, ends, early } of ANNOUNCED) {
  test(`${words}${early ? ' before a login' : ''}: refused before it comes`, async (t) => {
    const { world, post } = await turnedWorld(t, mailData())
    const talk = await (early ? greeted(t, world, 'imap', { tls: true }) : loggedIn(t, world, 'imap'))
    if (ends) {
      talk.send(`${words}\r\n`)
      assert.equal(await talk.toTheEnd(), answer)
    } else {
      assert.equal(await talk.ask(`${words}\r\n`), answer)
      await talk.ask(...MANNERS.imap.ping)
    }
    assert.equal(inboxOf(post).messages.length, 0)
    await others(t, world, 'imap')
  })
}

for (const [words, octets, answer] of [
  ['a APPEND INBOX {5000+}', 5000, 'a BAD [TOOBIG] a literal of more than 4096 octets must be asked for\r\n'],
  ['a SELECT {100000+}', 100_000, 'a BAD [TOOBIG] the literal is too long\r\n'],
  ['a APPEND INBOX {33554432+}', 33_554_432, 'a NO [TOOBIG] the message is too big\r\n'],
] as const) {
  test(`${words}: sent without asking, dropped as it comes, and no octet of it is a command`, async (t) => {
    const { world, post } = await turnedWorld(t, mailData())
    const talk = await loggedIn(t, world, 'imap')
    const before = bytesInUse()
    assert.equal(await talk.ask(`${words}\r\n`), answer)
    const evil = Buffer.from('z CREATE evil\r\n')
    for (let sent = 0; sent < octets; sent += PIECE.length) {
      const piece = PIECE.subarray(0, Math.min(PIECE.length, octets - sent))
      await talk.sent(Buffer.concat([evil, piece.subarray(evil.length)]))
    }
    talk.send(' NIL\r\n')
    await talk.ask(...MANNERS.imap.ping)
    assert.equal(talk.unread, '')
    const grown = bytesInUse() - before
    assert.ok(grown < NOISE_MAX_BYTES, `${grown} bytes`)
    const { messages } = inboxOf(post)
    assert.equal(messages.length, 0)
    assert.equal(post.account('alice@harbor.test')?.mailbox('evil'), undefined)
  })
}

test('a message that is announced, and allowed, costs what came of it', async (t) => {
  const { world } = await turnedWorld(t, mailData())
  const talks = await sessions(t, world, 20)
  const before = bytesInUse()
  for (const talk of talks) await talk.ask('a APPEND INBOX {26000000}\r\n', /^\+ .*\r\n/)
  for (const talk of talks) talk.send('x')
  await others(t, world, 'imap')
  const grown = bytesInUse() - before
  assert.ok(grown < talks.length * 128 * 1024, `${grown} bytes`)
})

test('a thousand literals in one command, and no more', async (t) => {
  const { world } = await turnedWorld(t, mailData())
  const talk = await loggedIn(t, world, 'imap')
  await talk.ask('s SELECT INBOX\r\n', /^s OK .*\r\n/m)
  for (const [literals, answer] of [
    [900, /^\* .*\r\na OK .*\r\n/m],
    [1001, /^a BAD \[TOOBIG\] the literal is too long\r\n/m],
  ] as const) {
    talk.send(`a SEARCH${' SUBJECT {1+}\r\na'.repeat(literals)}\r\n`)
    await talk.until(answer)
    await talk.ask(...MANNERS.imap.ping)
    assert.equal(talk.unread, '')
  }
})

test('what compresses to nothing is unpacked no faster than it is taken', async (t) => {
  const { world } = await turnedWorld(t, mailData())
  const talk = await loggedIn(t, world, 'imap')
  await talk.ask('c COMPRESS DEFLATE\r\n', /^c OK .*\r\n/)
  const bomb = deflateRawSync(Buffer.alloc(32 * MIB, 'x'), { level: 9 })
  const before = bytesInUse()
  for (let at = 0; at < bomb.length; at += 16_384) {
    await talk.sent(bomb.subarray(at, at + 16_384))
    const grown = bytesInUse() - before
    assert.ok(grown < 16 * MIB, `${grown} bytes`)
  }
  await others(t, world, 'imap')
  const grown = bytesInUse() - before
  assert.ok(grown < 4 * MIB, `${grown} bytes`)
})

for (const [name, words, answer] of [
  ['parentheses', `a SEARCH ${'('.repeat(30_000)}ALL${')'.repeat(30_000)}`, /^a BAD .*\r\n/m],
  ['NOT', `a SEARCH ${'NOT '.repeat(15_000)}ALL`, /^a BAD .*\r\n/m],
  ['OR', `a SEARCH ${'OR ALL '.repeat(9000)}ALL`, /^a BAD .*\r\n/m],
  ['keys', `a SEARCH ${'ALL '.repeat(16_000)}ALL`, /^a BAD .*\r\n/m],
  ['ranges', `a FETCH ${'1:*,'.repeat(16_000)}1 FLAGS`, /^a (?:OK|BAD|NO) .*\r\n/m],
  ['items', `a FETCH 1:* (${'BODY[HEADER] '.repeat(5000)}UID)`, /^a (?:OK|BAD|NO) .*\r\n/m],
  ['wildcards', `a LIST "" "${'*%'.repeat(400)}x"`, /^a (?:OK|BAD|NO) .*\r\n/m],
  ['wildcards apart', `a LIST "" "${'*a'.repeat(400)}x"`, /^a (?:OK|BAD|NO) .*\r\n/m],
  ['levels', `a CREATE ${'a/'.repeat(490)}a`, /^a (?:OK|BAD|NO) .*\r\n/m],
  ['a long name', `a CREATE ${'a'.repeat(1001)}`, /^a NO \[CANNOT\] .*\r\n/m],
] as const) {
  test(`more ${name} than anybody means: answered, and others are served`, async (t) => {
    const { world, post } = await turnedWorld(t, mailData())
    await post.account('alice@harbor.test')?.create('a'.repeat(200))
    const talk = await loggedIn(t, world, 'imap')
    await talk.ask('s SELECT INBOX\r\n', /^s OK .*\r\n/m)
    await talk.ask(`${words}\r\n`, answer)
    await talk.ask(...MANNERS.imap.ping)
    await others(t, world, 'imap')
    assert.ok(world.events().every(({ kind }) => !kind.startsWith('driver.')))
  })
}

function sessions(t: TestContext, world: RunningWorld, count: number): Promise<readonly Talk[]> {
  return Promise.all(Array.from({ length: count }, () => loggedIn(t, world, 'imap')))
}
