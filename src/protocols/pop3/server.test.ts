// Sessions with the server in memory: what is legal when, what is removed and when, who is let in, and who is not.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isConfigError, isFailure } from '../../core/index.ts'
import { DEFAULT_LOGIN_LIMITS } from '../../shared/logins/index.ts'
import { serve, SimPlane, type Served, type SimPeer } from '../../sim/index.ts'
import { mailWorld, type MailWorld } from '../../../test/conformance/mail-world.ts'
import { pop3 } from './index.ts'

const ADDRESS = '198.51.100.1'
const ONE = 'Message-ID: <one@harbor.test>\r\nSubject: one\r\n\r\nfirst\r\n.second\r\nthird\r\n'
const TWO = 'Subject: two\r\n\r\nbody\r\n'
const TLS = { serverName: 'mail.harbor.test' }

interface Scene extends Served, MailWorld {
  /** Says it, one line, and gives the answers to it. */
  say(peer: SimPeer, line: string): Promise<string>
  /** A session that alice opened, under TLS. */
  session(): Promise<SimPeer>
  inbox(): readonly string[]
}

async function scene(
  config: object = {},
  plane = new SimPlane(),
  mails: readonly string[] = [ONE, TWO],
): Promise<Scene> {
  const world = await mailWorld(ADDRESS, 'pop3', mails)
  const served = await serve(pop3, { config, world: world.view, plane, addresses: [ADDRESS] })
  const say = async (peer: SimPeer, line: string): Promise<string> => {
    peer.take()
    peer.send(`${line}\r\n`)
    await plane.settled()
    return peer.take()
  }
  return {
    ...served,
    ...world,
    say,
    session: async () => {
      const peer = served.peer(995, { tls: TLS })
      await plane.settled()
      await say(peer, 'USER alice')
      assert.match(await say(peer, 'PASS alice'), /^\+OK \d+ messages/)
      return peer
    },
    inbox: () => {
      const inbox = world.post.account('alice@harbor.test')?.mailbox('INBOX')
      return (inbox?.messages ?? []).map((message) => `${message.uid} ${message.flags.text}`.trim())
    },
  }
}

test('a session from the greeting to the end', async () => {
  const { plane, gate, peer, say, inbox } = await scene()
  const client = peer(995, { tls: TLS })
  await plane.settled()
  assert.equal(client.take(), '+OK mail.harbor.test POP3 server ready\r\n')
  assert.equal(await say(client, 'USER alice@harbor.test'), '+OK now the password\r\n')
  assert.equal(await say(client, 'PASS alice'), `+OK 2 messages (${ONE.length + TWO.length} octets)\r\n`)
  assert.equal(await say(client, 'STAT'), `+OK 2 ${ONE.length + TWO.length}\r\n`)
  assert.equal(
    await say(client, 'LIST'),
    `+OK 2 messages (${ONE.length + TWO.length} octets)\r\n1 ${ONE.length}\r\n2 ${TWO.length}\r\n.\r\n`,
  )
  assert.equal(await say(client, 'LIST 2'), `+OK 2 ${TWO.length}\r\n`)
  assert.match(await say(client, 'UIDL'), /^\+OK .*\r\n1 (\d+)\.1\r\n2 \1\.2\r\n\.\r\n$/)
  assert.match(await say(client, 'UIDL 1'), /^\+OK 1 \d+\.1\r\n$/)
  assert.equal(await say(client, 'RETR 1'), `+OK ${ONE.length} octets\r\n${ONE.replace('.second', '..second')}.\r\n`)
  assert.match(await say(client, 'TOP 1 1'), /^\+OK .*\r\nMessage-ID: [^]*\r\n\r\nfirst\r\n\.\r\n$/)
  assert.match(await say(client, 'TOP 2 100'), /^\+OK .*\r\nSubject: two\r\n\r\nbody\r\n\.\r\n$/)
  assert.equal(await say(client, 'DELE 2'), '+OK message 2 deleted\r\n')
  assert.equal(await say(client, 'NOOP'), '+OK nothing done\r\n')
  assert.deepEqual(inbox(), ['1', '2'])
  assert.equal(await say(client, 'QUIT'), '+OK messages deleted: 1\r\n')
  assert.ok(client.hasEnded)
  assert.deepEqual(inbox(), ['1 \\Seen'])
  assert.deepEqual(gate.kinds, ['pop3.login', 'pop3.retr', 'pop3.quit'])
  assert.equal(gate.events[1]?.detail?.['mail'], 'one@harbor.test')
})

