// Conversations with the server in memory: who is let in, what is legal when, what is said, and what is held against abuse.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { codesOf, ftpScene } from '../../../../test/conformance/ftp-dialogue.ts'
import { DEFAULT_LOGIN_LIMITS } from '../../../shared/logins/index.ts'
import { isFailure } from '../../../core/index.ts'
import { MemoryTree, SimPlane } from '../../../sim/index.ts'
import { BAD_COMMANDS_MAX, COMMAND_LINE_MAX_BYTES } from '../messages.ts'
import { DEFAULT_LIMITS } from './limits.ts'

const IAC = 0xff

test('a session from the greeting to the end', async () => {
  const { connect, told } = await ftpScene()
  const client = connect()
  assert.equal(await client.heard(), '220 files.harbor.test FTP server ready\r\n')
  assert.match(await client.say('USER alice'), /^331 /)
  assert.match(await client.say('PASS alice'), /^230 /)
  assert.equal(await client.say('PWD'), '257 "/" is the current directory\r\n')
  assert.equal(await client.say('SYST'), '215 UNIX Type: L8\r\n')
  assert.match(await client.say('QUIT'), /^221 /)
  assert.equal(client.peer.hasEnded, true)
  assert.deepEqual(told(), ['ftp.login'])
})

test('the same, byte by byte and all at once', async () => {
  for (const chunkMaxBytes of [1, 3, Infinity]) {
    const { connect } = await ftpScene({ plane: new SimPlane({ chunkMaxBytes }) })
    const codes = await connect().codes('USER alice', 'PASS alice', 'TYPE I', 'CWD /', 'NOOP', 'QUIT')
    assert.deepEqual(codes, ['220', '331', '230', '200', '250', '200', '221'])
  }
})

test('lines may end in LF alone, words are of any case', async () => {
  const { connect } = await ftpScene()
  const client = connect()
  client.peer.send('user alice\npass alice\npwd\n')
  assert.deepEqual(codesOf(await client.heard()), ['220', '331', '230', '257'])
})

test('before a login there is little, after it no other', async () => {
  const { connect } = await ftpScene()
  const client = connect()
  const before = await client.codes('PWD', 'PASV', 'RETR a', 'TYPE I', 'PASS x', 'NOOP', 'FEAT', 'HELP', 'SYST')
  assert.deepEqual(before, ['220', '530', '530', '530', '530', '503', '200', '211', '214', '215'])
  const after = await client.codes('USER alice', 'PASS alice', 'USER bob', 'PASS alice', 'HOST a', 'AUTH TLS')
  assert.deepEqual(after, ['331', '230', '503', '230', '503', '503'])
})

test('the anonymous have a place of their own that they cannot change', async () => {
  const { connect, publicTree } = await ftpScene()
  const client = connect()
  assert.deepEqual(await client.codes('USER Anonymous', 'PASS me@'), ['220', '331', '230'])
  assert.equal((await client.fetch('NLST')).data, 'welcome\r\n')
  const refused = await client.codes('MKD a', 'DELE welcome', 'RNFR welcome', 'RNTO b', 'SITE CHMOD 600 welcome')
  assert.deepEqual(refused, ['550', '550', '350', '550', '550'])
  await client.passive()
  assert.deepEqual(await client.codes('STOR a'), ['550'])
  assert.deepEqual(await publicTree.list('/'), ['welcome'])
})

test('the anonymous may write where the world says so, and may be none', async () => {
  const open = await ftpScene({ config: { anonymous: { write: true } } })
  const client = open.connect()
  await client.say('USER ftp', 'PASS x')
  assert.deepEqual(await client.store('STOR a', 'x'), ['150', '226'])
  const none = await ftpScene({ config: { anonymous: false } })
  const other = none.connect()
  await other.say('USER anonymous', 'PASS x')
  none.plane.advance(1000)
  assert.match(await other.heard(), /^530 Login incorrect/)
})

test('a wrong password and an unknown name are told alike, later and later, and end the connection', async () => {
  const { connect, plane, told } = await ftpScene()
  const answers: string[] = []
  for (const name of ['alice', 'nobody']) {
    const client = connect()
    await client.say(`USER ${name}`, 'PASS wrong')
    plane.advance(DEFAULT_LOGIN_LIMITS.delayMs - 1)
    assert.equal(await client.heard(), '', 'held back')
    plane.advance(1)
    answers.push(await client.heard())
  }
  assert.equal(answers[0], answers[1])
  const client = connect()
  for (let tries = 0; tries < DEFAULT_LOGIN_LIMITS.perConnectionMax; tries++) {
    await client.say('USER alice', 'PASS wrong')
    plane.advance(DEFAULT_LOGIN_LIMITS.delayMaxMs)
    await client.heard()
  }
  assert.equal(client.peer.hasEnded, true)
  assert.equal(
    told().every((kind) => kind === 'ftp.login-failed'),
    true,
  )
})

