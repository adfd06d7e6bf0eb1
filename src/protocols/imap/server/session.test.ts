// Sessions: who gets in, what is legal when, and how it all ends.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { imapScene } from '../../../../test/conformance/imap-dialogue.ts'
import { SimPlane } from '../../../sim/index.ts'
import { Deflater } from '../codec/deflate.ts'
import { Inflater } from '../codec/inflate.ts'
import { EARLY_COMMANDS_MAX } from '../messages.ts'

test('without TLS names and passwords are refused, and nobody learns whether they are right', async () => {
  const { stranger, stop } = await imapScene()
  const client = await stranger()
  assert.match(await client.say('CAPABILITY'), /STARTTLS LOGINDISABLED AUTH=SCRAM-SHA-256/)
  assert.equal(await client.status('LOGIN alice alice'), 'NO [PRIVACYREQUIRED]')
  assert.equal(await client.status('AUTHENTICATE PLAIN AGFsaWNlAGFsaWNl'), 'NO [PRIVACYREQUIRED]')
  await stop()
})

test('STARTTLS: what came with it and before the handshake is gone', async () => {
  const { stranger, stop } = await imapScene()
  const client = await stranger()
  assert.equal(await client.send('a STARTTLS\r\nb LOGIN alice alice\r\n'), 'a OK begin TLS\r\n')
  client.peer.secure({ serverName: 'mail.harbor.test' })
  assert.equal(await client.heard(), '')
  assert.doesNotMatch(await client.say('CAPABILITY'), /STARTTLS|LOGINDISABLED/)
  assert.match(await client.status('LOGIN alice alice'), /^OK/)
  await stop()
})