test('what was deleted cannot be read, RSET brings it back, and its number stays', async () => {
  const { session, say, inbox } = await scene()
  const client = await session()
  assert.match(await say(client, 'DELE 1'), /^\+OK/)
  assert.match(await say(client, 'DELE 1'), /^-ERR message 1 is deleted/)
  assert.match(await say(client, 'RETR 1'), /^-ERR/)
  assert.match(await say(client, 'RETR 3'), /^-ERR there is no message 3/)
  assert.match(await say(client, 'RETR 0'), /^-ERR/)
  assert.match(await say(client, 'LIST'), new RegExp(`^\\+OK 1 .*\\r\\n2 ${TWO.length}\\r\\n\\.\\r\\n$`))
  assert.match(await say(client, 'STAT'), new RegExp(`^\\+OK 1 ${TWO.length}\\r\\n`))
  assert.match(await say(client, 'RSET'), /^\+OK 2 messages/)
  assert.match(await say(client, 'STAT'), /^\+OK 2 /)
  assert.match(await say(client, 'QUIT'), /^\+OK messages deleted: 0/)
  assert.deepEqual(inbox(), ['1', '2'])
})

test('without QUIT nothing is removed, however the session ends; what was read is marked', async () => {
  for (const end of ['end', 'reset'] as const) {
    const { plane, gate, session, say, inbox } = await scene()
    const client = await session()
    await say(client, 'RETR 2')
    await say(client, 'DELE 1')
    client[end]()
    await plane.settled()
    assert.deepEqual(inbox(), ['1', '2 \\Seen'])
    assert.ok(gate.kinds.includes('pop3.abandoned'))
    await session()
  }
})

test('the drop is locked for others until its session ends', async () => {
  const { plane, peer, session, say } = await scene()
  const first = await session()
  const second = peer(995, { tls: TLS })
  await plane.settled()
  await say(second, 'USER alice')
  assert.match(await say(second, 'PASS alice'), /^-ERR \[IN-USE\]/)
  assert.match(await say(second, 'STAT'), /^-ERR STAT comes after a login/)
  await say(first, 'QUIT')
  await say(second, 'USER alice')
  assert.match(await say(second, 'PASS alice'), /^\+OK 2/)
})

test('mail that comes meanwhile, and mail that IMAP removes meanwhile', async () => {
  const { post, session, say } = await scene()
  const client = await session()
  const inbox = post.account('alice@harbor.test')?.mailbox('INBOX')
  const added = await inbox?.append([{ content: Buffer.from('Subject: three\r\n\r\n'), flags: [] }])
  assert.ok(!isFailure(added))
  await inbox?.expunge(inbox.messages.slice(0, 1))
  assert.match(await say(client, 'STAT'), /^\+OK 2 /)
  assert.match(await say(client, 'RETR 1'), /^-ERR \[SYS\/PERM\] another session removed/)
  assert.match(await say(client, 'TOP 1 0'), /^-ERR \[SYS\/PERM\]/)
  assert.match(await say(client, 'RETR 2'), /^\+OK/)
  await say(client, 'DELE 1')
  assert.match(await say(client, 'QUIT'), /^\+OK/)
  assert.deepEqual(
    inbox?.messages.map((message) => message.uid),
    [2, 3],
  )
})

test('names and passwords wait for TLS; what was sent ahead of the handshake is dropped', async () => {
  const { plane, peer, say } = await scene()
  const client = peer(110)
  await plane.settled()
  assert.match(await say(client, 'CAPA'), /\r\nSTLS\r\nSASL SCRAM-SHA-256[^P]*\r\n\.\r\n$/)
  assert.match(await say(client, 'USER alice'), /^-ERR .*STLS first/)
  assert.match(await say(client, 'PASS alice'), /^-ERR/)
  assert.match(await say(client, 'AUTH PLAIN AGFsaWNlAGFsaWNl'), /^-ERR the mechanism is not offered/)
  client.send('STLS\r\nUSER alice\r\nPASS alice\r\n')
  await plane.settled()
  assert.equal(client.take(), '+OK begin TLS\r\n')
  client.secure(TLS)
  await plane.settled()
  assert.equal(client.take(), '')
  assert.match(await say(client, 'PASS alice'), /^-ERR USER comes before PASS/)
  const capabilities = await say(client, 'CAPA')
  assert.match(capabilities, /\r\nUSER\r\nSASL .*PLAIN/)
  assert.doesNotMatch(capabilities, /STLS/)
  assert.match(await say(client, 'STLS'), /^-ERR TLS is on already/)
  await say(client, 'USER alice')
  assert.match(await say(client, 'PASS alice'), /^\+OK/)
})

