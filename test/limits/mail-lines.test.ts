// Lines that are too long or never end, commands that are none, and commands without effect: what each mail server
// answers, word for word, where it hangs up, and that it keeps nothing of them and serves others.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { greeted, loggedIn, mailData, MANNERS, others, reach, type Service } from './mail.ts'
import { abuse, bytesInUse, turnedWorld } from './world.ts'

/** A line without end: far more than anybody may leave unread. */
const ENDLESS_BYTES = 32 * 1024 * 1024
const PIECE = Buffer.alloc(1024 * 1024, 'x')
/** What such a line may leave behind, the client's own buffers included. */
const GROWTH_MAX_BYTES = 2 * 1024 * 1024

const x = (count: number) => 'x'.repeat(count)

/** The longest line with its end that is read, and what a longer one gets. */
for (const [service, longest, answer] of [
  ['smtp', 2048, '500 5.5.6 the line is too long\r\n'],
  ['imap', 65_538, 'a BAD the command is too long\r\n'],
  ['pop3', 255, '-ERR the line is too long\r\n'],
] as const) {
  test(`${service}: a line of ${longest} octets is read, a longer one is refused whole`, async (t) => {
    const { world } = await turnedWorld(t, mailData())
    const talk = await greeted(t, world, service, { tls: true })
    assert.notEqual(await talk.ask(`a ${x(longest - 4)}\r\n`), answer)
    assert.equal(await talk.ask(`a ${x(longest - 3)}\r\n`), answer)
    await talk.ask(...MANNERS[service].ping)
    assert.equal(talk.unread, '')
  })

  test(`${service}: a line without end leaves nothing behind`, async (t) => {
    const { world } = await turnedWorld(t, mailData())
    const talk = await greeted(t, world, service)
    talk.send('a ')
    await talk.sent(PIECE)
    const before = bytesInUse()
    for (let sent = 0; sent < ENDLESS_BYTES; sent += PIECE.length) await talk.sent(PIECE)
    await others(t, world, service)
    const grown = bytesInUse() - before
    assert.ok(grown < GROWTH_MAX_BYTES, `${grown} bytes`)
    assert.equal(await talk.ask('\r\n'), answer)
    await talk.ask(...MANNERS[service].ping)
  })
}

for (const [service, begin, begun, longest, answer] of [
  ['smtp', 'AUTH PLAIN\r\n', /^334 \r\n/, 12_290, '500 5.5.6 the line is too long\r\n'],
  ['imap', 'a AUTHENTICATE PLAIN\r\n', /^\+ \r\n/, 12_290, 'a BAD the line is too long\r\n'],
  ['pop3', 'AUTH PLAIN\r\n', /^\+ \r\n/, 12_290, '-ERR the line is too long\r\n'],
] as const) {
  test(`${service}: a response within a login of ${longest} octets is read, a longer one ends the exchange`, async (t) => {
    const { world } = await turnedWorld(t, mailData())
    const talk = await greeted(t, world, service, { tls: true })
    if (service === 'smtp') await talk.ask('EHLO client.test\r\n', /^250 .*\r\n/m)
    await talk.ask(begin, begun)
    assert.notEqual(await talk.ask(`${x(longest - 2)}\r\n`), answer)
    await talk.ask(begin, begun)
    assert.equal(await talk.ask(`${x(longest - 1)}\r\n`), answer)
    for (const [words, said] of MANNERS[service].login('alice', 'alice')) await talk.ask(words, said)
  })
}

interface Persistence {
  readonly service: Service
  readonly port: number
  readonly tls?: boolean
  /** What is said again and again, and each answer to it. */
  readonly words: string
  readonly answer: string
  readonly times: number
  /** Said with the last one, or instead of an answer. */
  readonly last: string
  readonly told: string
}