test('who guesses on is shut out, whatever the password', async () => {
  const { connect, plane, told } = await ftpScene()
  for (let tries = 0; tries < DEFAULT_LOGIN_LIMITS.perPeerMax; tries++) {
    const client = connect()
    await client.say('USER alice', 'PASS wrong')
    plane.advance(DEFAULT_LOGIN_LIMITS.delayMaxMs)
    client.peer.reset()
  }
  assert.match(await connect().say('USER alice', 'PASS alice'), /421 /)
  assert.equal(told().filter((kind) => kind === 'ftp.abuse').length, 1)
})

test('commands of all kinds', async () => {
  const { session } = await ftpScene()
  const client = await session()
  const table: readonly (readonly [string, string])[] = [
    ['TYPE A', '200'],
    ['TYPE A N', '200'],
    ['TYPE L 8', '200'],
    ['TYPE E', '504'],
    ['TYPE A T', '504'],
    ['STRU F', '200'],
    ['STRU R', '504'],
    ['MODE S', '200'],
    ['MODE B', '504'],
    ['ALLO 100', '202'],
    ['ACCT x', '202'],
    ['SMNT x', '502'],
    ['REST 5', '350'],
    ['REST -5', '501'],
    ['REST x', '501'],
    ['OPTS UTF8 ON', '200'],
    ['OPTS UTF8 OFF', '504'],
    ['OPTS MLST size;type;', '200'],
    ['OPTS MODE x', '501'],
    ['LANG', '200'],
    ['LANG en-GB', '200'],
    ['LANG fr', '504'],
    ['PBSZ 0', '503'],
    ['PROT P', '503'],
    ['CCC', '534'],
    ['AUTH GSSAPI', '503'],
    ['MKD a', '257'],
    ['XCWD a', '250'],
    ['XPWD', '257'],
    ['XCUP', '250'],
    ['CWD none', '550'],
    ['CWD ../../..', '250'],
    ['RMD a', '250'],
    ['RMD a', '550'],
    ['RNTO b', '503'],
    ['RNFR none', '550'],
    ['DELE none', '550'],
    ['SIZE none', '550'],
    ['MDTM none', '550'],
    ['MFMT 2026 x', '501'],
    ['MFMT x', '501'],
    ['SITE HELP', '214'],
    ['SITE IDLE', '500'],
    ['SITE CHMOD x y', '501'],
    ['ABOR', '226'],
    ['STAT', '211'],
    ['STAT none', '550'],
    ['LIST', '425'],
    ['REIN now', '501'],
    ['WHAT', '500'],
    ['', '500'],
  ]
  for (const [line, code] of table) assert.deepEqual(await client.codes(line), [code], line)
})