test('plain-login takes them without', async () => {
  const { plane, peer, say } = await scene({ 'plain-login': true })
  const client = peer(110)
  await plane.settled()
  assert.match(await say(client, 'CAPA'), /\r\nUSER\r\nSASL .*PLAIN/)
  await say(client, 'USER alice')
  assert.match(await say(client, 'PASS alice'), /^\+OK/)
})

const base64 = (text: string): string => Buffer.from(text).toString('base64')

test('a name said before STLS is forgotten', async () => {
  const { plane, peer, say } = await scene({ 'plain-login': true })
  const client = peer(110)
  await plane.settled()
  await say(client, 'USER alice')
  await say(client, 'STLS')
  client.secure(TLS)
  await plane.settled()
  assert.match(await say(client, 'PASS alice'), /^-ERR USER comes before PASS/)
})

test('AUTH: with and without an initial response, cancelled, malformed, for somebody else', async () => {
  const { plane, peer, say } = await scene()
  const client = peer(995, { tls: TLS })
  await plane.settled()
  assert.match(await say(client, 'AUTH'), /^\+OK .*\r\n[^]*PLAIN\r\n[^]*\.\r\n$/)
  assert.match(await say(client, 'AUTH CRAM-MD5'), /^-ERR the mechanism is not offered/)
  assert.equal(await say(client, 'AUTH PLAIN'), '+ \r\n')
  assert.match(await say(client, '*'), /^-ERR cancelled/)
  assert.equal(await say(client, 'AUTH PLAIN'), '+ \r\n')
  assert.match(await say(client, '!'), /^-ERR this is not base64/)
  assert.match(await say(client, `AUTH PLAIN ${base64('no separators')}`), /^-ERR this is no message of PLAIN/)
  assert.match(await say(client, 'AUTH LOGIN'), /^\+ /)
  assert.match(await say(client, base64('alice')), /^\+ /)
  assert.match(await say(client, base64('alice')), /^\+OK/)
  assert.match(await say(client, 'QUIT'), /^\+OK/)
  const other = peer(995, { tls: TLS })
  await plane.settled()
  assert.equal(await say(other, `AUTH PLAIN ${base64('bob\0alice\0alice')}`), '')
  plane.advance(1000)
  assert.match(other.take(), /^-ERR \[AUTH\]/)
  assert.match(await say(other, `AUTH PLAIN ${base64('alice@harbor.test\0alice\0alice')}`), /^\+OK/)
})

test('bad logins are answered ever later, then the connection ends, then the peer is shut out', async () => {
  const { plane, gate, peer, say } = await scene()
  const guess = async (client: SimPeer) => {
    client.send('USER alice\r\nPASS wrong\r\n')
    await plane.settled()
    return client.take()
  }
  const client = peer(995, { tls: TLS })
  await plane.settled()
  client.take()
  for (const delayMs of [500, 1000, 2000, 4000, 8000]) {
    assert.equal(await guess(client), '+OK now the password\r\n')
    plane.advance(delayMs - 1)
    assert.equal(client.take(), '')
    plane.advance(1)
    assert.equal(client.take(), '-ERR [AUTH] wrong name or password\r\n')
  }
  assert.ok(client.hasEnded)
  assert.equal(gate.kinds.filter((kind) => kind === 'pop3.login-failed').length, 5)
  for (let count = 6; count <= DEFAULT_LOGIN_LIMITS.perPeerMax; count++) {
    const again = peer(995, { tls: TLS })
    await guess(again)
    plane.advance(1000)
    assert.match(again.take(), /^-ERR \[AUTH\]/)
    again.reset()
  }
  const late = peer(995, { tls: TLS })
  await plane.settled()
  await say(late, 'USER alice')
  assert.match(await say(late, 'PASS alice'), /^-ERR \[SYS\/TEMP\] too many bad logins/)
  assert.ok(late.hasEnded)
  plane.advance(DEFAULT_LOGIN_LIMITS.shutMs)
  const later = peer(995, { tls: TLS })
  await plane.settled()
  await say(later, 'USER alice')
  assert.match(await say(later, 'PASS alice'), /^\+OK/)
})

test('a user who does not exist is refused in the same words', async () => {
  const { plane, peer } = await scene()
  const client = peer(995, { tls: TLS })
  client.send('USER nobody\r\nPASS x\r\n')
  await plane.settled()
  plane.advance(500)
  assert.match(client.take(), /\+OK now the password\r\n-ERR \[AUTH\] wrong name or password\r\n$/)
})

