// The server in memory, command by command: what is legal when, TLS, logins, limits, silence.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { MailDialogue } from '../../../../test/conformance/mail-dialogue.ts'
import { mailWorld } from '../../../../test/conformance/mail-world.ts'
import { serve, type SimConnect } from '../../../sim/index.ts'
import { smtp } from '../index.ts'
import { DEFAULT_LIMITS } from './limits.ts'

const ADDRESS = '198.51.100.1'
const TLS = { serverName: 'mail.harbor.test' }

async function meeting(config: Readonly<Record<string, unknown>> = {}) {
  const { view, post } = await mailWorld(ADDRESS, 'smtp')
  const served = await serve(smtp, { config: { authenticate: 'off', ...config }, world: view })
  const meet = async (port: number, options: SimConnect = {}) => {
    const dialogue = new MailDialogue(served, port, options)
    return { dialogue, greeting: await dialogue.say('') }
  }
  return { served, post, meet, kinds: () => served.gate.events.map(({ kind }) => kind) }
}

/** A connection to a submission port with TLS, greeted. */
async function submission(config: Readonly<Record<string, unknown>> = {}) {
  const world = await meeting(config)
  const { dialogue } = await world.meet(465, { tls: TLS })
  await dialogue.codes('EHLO laptop.test')
  return { ...world, dialogue }
}

const base64 = (text: string) => Buffer.from(text).toString('base64')
const plain = (user: string, password: string) => `AUTH PLAIN ${base64(`\0${user}\0${password}`)}`

test('the greeting, EHLO and HELO', async () => {
  const { meet } = await meeting()
  const { dialogue, greeting } = await meet(25)
  assert.equal(greeting, '220 mail.harbor.test ESMTP Portolan\r\n')
  assert.equal(await dialogue.say('HELO a.test\r\n'), '250 mail.harbor.test greets a.test\r\n')
  const lines = (await dialogue.say('EHLO a.test\r\n')).split('\r\n').map((line) => line.slice(4))
  assert.deepEqual(lines.slice(1, -1), [
    'PIPELINING',
    'SIZE 26214400',
    'STARTTLS',
    'ENHANCEDSTATUSCODES',
    '8BITMIME',
    'BINARYMIME',
    'CHUNKING',
    'DSN',
    'SMTPUTF8',
    'LIMITS RCPTMAX=1000',
    'HELP',
  ])
})

test('commands out of their order are refused and change nothing', async () => {
  const { meet } = await meeting()
  const { dialogue } = await meet(25)
  assert.deepEqual(await dialogue.codes('MAIL FROM:<>', 'RCPT TO:<alice@harbor.test>', 'DATA', 'AUTH PLAIN'), [
    '503 5.5.1',
    '503 5.5.1',
    '503 5.5.1',
    '502 5.5.1',
  ])
  assert.deepEqual(await dialogue.codes('EHLO a.test', 'RCPT TO:<alice@harbor.test>', 'DATA'), [
    '250',
    '503 5.5.1',
    '503 5.5.1',
  ])
  assert.deepEqual(
    await dialogue.codes('MAIL FROM:<>', 'MAIL FROM:<>', 'STARTTLS', 'DATA', 'RCPT TO:<nobody@harbor.test>'),
    ['250 2.1.0', '503 5.5.1', '503 5.5.1', '554 5.5.1', '550 5.1.1'],
  )
  assert.deepEqual(
    await dialogue.codes('RCPT TO:<alice@harbor.test>', 'RSET', 'DATA', 'VRFY alice', 'EXPN staff', 'HELP', 'NOOP x'),
    ['250 2.1.5', '250 2.0.0', '503 5.5.1', '252 2.0.0', '502 5.7.0', '214 2.0.0', '250 2.0.0'],
  )
  assert.deepEqual(await dialogue.codes('QUIT', 'NOOP'), ['221 2.0.0'])
  assert.ok(dialogue.peer.hasEnded)
})

test('EHLO drops the mail that was begun', async () => {
  const { meet } = await meeting()
  const { dialogue } = await meet(25)
  const codes = await dialogue.codes('EHLO a', 'MAIL FROM:<>', 'RCPT TO:<alice@harbor.test>', 'EHLO a', 'DATA')
  assert.deepEqual(codes, ['250', '250 2.1.0', '250 2.1.5', '250', '503 5.5.1'])
})

test('what stands behind STARTTLS in plain is not obeyed inside TLS', async () => {
  const { meet, kinds } = await meeting()
  const { dialogue } = await meet(25)
  await dialogue.codes('EHLO a.test')
  assert.deepEqual(await dialogue.codes('STARTTLS', 'EHLO evil.test', 'MAIL FROM:<evil@evil.test>'), ['220 2.0.0'])
  dialogue.peer.secure(TLS)
  assert.equal(await dialogue.say(''), '')
  assert.deepEqual(await dialogue.codes('RCPT TO:<alice@harbor.test>', 'MAIL FROM:<>'), ['503 5.5.1', '503 5.5.1'])
  assert.deepEqual(await dialogue.codes('EHLO a.test', 'STARTTLS'), ['250', '503 5.5.1'])
  assert.deepEqual(kinds(), ['smtp.abuse'])
})