const BAD_COMMANDS: readonly Persistence[] = [
  {
    service: 'smtp',
    port: 25,
    words: 'FOO\r\n',
    answer: '500 5.5.1 no such command\r\n',
    times: 20,
    last: '421 4.7.0 too many mistakes\r\n',
    told: 'dismissed: too many mistakes',
  },
  {
    service: 'smtp',
    port: 587,
    words: 'MAIL FROM:<alice@harbor.test>\r\n',
    answer: '530 5.7.0 STARTTLS comes first\r\n',
    times: 20,
    last: '421 4.7.0 too many mistakes\r\n',
    told: 'dismissed: too many mistakes',
  },
  {
    service: 'smtp',
    port: 465,
    tls: true,
    words: 'DATA\r\n',
    answer: '530 5.7.0 a login comes first\r\n',
    times: 20,
    last: '421 4.7.0 too many mistakes\r\n',
    told: 'dismissed: too many mistakes',
  },
  {
    service: 'pop3',
    port: 110,
    words: 'FOO\r\n',
    answer: '-ERR no such command\r\n',
    times: 19,
    last: '-ERR no such command\r\n-ERR [SYS/PERM] too many bad commands\r\n',
    told: '20 bad commands in a row',
  },
  {
    service: 'pop3',
    port: 995,
    tls: true,
    words: 'RETR 1\r\n',
    answer: '-ERR RETR comes after a login\r\n',
    times: 19,
    last: '-ERR RETR comes after a login\r\n-ERR [SYS/PERM] too many bad commands\r\n',
    told: '20 bad commands in a row',
  },
  {
    service: 'imap',
    port: 143,
    words: 'a FOO\r\n',
    answer: 'a BAD there is no such command\r\n',
    times: 19,
    last: 'a BAD there is no such command\r\n* BYE too many bad commands\r\n',
    told: '20 bad commands in a row',
  },
  {
    service: 'imap',
    port: 993,
    tls: true,
    words: 'a SELECT INBOX\r\n',
    answer: 'a BAD log in first\r\n',
    times: 19,
    last: 'a BAD log in first\r\n* BYE too many bad commands\r\n',
    told: '20 bad commands in a row',
  },
]

const WITHOUT_EFFECT: readonly Persistence[] = [
  {
    service: 'smtp',
    port: 25,
    words: 'NOOP\r\n',
    answer: '250 2.0.0 done\r\n',
    times: 100,
    last: '421 4.7.0 too many commands without an effect\r\n',
    told: 'dismissed: too many commands without an effect',
  },
  {
    service: 'smtp',
    port: 465,
    tls: true,
    words: 'RSET\r\n',
    answer: '250 2.0.0 done\r\n',
    times: 100,
    last: '421 4.7.0 too many commands without an effect\r\n',
    told: 'dismissed: too many commands without an effect',
  },
  {
    service: 'imap',
    port: 143,
    words: 'a NOOP\r\n',
    answer: 'a OK done\r\n',
    times: 100,
    last: '* BYE too many commands without a login\r\n',
    told: '100 commands without a login',
  },
]

for (const { service, port, tls = false, words, answer, times, last, told } of [...BAD_COMMANDS, ...WITHOUT_EFFECT]) {
  test(`${service} on ${port}: ${words.trim()} is answered ${times} times, then the connection ends`, async (t) => {
    const { world } = await turnedWorld(t, mailData())
    const talk = await reach(t, world, port, { tls })
    await talk.until(MANNERS[service].greeting)
    for (let said = 0; said < times; said++) assert.equal(await talk.ask(words), answer)
    talk.send(words.repeat(5))
    assert.equal(await talk.toTheEnd(), last)
    assert.deepEqual(abuse(world), [told])
    await others(t, world, service)
  })
}

test('smtp: a mail that is taken starts the count of commands without effect anew', async (t) => {
  const { world } = await turnedWorld(t, mailData())
  const talk = await loggedIn(t, world, 'smtp')
  for (let mail = 0; mail < 2; mail++) {
    for (let said = 0; said < 90; said++) await talk.ask('NOOP\r\n', /^250 .*\r\n/)
    await talk.ask('MAIL FROM:<alice@harbor.test>\r\n', /^250 .*\r\n/)
    await talk.ask('RCPT TO:<bob@harbor.test>\r\n', /^250 .*\r\n/)
    await talk.ask('DATA\r\n', /^354 .*\r\n/)
    await talk.ask('Subject: a\r\n\r\na\r\n.\r\n', /^250 2\.0\.0 .*\r\n/)
  }
})