test('commands in one flight are answered in order', async () => {
  const { plane, session } = await scene()
  const client = await session()
  client.take()
  client.send('RETR 1\r\nSTAT\r\nTOP 2 0\r\nDELE 1\r\nQUIT\r\nSTAT\r\n')
  await plane.settled()
  const answers = client.take()
  assert.match(
    answers,
    /^\+OK \d+ octets\r\n[^]*\.\r\n\+OK 2 \d+\r\n\+OK top[^]*\.\r\n\+OK message 1 deleted\r\n\+OK messages deleted: 1\r\n$/,
  )
})

test('lines too long, noise, and the end of patience', async () => {
  const { plane, gate, peer, say } = await scene()
  const client = peer(995, { tls: TLS })
  await plane.settled()
  assert.match(await say(client, 'x'.repeat(300)), /^-ERR the line is too long\r\n$/)
  assert.match(await say(client, 'x'.repeat(500_000)), /^-ERR the line is too long\r\n$/)
  assert.match(await say(client, 'CAPA'), /^\+OK/)
  assert.match(await say(client, `USER ${'x'.repeat(248)}`), /^\+OK/)
  assert.match(await say(client, `USER ${'x'.repeat(249)}`), /^-ERR the line is too long/)
  for (let count = 0; count < 18; count++) assert.match(await say(client, 'EHLO me'), /^-ERR no such command/)
  assert.equal(client.hasEnded, false)
  assert.match(await say(client, 'EHLO me'), /^-ERR no such command\r\n-ERR \[SYS\/PERM\] too many bad commands\r\n$/)
  assert.ok(client.hasEnded)
  assert.ok(gate.kinds.includes('pop3.abuse'))
})

test('a login must come in time, and a session that says nothing ends without a word', async () => {
  const { plane, peer, session, say, inbox } = await scene()
  const stranger = peer(110)
  await plane.settled()
  plane.advance(100_000)
  assert.match(await say(stranger, 'CAPA'), /^\+OK/)
  plane.advance(79_999)
  assert.equal(stranger.hasEnded, false)
  plane.advance(1)
  assert.ok(stranger.hasEnded)
  const client = await session()
  await say(client, 'DELE 1')
  plane.advance(599_999)
  assert.match(await say(client, 'NOOP'), /^\+OK/)
  plane.advance(599_999)
  assert.equal(client.hasEnded, false)
  plane.advance(1)
  assert.ok(client.hasEnded)
  assert.equal(client.take(), '')
  assert.deepEqual(inbox(), ['1', '2'])
})

test('no more connections of one peer than it may have', async () => {
  const { plane, peer } = await scene({ limits: { connections: 2 } })
  const peers = [peer(110), peer(110), peer(110)]
  await plane.settled()
  assert.match(peers[2]?.take() ?? '', /^-ERR \[SYS\/TEMP\] too many connections/)
  assert.ok(peers[2]?.hasEnded)
  peers[2]?.end()
  peers[0]?.reset()
  await plane.settled()
  const next = peer(110)
  await plane.settled()
  assert.match(next.take(), /^\+OK/)
})

test('a slow reader gets a long message whole, bit by bit; one that reads nothing is cut off', async () => {
  const long = `Subject: long\r\n\r\n${'.dots and words\r\n'.repeat(200_000)}`
  const { plane, session, say } = await scene({}, new SimPlane(), [long])
  const client = await session()
  client.take()
  client.pause()
  client.send('RETR 1\r\nSTAT\r\n')
  await plane.settled()
  assert.ok(client.untaken < 400_000, `${client.untaken} bytes lie unsent`)
  client.resume()
  await plane.settled()
  const answer = client.take()
  assert.ok(answer.endsWith(`\r\n.\r\n+OK 1 ${long.length}\r\n`))
  assert.equal(answer.indexOf('..dots'), answer.indexOf('dots') - 2)
  assert.equal(
    answer.length,
    `+OK ${long.length} octets\r\n`.length + long.length + 200_000 + 3 + `+OK 1 ${long.length}\r\n`.length,
  )
  client.pause()
  client.send('RETR 1\r\n')
  await plane.settled()
  plane.advance(1_200_000)
  assert.notEqual(client.closeReason, undefined)
  const next = await session()
  assert.match(await say(next, 'STAT'), /^\+OK 1/)
  next.pause()
  next.send('RETR 1\r\n')
  await plane.settled()
  plane.advance(400_000)
  next.resume()
  await plane.settled()
  plane.advance(400_000)
  assert.equal(next.hasEnded, false)
})