test('folders and files are moved, removed and asked about', async () => {
  const { session, tree, plane } = await ftpScene()
  tree.put('/a "b"', 'content', plane.wallMs())
  const client = await session()
  assert.equal(await client.say('MKD dir"x'), '257 "/dir""x" created\r\n')
  assert.equal(
    await client.say('CWD dir"x', 'PWD'),
    '250 Directory successfully changed.\r\n257 "/dir""x" is the current directory\r\n',
  )
  assert.deepEqual(await client.codes('RNFR ../a "b"', 'RNTO c', 'SIZE c', 'RNFR c', 'NOOP', 'RNTO d'), [
    '350',
    '250',
    '213',
    '350',
    '200',
    '503',
  ])
  assert.equal(await client.say('SIZE c'), '213 7\r\n')
  assert.equal(await client.say('MFMT 20200229010203 c'), '213 Modify=20200229010203; c\r\n')
  assert.equal(await client.say('MDTM c'), '213 20200229010203\r\n')
  assert.equal(
    await client.say('MDTM 20210101000000 c', 'MDTM c'),
    '213 Modify=20210101000000; c\r\n213 20210101000000\r\n',
  )
  assert.match(await client.say('SITE UTIME 202201020304 c', 'MDTM c'), /213 20220102030400\r\n$/)
  assert.match(
    await client.say('SITE UTIME c 20230101000000 20230102000000 20230101000000 UTC', 'MDTM c'),
    /213 20230102000000\r\n$/,
  )
  assert.match(await client.say('SITE CHMOD 600 c', 'MLST c'), /unix\.mode=0600; \/dir"x\/c\r\n/)
  assert.deepEqual(await client.codes('DELE c', 'CDUP', 'RMD dir"x'), ['250', '250', '250'])
  assert.deepEqual(await tree.list('/'), [])
})

test('SIZE is of the bytes that a transfer would have', async () => {
  const { session, tree } = await ftpScene()
  tree.put('/a', 'x\ny\r\n', 0)
  tree.put('/large', Buffer.alloc(1_048_577), 0)
  const client = await session()
  assert.deepEqual(await client.say('SIZE a', 'SIZE large'), '213 5\r\n213 1048577\r\n')
  assert.match(await client.say('TYPE A', 'SIZE a'), /213 6\r\n$/)
  assert.deepEqual(await client.codes('SIZE large', 'SIZE /', 'SIZE none'), ['550', '550', '550'])
})

test('names are bytes; what cannot be said in FTP is refused', async () => {
  const { session, tree } = await ftpScene()
  const client = await session()
  const bytes = Buffer.from([0x61, 0xfe, 0x80])
  assert.deepEqual(await client.codes(Buffer.concat([Buffer.from('MKD '), bytes])), ['257'])
  assert.deepEqual(await tree.list('/'), ['a\udcfe\udc80'])
  assert.deepEqual(await client.codes(Buffer.concat([Buffer.from('CWD '), bytes])), ['250'])
  assert.match(await client.say('PWD'), /^257 "\/a\u00fe\u0080"/)
  const iac = Buffer.from([0x62, IAC, IAC])
  assert.match(
    await client.say(Buffer.concat([Buffer.from('MKD '), iac])),
    /^257 "\/a\u00fe\u0080\/b\u00ff\u00ff" created/,
  )
  assert.deepEqual(await client.codes('MKD a\0b', 'MKD a\rb'), ['501', '501'])
})

test('Telnet options are refused', async () => {
  const { session } = await ftpScene()
  const client = await session()
  const answer = await client.say(Buffer.from([IAC, 0xfd, 6, ...Buffer.from('NOOP')]))
  assert.equal(answer, '\u00ff\u00fc\u0006200 NOOP ok.\r\n')
})

test('HOST names the host, by its names and addresses', async () => {
  const { connect } = await ftpScene()
  const client = connect()
  const codes = await client.codes(
    'HOST FTP.harbor.test',
    'HOST 198.51.100.1',
    'HOST other.test',
    'USER alice',
    'HOST files.harbor.test',
  )
  assert.deepEqual(codes, ['220', '220', '220', '504', '331', '503'])
})

test('REIN begins anew', async () => {
  const { session } = await ftpScene()
  const client = await session()
  assert.deepEqual(await client.codes('MKD a', 'CWD a', 'REIN', 'PWD', 'USER alice', 'PASS alice'), [
    '257',
    '250',
    '220',
    '530',
    '331',
    '230',
  ])
  assert.match(await client.say('PWD'), /^257 "\/"/)
})

test('AUTH TLS, and what was sent behind it is dropped', async () => {
  const { connect } = await ftpScene()
  const client = connect()
  await client.heard()
  client.peer.send('AUTH TLS\r\nUSER alice\r\n')
  assert.deepEqual(codesOf(await client.heard()), ['234'])
  client.peer.secure({ serverName: 'files.harbor.test' })
  assert.equal(isFailure(client.peer.tls), false)
  assert.deepEqual(
    await client.codes('PASS alice', 'AUTH TLS', 'PROT P', 'PBSZ 0', 'PROT X', 'PROT S', 'PROT P', 'REIN'),
    ['503', '503', '503', '200', '504', '536', '200', '502'],
  )
  assert.deepEqual(await client.codes('USER alice', 'PASS alice'), ['331', '230'])
})

test('with `tls: require` nobody logs in in the clear, and no data goes so', async () => {
  const { connect } = await ftpScene({ config: { tls: 'require' } })
  const client = connect()
  assert.deepEqual(await client.codes('USER alice', 'PASS alice'), ['220', '530', '503'])
  await client.secure()
  assert.deepEqual(await client.codes('USER alice', 'PASS alice', 'PROT C', 'PASV', 'LIST'), [
    '331',
    '230',
    '200',
    '227',
    '522',
  ])
})

test('TLS from the first byte on port 990', async () => {
  const { connect, plane } = await ftpScene()
  const client = connect(990, { tls: { serverName: 'files.harbor.test' } })
  await plane.settled()
  assert.match(await client.say('USER alice', 'PASS alice', 'STAT'), /will be encrypted/)
})

test('a line that is too long is dropped, and many bad commands end the connection', async () => {
  const { session, told } = await ftpScene()
  const client = await session()
  const long = 'x'.repeat(COMMAND_LINE_MAX_BYTES - 6)
  assert.deepEqual(await client.codes(`MKD ${long}`, `MKD ${long}y`, 'NOOP'), ['550', '500', '200'])
  client.peer.send('z'.repeat(1_000_000))
  assert.deepEqual(await client.codes(''), ['500'])
  for (let count = 2; count < BAD_COMMANDS_MAX; count++) await client.say('WHAT')
  assert.deepEqual(await client.codes('WHAT'), ['421'])
  assert.equal(client.peer.hasEnded, true)
  assert.deepEqual(told(), ['ftp.login', 'ftp.abuse'])
})

test('silence ends a connection: before a login, and after it', async () => {
  const { connect, session, plane } = await ftpScene()
  const stranger = connect()
  await stranger.heard()
  plane.advance(DEFAULT_LIMITS.loginMs - 1)
  await stranger.say('NOOP')
  plane.advance(2)
  assert.match(await stranger.heard(), /^421 /)
  const client = await session()
  plane.advance(DEFAULT_LIMITS.idleMs - 10)
  assert.deepEqual(await client.codes('NOOP'), ['200'])
  plane.advance(DEFAULT_LIMITS.idleMs - 10)
  assert.deepEqual(await client.codes('NOOP'), ['200'])
  plane.advance(2 * DEFAULT_LIMITS.idleMs)
  assert.match(await client.heard(), /^421 /)
})

test('a peer has so many connections, a user so many sessions', async () => {
  const { connect, session, told } = await ftpScene({ config: { limits: { connections: 3, sessions: 1 } } })
  const first = await session()
  const second = connect()
  assert.match(await second.say('USER alice', 'PASS alice'), /421 [^\r]*\r\n$/)
  const third = connect()
  assert.match(await connect().heard(), /^421 /)
  assert.deepEqual(await first.codes('QUIT'), ['221'])
  first.peer.end()
  second.peer.end()
  third.peer.end()
  await first.heard()
  assert.deepEqual(await connect().codes('USER alice', 'PASS alice'), ['220', '331', '230'])
  assert.deepEqual(told(), ['ftp.login', 'ftp.abuse', 'ftp.abuse', 'ftp.login'])
})

test('answers on demand', async () => {
  const answers = [
    { at: 'mkd', user: 'alice@harbor.test', first: 1, reply: '452 the disk is full' },
    { at: 'noop', reply: '421 go away' },
    { at: 'cwd', reply: 'hang-up' },
  ]
  const { session, tree } = await ftpScene({ config: { answers } })
  const client = await session()
  assert.equal(await client.say('MKD a'), '452 the disk is full\r\n')
  assert.deepEqual(await tree.list('/'), [])
  assert.deepEqual(await client.codes('MKD a', 'NOOP'), ['257', '421'])
  assert.equal(client.peer.hasEnded, true)
  const other = await session()
  assert.equal(await other.say('CWD a'), '')
  assert.equal(other.peer.hasEnded, true)
})

test('passwords stand in no event, what a peer writes stays on its line', async () => {
  const { connect, served, plane } = await ftpScene()
  const client = connect()
  await client.say('USER alice', 'PASS alice-secret', `MKD \u001b[31m`)
  plane.advance(60_000)
  const text = JSON.stringify(served.gate.events)
  assert.equal(text.includes('secret'), false)
  assert.equal(text.includes('\\u001b'), false)
  assert.match(text, /PASS \*\*\*/)
})

test('commands are told one by one while there are few', async () => {
  const { session, served, plane } = await ftpScene({ tree: new MemoryTree() })
  const client = await session()
  await client.say(...Array.from({ length: 300 }, () => 'NOOP'))
  plane.advance(2000)
  const kinds = served.gate.events.map(({ kind }) => kind)
  assert.equal(kinds.filter((kind) => kind === 'ftp.command').length, 100)
  assert.equal(served.gate.events.at(-1)?.kind, 'ftp.commands')
  assert.deepEqual(served.gate.events.at(-1)?.detail, { commands: 203 })
})