test('AUTHENTICATE: with an initial response, without, given up, and what is no base64', async () => {
  const { stranger, stop } = await imapScene()
  const client = await stranger('tls')
  assert.equal(await client.send('a AUTHENTICATE PLAIN\r\n'), '+ \r\n')
  assert.match(await client.send('*\r\n'), /^a BAD /)
  assert.equal(await client.send('b AUTHENTICATE PLAIN\r\n'), '+ \r\n')
  assert.match(await client.send('not base64\r\n'), /^b BAD /)
  assert.match(await client.send('c AUTHENTICATE NOSUCH\r\n'), /^c NO /)
  assert.match(await client.send('d AUTHENTICATE PLAIN AGFsaWNlAGFsaWNl\r\n'), /^d OK \[CAPABILITY /)
  assert.match(await client.send('e AUTHENTICATE PLAIN AGFsaWNlAGFsaWNl\r\n'), /^e BAD /)
  await stop()
})

test('a bad login is told later each time, and the fifth is the last', async () => {
  const { stranger, plane, gate, stop } = await imapScene([], { 'plain-login': true })
  const client = await stranger()
  for (let attempt = 1; attempt <= 5; attempt++) {
    assert.equal(await client.send('a LOGIN alice wrong\r\n'), '')
    plane.advance(500 * 2 ** (attempt - 1) - 1)
    assert.equal(await client.heard(), '')
    plane.advance(1)
    assert.match(await client.heard(), /^a NO \[AUTHENTICATIONFAILED\]/)
  }
  assert.equal(client.peer.hasEnded, true)
  assert.equal(gate.events.filter(({ kind }) => kind === 'imap.login-failed').length, 5)
  await stop()
})

test('each command is legal in its states only', async () => {
  const { session, stranger, stop } = await imapScene(['Subject: one\r\n\r\n'])
  const early = await stranger()
  for (const command of ['SELECT INBOX', 'LIST "" *', 'FETCH 1 FLAGS', 'CLOSE', 'ENABLE QRESYNC', 'IDLE']) {
    assert.equal(await early.status(command), 'BAD', command)
  }
  const client = await session()
  for (const command of ['FETCH 1 FLAGS', 'SEARCH ALL', 'CLOSE', 'STARTTLS', 'LOGIN alice alice', 'EXPUNGE']) {
    assert.equal(await client.status(command), 'BAD', command)
  }
  assert.equal(await client.status('SELECT INBOX'), 'OK [READ-WRITE]')
  assert.equal(await client.status('SELECT nothing'), 'NO [NONEXISTENT]')
  assert.equal(await client.status('FETCH 1 FLAGS'), 'BAD', 'a SELECT that failed leaves nothing selected')
  await stop()
})

test('silence: three minutes to log in, thirty after it, IDLE included', async () => {
  const { session, stranger, plane, stop } = await imapScene()
  const early = await stranger()
  plane.advance(100_000)
  await early.say('NOOP')
  plane.advance(79_999)
  assert.equal(early.peer.hasEnded, false)
  plane.advance(1)
  assert.match(early.peer.take(), /^\* BYE /)
  const client = await session()
  await client.say('SELECT INBOX')
  await client.say('IDLE')
  plane.advance(1_799_999)
  assert.equal(client.peer.hasEnded, false)
  plane.advance(1)
  assert.match(client.peer.take(), /^\* BYE /)
  assert.equal(client.peer.hasEnded, true)
  await stop()
})

test('twenty bad commands in a row end the session, and so do many without a login', async () => {
  const { session, stranger, stop } = await imapScene()
  const client = await session()
  for (let bad = 1; bad < 20; bad++) assert.equal(await client.status('NOSUCH'), 'BAD')
  assert.equal(await client.status('NOOP'), 'OK')
  for (let bad = 1; bad < 20; bad++) assert.equal(await client.status('NOSUCH'), 'BAD')
  assert.match(await client.say('NOSUCH'), /^\. BAD [^]*\* BYE too many/)
  const early = await stranger()
  const said = await early.send('a NOOP\r\n'.repeat(EARLY_COMMANDS_MAX + 1))
  assert.equal(said.split('a OK').length - 1, EARLY_COMMANDS_MAX)
  assert.match(said, /\* BYE /)
  await stop()
})

test('connections of one peer, and sessions of one account, are bounded', async () => {
  const { session, stranger, plane, peer, stop } = await imapScene([], { limits: { connections: 3, sessions: 2 } })
  const one = await session()
  await session()
  const third = await stranger('tls')
  assert.equal(await third.status('LOGIN alice alice'), 'NO [LIMIT]')
  const fourth = peer(143)
  await plane.settled()
  assert.match(fourth.take(), /^\* BYE \[LIMIT\]/)
  assert.match(await one.say('LOGOUT'), /^\* BYE [^]*\. OK/)
  assert.equal(one.peer.end().hasEnded, true)
  assert.match(await (await stranger('tls')).status('LOGIN alice alice'), /^OK/)
  await stop()
})

test('the owner says something else than would be said', async () => {
  const answers = [
    { at: 'select', user: 'alice@harbor.test', first: 2, reply: 'NO [UNAVAILABLE] later' },
    { at: 'list', reply: 'BYE off you go' },
  ]
  const { session, stop } = await imapScene([], { answers })
  const client = await session()
  assert.equal(await client.say('SELECT INBOX'), '. NO [UNAVAILABLE] later\r\n')
  assert.equal(await client.status('EXAMINE INBOX'), 'NO [UNAVAILABLE]')
  assert.equal(await client.status('SELECT INBOX'), 'OK [READ-WRITE]')
  assert.equal(await client.say('LIST "" *'), '* BYE off you go\r\n')
  assert.equal(client.peer.hasEnded, true)
  await stop()
})

test('ID, NAMESPACE and ENABLE', async () => {
  const { session, stop } = await imapScene()
  const client = await session()
  assert.deepEqual(await client.lines('ID ("name" "x" "version" NIL)'), ['* ID ("name" "Portolan")', 'OK'])
  assert.deepEqual(await client.lines('ID NIL'), ['* ID ("name" "Portolan")', 'OK'])
  assert.deepEqual(await client.lines('NAMESPACE'), ['* NAMESPACE (("" "/")) NIL NIL', 'OK'])
  assert.deepEqual(await client.lines('ENABLE X-NO QRESYNC'), ['* ENABLED QRESYNC', 'OK'])
  assert.deepEqual(await client.lines('ENABLE imap4rev2'), ['* ENABLED IMAP4REV2', 'OK'])
  await stop()
})

test('events of a session name its user, and mails by their Message-IDs', async () => {
  const { session, gate, stop } = await imapScene(['Message-ID: <one@harbor.test>\r\n\r\nbody'])
  const client = await session()
  await client.say('SELECT INBOX')
  await client.say('FETCH 1 BODY[]')
  await client.append('Sent', 'Subject: x\r\nMessage-ID:\r\n <two@harbor.test>\r\n\r\n')
  const events = gate.events.map(({ kind, detail }) => [kind, detail?.['user'], detail?.['mail']])
  assert.deepEqual(events, [
    ['imap.login', 'alice@harbor.test', undefined],
    ['imap.select', 'alice@harbor.test', undefined],
    ['imap.fetch', 'alice@harbor.test', 'one@harbor.test'],
    ['imap.append', 'alice@harbor.test', 'two@harbor.test'],
  ])
  await stop()
})

test('COMPRESS: both directions, pipelined, with more than fits at once, and in pieces', async () => {
  for (const chunkMaxBytes of [Infinity, 7]) {
    const plane = new SimPlane({ chunkMaxBytes })
    const { session, stop } = await imapScene(['Subject: one\r\n\r\nbody'], {}, plane)
    const client = await session()
    const deflater = new Deflater()
    const inflater = new Inflater()
    assert.match(await client.say('COMPRESS GZIP'), /^\. BAD/)
    assert.match(await client.say('COMPRESS DEFLATE'), /^\. OK/)
    const say = async (text: string): Promise<string> => {
      client.peer.send(deflater.deflate(Buffer.from(text)))
      await plane.settled()
      inflater.push(client.peer.takeBytes())
      const plain = inflater.pull(10_000_000)
      return plain === 'corrupt' ? plain : Buffer.from(plain).toString('latin1')
    }
    assert.doesNotMatch(await say('a CAPABILITY\r\n'), /COMPRESS/)
    assert.match(
      await say('b SELECT INBOX\r\nc FETCH 1 BODY.PEEK[]\r\nd COMPRESS DEFLATE\r\n'),
      /body\)\r\nc OK [^]*d NO/,
    )
    const many = await say(`e APPEND INBOX {3+}\r\nabc\r\n${'f NOOP\r\n'.repeat(20_000)}g STATUS INBOX (MESSAGES)\r\n`)
    assert.equal(many.split('f OK').length - 1, 20_000)
    assert.match(many, /MESSAGES 2\)\r\ng OK [^\n]*\n$/)
    client.peer.send(Buffer.from('this is no deflate'))
    assert.equal(client.peer.closeReason?.kind, 'reset')
    await stop()
  }
})