test('a header of any length, and lists of any', async () => {
  const header = 'X-Long: '.concat('x'.repeat(70), '\r\n').repeat(2000)
  const mails = [`${header}\r\nfirst\r\nsecond\r\n`, ...Array.from({ length: 5000 }, () => TWO)]
  const { session, say } = await scene({}, new SimPlane(), mails)
  const client = await session()
  assert.equal(await say(client, 'TOP 1 1'), `+OK top of the message follows\r\n${header}\r\nfirst\r\n.\r\n`)
  const lines = (await say(client, 'UIDL')).split('\r\n')
  assert.equal(lines.length, 5004)
  assert.match(lines[5001] ?? '', /^5001 \d+\.5001$/)
})

test('many messages at once are told of as a sum', async () => {
  const { plane, gate, session, say } = await scene()
  const client = await session()
  await say(client, 'RETR 1\r\n'.repeat(149).concat('RETR 1'))
  plane.advance(1000)
  assert.equal(gate.kinds.filter((kind) => kind === 'pop3.retr').length, 100)
  assert.deepEqual(gate.events.at(-1)?.detail, { messages: 50, bytes: 50 * ONE.length })
})

test('byte by byte it is the same', async () => {
  const { plane, session, say } = await scene({}, new SimPlane({ chunkMaxBytes: 1 }))
  const client = await session()
  assert.match(await say(client, 'RETR 1'), /\.\.second\r\nthird\r\n\.\r\n$/)
  client.send('QUIT\r\n')
  await plane.settled()
  assert.match(client.take(), /^\+OK/)
})

test('a drop that cannot be written is told, and nothing is removed', async () => {
  const { post, session, say, gate } = await scene()
  const inbox = post.account('alice@harbor.test')?.mailbox('INBOX')
  assert.ok(inbox !== undefined)
  const client = await session()
  await say(client, 'DELE 1')
  Object.defineProperty(inbox, 'expunge', {
    value: async () => ({ kind: 'failure', code: 'ENOSPC', message: 'the disk is full' }),
  })
  assert.match(await say(client, 'QUIT'), /^-ERR \[SYS\/TEMP\] some deleted messages were not removed/)
  assert.equal(gate.events.at(-1)?.severity, 'warning')
})

test('answers on demand: at a command, at a login, at the door', async () => {
  const answers = [
    { at: 'retr', first: 1, reply: '-ERR [SYS/TEMP] later' },
    { at: 'login', user: 'bob@harbor.test', reply: '-ERR [AUTH] not today' },
    { at: 'stat', reply: 'hang-up' },
    { at: 'quit', reply: '-ERR no' },
  ]
  const { peer, plane, session, say, inbox } = await scene({ answers })
  const client = await session()
  assert.equal(await say(client, 'RETR 1'), '-ERR [SYS/TEMP] later\r\n')
  assert.match(await say(client, 'RETR 1'), /^\+OK/)
  const bob = peer(995, { tls: TLS })
  await plane.settled()
  await say(bob, 'USER bob')
  assert.equal(await say(bob, 'PASS bob'), '-ERR [AUTH] not today\r\n')
  assert.equal(await say(client, 'STAT'), '')
  assert.ok(client.hasEnded)
  const again = await session()
  await say(again, 'DELE 1')
  assert.equal(await say(again, 'QUIT'), '-ERR no\r\n')
  assert.ok(again.hasEnded)
  assert.equal(inbox().length, 2)
  const shut = await scene({ answers: [{ at: 'connect', first: 1, reply: '-ERR [SYS/TEMP] closed' }] })
  const first = shut.peer(110)
  await shut.plane.settled()
  assert.equal(first.take(), '-ERR [SYS/TEMP] closed\r\n')
  assert.ok(first.hasEnded)
})

test('refuses a configuration with every problem', () => {
  const answers = [
    { at: 'retr', reply: '+OK' },
    { at: 'apop', reply: 'hang-up' },
    { at: 'list', reply: '-ERR\r\n' },
  ]
  const result = pop3.config.parse({ port: 0, limits: { idle: 'x', connections: 0 }, answers, wrong: 1 })
  assert.ok(isConfigError(result))
  assert.deepEqual(result.problems.map(({ path }) => path.join('.')).toSorted(), [
    'answers.0.reply',
    'answers.1.at',
    'answers.2.reply',
    'limits.connections',
    'limits.idle',
    'port',
    'wrong',
  ])
})