test('submission wants TLS before a login, and a login before mail', async () => {
  const { meet } = await meeting()
  const { dialogue } = await meet(587)
  assert.doesNotMatch(await dialogue.say('EHLO a.test\r\n'), /AUTH/)
  assert.deepEqual(
    await dialogue.codes(plain('alice', 'alice'), 'MAIL FROM:<alice@harbor.test>', 'VRFY alice', 'NOOP'),
    ['530 5.7.0', '530 5.7.0', '530 5.7.0', '250 2.0.0'],
  )
  await dialogue.codes('STARTTLS')
  dialogue.peer.secure(TLS)
  assert.match(await dialogue.say('EHLO a.test\r\n'), /^250-AUTH SCRAM-SHA-256 .*PLAIN LOGIN\r$/m)
  assert.deepEqual(await dialogue.codes('MAIL FROM:<alice@harbor.test>'), ['530 5.7.0'])
  assert.deepEqual(await dialogue.codes(plain('alice', 'alice'), 'MAIL FROM:<alice@harbor.test>'), [
    '235 2.7.0',
    '250 2.1.0',
  ])
})

test('a login bound to its TLS is offered where the world wants it', async () => {
  const { dialogue, served } = await submission({ 'channel-binding': true })
  assert.match(await dialogue.say('EHLO a.test\r\n'), /^250-AUTH SCRAM-SHA-256-PLUS SCRAM-SHA-256 /m)
  // The client says that it could have bound it, and was not offered to: somebody between took the offer away.
  await dialogue.say(`AUTH SCRAM-SHA-256 ${base64('y,,n=alice,r=abcdefgh')}\r\n`)
  served.plane.advance(10_000)
  assert.match(dialogue.peer.take(), /^535 5\.7\.8 bound to another TLS session\r$/m)
})

test('logins: several steps, cancelled, malformed, not offered, twice', async () => {
  const { dialogue, kinds } = await submission()
  assert.deepEqual(await dialogue.codes('AUTH CRAM-MD5'), ['504 5.5.4'])
  assert.deepEqual(await dialogue.codes('AUTH LOGIN', '*'), ['334', '501 5.7.0'])
  assert.deepEqual(await dialogue.codes('AUTH PLAIN', 'not base64!'), ['334', '501 5.5.2'])
  assert.deepEqual(await dialogue.codes(`AUTH PLAIN ${base64('nothing')}`), ['501 5.5.2'])
  assert.equal(await dialogue.say('AUTH PLAIN\r\n'), '334 \r\n')
  assert.equal(await dialogue.say('*\r\n'), '501 5.7.0 cancelled, as asked for\r\n')
  assert.deepEqual(await dialogue.codes('AUTH LOGIN', base64('alice@harbor.test'), base64('alice')), [
    '334',
    '334',
    '235 2.7.0',
  ])
  assert.deepEqual(await dialogue.codes(plain('alice', 'alice')), ['503 5.5.1'])
  assert.doesNotMatch(await dialogue.say('EHLO a\r\n'), /AUTH/)
  assert.deepEqual(kinds(), ['smtp.login'])
})

test('a long response is taken up to its limit', async () => {
  const { dialogue } = await submission()
  assert.deepEqual(await dialogue.codes('AUTH PLAIN', 'A'.repeat(12_288)), ['334', '501 5.5.2'])
  assert.deepEqual(await dialogue.codes('AUTH PLAIN', 'A'.repeat(12_289), 'NOOP'), ['334', '500 5.5.6', '250 2.0.0'])
})

test('bad logins are answered ever later, then not at all', async () => {
  const { served, dialogue, meet, kinds } = await submission()
  for (const waitMs of [500, 1000, 2000, 4000]) {
    assert.deepEqual(await dialogue.codes(plain('alice', 'wrong')), [])
    served.plane.advance(waitMs - 1)
    assert.equal(await dialogue.say('NOOP\r\n'), '')
    served.plane.advance(1)
    assert.deepEqual(await dialogue.codes(), ['535 5.7.8', '250 2.0.0'])
  }
  await dialogue.codes(plain('nobody', 'wrong'))
  served.plane.advance(8000)
  assert.deepEqual(await dialogue.codes(), ['421 4.7.0'])
  assert.ok(dialogue.peer.hasEnded)
  for (let round = 0; round < 3; round++) {
    const { dialogue: next } = await meet(465, { tls: TLS })
    await next.codes('EHLO a')
    for (let count = 0; count < 5; count++) {
      await next.codes(plain('alice', 'wrong'))
      served.plane.advance(10_000)
    }
  }
  const { dialogue: last } = await meet(465, { tls: TLS })
  assert.deepEqual(await last.codes('EHLO a', plain('alice', 'alice')), ['250', '454 4.7.0'])
  served.plane.advance(300_000)
  const { dialogue: later } = await meet(465, { tls: TLS })
  assert.deepEqual(await later.codes('EHLO a', plain('alice', 'alice')), ['250', '235 2.7.0'])
  assert.equal(kinds().filter((kind) => kind === 'smtp.login-failed').length, 20)
  assert.equal(kinds().filter((kind) => kind === 'smtp.abuse').length, 1)
})

test('lines: too long, ended by LF alone, with control characters', async () => {
  const { meet } = await meeting()
  const { dialogue } = await meet(25)
  assert.deepEqual(await dialogue.codes(`NOOP ${'x'.repeat(2041)}`, `NOOP ${'x'.repeat(2042)}`, 'NOOP'), [
    '250 2.0.0',
    '500 5.5.6',
    '250 2.0.0',
  ])
  for (let count = 0; count < 10; count++) assert.equal(await dialogue.say('x'.repeat(1000)), '')
  assert.deepEqual(await dialogue.codes('x', 'NOOP'), ['500 5.5.6', '250 2.0.0'])
  assert.match(await dialogue.say('NOOP\nNOOP\r\n'), /^500 5\.5\.2 [^\n]*\n250 2\.0\.0 [^\n]*\n$/)
  assert.deepEqual(await dialogue.codes('NOOP \0', 'NOOP a\rb'), ['500 5.5.2', '500 5.5.2'])
})

test('commands without an effect and mistakes are counted', async () => {
  const { meet, kinds } = await meeting({ limits: { 'idle-commands': 5, 'bad-commands': 3 } })
  const { dialogue } = await meet(25)
  const idle = await dialogue.codes('EHLO a', 'NOOP', 'RSET', 'VRFY x', 'HELP', 'NOOP', 'NOOP')
  assert.deepEqual(idle.slice(-2), ['214 2.0.0', '421 4.7.0'])
  assert.ok(dialogue.peer.hasEnded)
  const { dialogue: bad } = await meet(25)
  assert.deepEqual(await bad.codes('X', 'Y', 'Z', 'A', 'NOOP'), ['500 5.5.1', '500 5.5.1', '500 5.5.1', '421 4.7.0'])
  assert.deepEqual(kinds(), ['smtp.abuse', 'smtp.abuse'])
})

test('connections of one peer are counted, and free again when they end', async () => {
  const { meet } = await meeting({ limits: { connections: 2 } })
  const first = await meet(25)
  await meet(25)
  const third = await meet(25)
  assert.match(third.greeting, /^421 4\.7\.0 /)
  assert.ok(third.dialogue.peer.hasEnded)
  assert.match((await meet(25, { from: { ip: '192.0.2.2', port: 1 } })).greeting, /^220 /)
  await first.dialogue.codes('QUIT')
  first.dialogue.peer.end()
  assert.match((await meet(25)).greeting, /^220 /)
})

test('silence ends a connection, with a last word', async () => {
  const { served, meet } = await meeting()
  const { dialogue } = await meet(25)
  served.plane.advance(DEFAULT_LIMITS.idleMs - 1)
  await dialogue.codes('EHLO a', 'MAIL FROM:<>', 'RCPT TO:<alice@harbor.test>', 'DATA')
  served.plane.advance(DEFAULT_LIMITS.idleMs - 1)
  await dialogue.say('Subject: slow\r\n')
  served.plane.advance(DEFAULT_LIMITS.idleMs - 1)
  assert.ok(!dialogue.peer.hasEnded)
  served.plane.advance(1)
  assert.match(await dialogue.say(''), /^421 4\.4\.2 /)
  assert.ok(dialogue.peer.hasEnded)
})

test('a message that never ends ends', async () => {
  const { served, meet } = await meeting({ limits: { 'message-time': '10m' } })
  const { dialogue } = await meet(25)
  await dialogue.codes('EHLO a', 'MAIL FROM:<>', 'RCPT TO:<alice@harbor.test>', 'DATA')
  for (let minute = 0; minute < 9; minute++) {
    served.plane.advance(60_000)
    assert.equal(await dialogue.say('x'), '')
  }
  served.plane.advance(60_000)
  assert.match(await dialogue.say(''), /^421 4\.4\.2 /)
})

test('a line that comes drop by drop is no sign of life', async () => {
  const { served, meet } = await meeting()
  const { dialogue } = await meet(25)
  for (let minute = 0; minute < 5; minute++) {
    assert.equal(await dialogue.say('x'), '')
    served.plane.advance(60_000)
  }
  assert.match(await dialogue.say(''), /^421 4\.4\.2 /)
})
