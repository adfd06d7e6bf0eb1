// Logins, sessions and forwarding with ssh2's own client, in memory.

import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { test } from 'node:test'
import ssh2, { type Client, type ClientChannel, type ConnectConfig } from 'ssh2'
import type { UserView } from '../../core/index.ts'
import { lonelyWorld, MemoryTree, OpenGate, serve } from '../../sim/index.ts'
import { ssh } from './index.ts'
import { oneTimeCode, stepAt } from './login/one-time-code.ts'
import { dial, logIn, outcome, run } from './sample-client.ts'
import { ADDRESS, ALICE, BOB, CODE_SECRET, sshWorld } from './sample-world.ts'

const { utils } = ssh2
const PASSWORD = { username: 'alice', password: 'secret' }
const KEY = utils.generateKeyPairSync('ed25519')

interface Setting {
  readonly config?: unknown
  readonly tree?: MemoryTree
  readonly users?: readonly UserView[]
}

async function server({ config, tree = new MemoryTree(), users }: Setting = {}) {
  const gate = new OpenGate()
  const served = await serve(ssh, { config, gate, world: sshWorld(lonelyWorld([ADDRESS], 'ssh'), tree, users) })
  const { plane } = served
  const io = plane.serviceIo('client', ['192.0.2.9'], gate, () => undefined)
  /** Turns the clock until it is known what becomes of it. */
  const until = async <T>(promise: Promise<T>): Promise<T> => {
    const state = { settled: false }
    const done = (): void => void (state.settled = true)
    promise.then(done, done)
    for (let turn = 0; turn < 500 && !state.settled; turn++) {
      await plane.settled()
      if (turn > 20 && !state.settled) plane.advance(100)
    }
    assert.ok(state.settled, 'it never comes to an end')
    return promise
  }
  const login = async (options: ConnectConfig) => until(logIn(await dial(io, { ip: ADDRESS, port: 22 }), options))
  const heard = (kind: string) => gate.events.filter((event) => event.kind === kind)
  return { ...served, io, login, until, heard, tree }
}

test('a password logs in, and a scripted command is answered with output, error and exit', async () => {
  const { login, until, heard } = await server({
    config: { commands: { 'show version': 'Harbor OS 1.0\n', 'reload *': { error: 'no\n', exit: 3 } } },
  })
  const client = await login(PASSWORD)
  const none = { signal: undefined }
  assert.deepEqual(await until(run(client, 'show version')), { output: 'Harbor OS 1.0\n', error: '', code: 0, ...none })
  assert.deepEqual(await until(run(client, 'reload now')), { output: '', error: 'no\n', code: 3, ...none })
  assert.deepEqual(
    heard('ssh.exec').map(({ detail }) => detail),
    [
      { user: ALICE.address, command: 'show version', exit: 0 },
      { user: ALICE.address, command: 'reload now', exit: 3 },
    ],
  )
  client.end()
})

test('the whole address is a login name too; another password is refused, later each time', async () => {
  const { login, heard, plane } = await server()
  const client = await login({ ...PASSWORD, username: ALICE.address })
  client.end()
  const before = plane.now()
  await assert.rejects(login({ ...PASSWORD, password: 'wrong' }), /authentication methods failed/)
  assert.ok(plane.now() - before >= 500)
  const [failed] = heard('ssh.login-failed')
  assert.deepEqual(failed?.detail, { user: 'alice', reason: 'wrong name or password', shut: false })
})

test('nobody is told from somebody whose password is wrong', async () => {
  const { login, heard } = await server()
  await assert.rejects(login({ username: 'nobody', password: 'x' }), /authentication methods failed/)
  await assert.rejects(login({ username: 'alice', password: 'x' }), /authentication methods failed/)
  const reasons = heard('ssh.login-failed').map(({ detail }) => detail?.['reason'])
  assert.equal(new Set(reasons).size, 1)
})

test('six refusals end a connection', async () => {
  const { login, heard } = await server({ config: { limits: { failures: 100 } } })
  const tries = Array.from({ length: 9 }, () => ({ type: 'password' as const, ...PASSWORD, password: 'x' }))
  await assert.rejects(login({ username: 'alice', authHandler: tries }))
  assert.equal(heard('ssh.login-failed').length, 6)
})

test('a peer that guesses is shut out, with the right password too, and heard again later', async () => {
  const { login, plane } = await server({ config: { limits: { failures: 2, 'lock-out': '1m' } } })
  await assert.rejects(login({ ...PASSWORD, password: 'x' }))
  await assert.rejects(login({ ...PASSWORD, password: 'y' }))
  await assert.rejects(login(PASSWORD))
  plane.advance(61_000)
  const client = await login(PASSWORD)
  client.end()
})

test('a user who is guessed at from many places is shut out, others are not', async () => {
  const { login } = await server({
    config: { limits: { 'user-failures': 2, failures: 100 } },
    users: [ALICE, { address: 'carol@harbor.test', password: 'carol' }],
  })
  await assert.rejects(login({ ...PASSWORD, password: 'x' }))
  await assert.rejects(login({ ...PASSWORD, password: 'y' }))
  await assert.rejects(login(PASSWORD))
  const client = await login({ username: 'carol', password: 'carol' })
  client.end()
})

test('a key of the world file logs in, and one of the own authorized_keys with what it may do', async () => {
  const forced = utils.generateKeyPairSync('ecdsa', { bits: 256 })
  const line = `restrict,command="status" ${forced.public} laptop\n`
  const tree = new MemoryTree({ '/.ssh/authorized_keys': `# mine\n${line}` })
  const { login, until, heard } = await server({
    tree,
    users: [{ ...ALICE, keys: [KEY.public] }],
    config: { commands: { status: 'all is well\n', other: 'other\n' } },
  })
  const client = await login({ username: 'alice', privateKey: KEY.private })
  assert.equal((await until(run(client, 'other'))).output, 'other\n')
  const restricted = await login({ username: 'alice', privateKey: forced.private })
  assert.equal((await until(run(restricted, 'other'))).output, 'all is well\n')
  const forwarded = new Promise((_resolve, reject) => restricted.forwardOut('', 0, ADDRESS, 22, reject))
  await assert.rejects(until(forwarded), /Channel open failure/)
  assert.deepEqual(
    heard('ssh.login').map(({ detail }) => detail?.['by']),
    ['publickey', 'publickey'],
  )
})

test('another key is refused, and a short RSA key even where it is listed', async () => {
  const short = generateKeyPairSync('rsa', { modulusLength: 1024 })
  const pem = short.privateKey.export({ format: 'pem', type: 'pkcs1' }).toString()
  const parsed = utils.parseKey(pem)
  assert.ok(!(parsed instanceof Error) && !Array.isArray(parsed))
  const line = `ssh-rsa ${parsed.getPublicSSH().toString('base64')}`
  const { login } = await server({ users: [{ ...ALICE, keys: [line] }] })
  await assert.rejects(login({ username: 'alice', privateKey: KEY.private }))
  await assert.rejects(login({ username: 'alice', privateKey: pem }))
})

test('a long RSA key logs in by a signature with SHA-2', async () => {
  const long = utils.generateKeyPairSync('rsa', { bits: 2048 })
  const { login } = await server({ users: [{ ...ALICE, keys: [long.public] }] })
  const client = await login({ username: 'alice', privateKey: long.private })
  client.end()
})

/** A client that answers prompts. */
function answering(answers: Readonly<Record<string, string>>): (client: Client) => void {
  return (client) =>
    client.on('keyboard-interactive', (_name, _text, _language, prompts, finish) =>
      finish(prompts.map(({ prompt }) => answers[prompt] ?? '')),
    )
}

test('a second factor is asked for after a password and after a key, and a code is good once', async () => {
  const { io, until, plane, heard } = await server({ users: [ALICE, { ...BOB, keys: [KEY.public] }] })
  const code = () => oneTimeCode(CODE_SECRET, stepAt(plane.wallMs()))
  const attempt = async (options: ConnectConfig, answers: Readonly<Record<string, string>>) =>
    until(logIn(await dial(io, { ip: ADDRESS, port: 22 }), options, answering(answers)))
  const spoken = { username: 'bob', tryKeyboard: true }
  await attempt({ ...spoken, password: 'bob' }, { 'One-time code: ': code() })
  await assert.rejects(attempt({ ...spoken, password: 'bob' }, { 'One-time code: ': code() }))
  plane.advance(60_000)
  await attempt({ ...spoken, privateKey: KEY.private }, { 'One-time code: ': code() })
  plane.advance(60_000)
  await attempt(spoken, { 'Password: ': 'bob', 'One-time code: ': code() })
  await assert.rejects(attempt({ username: 'bob', password: 'bob' }, {}))
  assert.deepEqual(
    heard('ssh.login').map(({ detail }) => detail?.['by']),
    ['password and code', 'publickey and code', 'password and code'],
  )
})

test('no login in time, no key exchange in time: the connection ends', async () => {
  const { peer, plane, heard } = await server({ config: { limits: { 'login-time': '20s' } } })
  const silent = peer(22)
  await plane.settled()
  assert.match(silent.receivedText, /^SSH-2\.0-OpenSSH_9\.2 Portolan\r\n/)
  plane.advance(20_000)
  assert.ok(silent.closeReason !== undefined || silent.hasEnded)
  assert.match(heard('ssh.abuse')[0]?.summary ?? '', /no login in time/)
})

test('sessions are bounded, and closed ones make room', async () => {
  const { login, until } = await server({ config: { limits: { sessions: 2 }, commands: { x: 'x' } } })
  const client = await login(PASSWORD)
  const open = () =>
    new Promise<void>((resolve, reject) => client.shell(false, (error) => (error ? reject(error) : resolve())))
  await until(open())
  await until(open())
  await assert.rejects(until(open()), /Channel open failure/)
  client.end()
})

test('subsystems, X11 and agents that are not there are refused, and the connection goes on', async () => {
  const { login, until } = await server({ config: { commands: { x: 'x' } } })
  const client = await login(PASSWORD)
  const subsystem = new Promise((resolve, reject) =>
    client.subsys('netconf', (error, channel) => (error ? reject(error) : resolve(channel))),
  )
  await assert.rejects(until(subsystem))
  const x11 = new Promise((resolve, reject) =>
    client.exec('x', { x11: true }, (error, channel) => (error ? reject(error) : resolve(outcome(channel)))),
  )
  await assert.rejects(until(x11))
  assert.equal((await until(run(client, 'x'))).output, 'x')
})

/** What the client's engine can do and its types leave out. */
interface WithEngine {
  readonly _protocol: {
    rekey(): void
    channelData(channel: number, data: Buffer): void
    channelEOF(channel: number): void
  }
}

const engineOf = (client: Client) => (client as unknown as WithEngine)._protocol

/** Resolves once the new keys are in use. */
function renewKeys(client: Client): Promise<void> {
  engineOf(client).rekey()
  return new Promise((resolve) => client.once('handshake', () => resolve()))
}

test('megabytes pass both ways through new keys, and nothing is lost', async () => {
  const big = 'harbour '.repeat(1 << 19)
  const { login, until } = await server({ config: { commands: { big } } })
  const client = await login(PASSWORD)
  const whole = run(client, 'big')
  const rekeyed = renewKeys(client)
  assert.equal((await until(whole)).output.length, big.length)
  await until(rekeyed)
  assert.equal((await until(run(client, 'big'))).output, big)
})

function forward(client: Client, host: string, port: number): Promise<ClientChannel> {
  return new Promise((resolve, reject) =>
    client.forwardOut('127.0.0.1', 1, host, port, (error, channel) => (error ? reject(error) : resolve(channel))),
  )
}

test('more data than the window, and data for a channel that is not open, end the connection', async () => {
  const { login, until, heard, plane } = await server()
  const readers = plane.peersAt({ ip: ADDRESS, port: 7 })
  const flooding = await login(PASSWORD)
  const closed = new Promise<void>((resolve) => flooding.once('close', () => resolve()))
  await until(forward(flooding, ADDRESS, 7))
  readers[0]?.pause()
  for (let sent = 0; sent <= 5 * 2 ** 20; sent += 32_768) engineOf(flooding).channelData(0, Buffer.alloc(32_768))
  await until(closed)
  const astray = await login(PASSWORD)
  const over = new Promise<void>((resolve) => astray.once('close', () => resolve()))
  engineOf(astray).channelEOF(77)
  await until(over)
  const abuses = heard('ssh.abuse').map(({ summary }) => summary)
  assert.match(abuses.join('; '), /more data than the window.*channel 77, which is not open/)
})

test('streams are forwarded to hosts of the world, and nowhere else', async () => {
  const { login, until, heard } = await server()
  const client = await login(PASSWORD)
  for (const name of ['host.test', 'localhost', '127.0.0.1', ADDRESS]) {
    const through = await until(forward(client, name, 22))
    const inner = await until(logIn(through, PASSWORD))
    inner.end()
  }
  await assert.rejects(until(forward(client, '203.0.113.9', 22)), { reason: 1 })
  await assert.rejects(until(forward(client, 'elsewhere.example', 22)), /open failure/)
  await assert.rejects(until(forward(client, 'host.test', 9)), { reason: 2 })
  const failures = heard('ssh.forward').map(({ detail }) => detail?.['failure'])
  assert.deepEqual(failures, [undefined, undefined, undefined, undefined, 'EACCES', 'ENOTFOUND', 'ECONNREFUSED'])
})

test('a port that the client listens on brings it the streams that come, until it is cancelled', async () => {
  const { login, until, peer, plane } = await server()
  const client = await login(PASSWORD)
  client.on('tcp connection', (_details, accept) => {
    const channel = accept()
    channel.on('data', (chunk: Buffer) => channel.write(chunk.toString().toUpperCase()))
    channel.on('end', () => channel.end('over'))
  })
  const listen = (port: number): Promise<number> =>
    new Promise((resolve, reject) =>
      client.forwardIn('localhost', port, (error, chosen) => (error ? reject(error) : resolve(chosen))),
    )
  const port = await until(listen(0))
  const caller = peer(port)
  caller.send('ahoy')
  await plane.settled()
  assert.equal(caller.take(), 'AHOY')
  caller.end()
  await plane.settled()
  assert.equal(caller.take(), 'over')
  // All at once, and its end before the client has taken it.
  const hasty = peer(port)
  hasty.send('all').end()
  await plane.settled()
  assert.equal(hasty.take(), 'ALLover')
  await assert.rejects(until(listen(22)))
  await until(new Promise<void>((resolve) => client.unforwardIn('localhost', port, () => resolve())))
  assert.equal(peer(port).closeReason?.kind, 'failed')
  client.end()
})

test('without forwarding nothing is forwarded, and the session goes on', async () => {
  const { login, until } = await server({ config: { forwarding: false, commands: { x: 'x' } } })
  const client = await login(PASSWORD)
  const refused = new Promise((_resolve, reject) => client.forwardOut('', 0, 'host.test', 22, reject))
  await assert.rejects(until(refused), { reason: 1 })
  const listening = new Promise((resolve, reject) =>
    client.forwardIn('', 0, (error, port) => (error ? reject(error) : resolve(port))),
  )
  await assert.rejects(until(listening))
  assert.equal((await until(run(client, 'x'))).output, 'x')
})

test('a connection listens on twenty ports, and a cancelled one makes room', async () => {
  const { login, until } = await server()
  const client = await login(PASSWORD)
  const listen = (port: number): Promise<number> =>
    new Promise((resolve, reject) =>
      client.forwardIn('', port, (error, chosen) => (error ? reject(error) : resolve(chosen))),
    )
  const ports: number[] = []
  for (let at = 0; at < 20; at++) ports.push(await until(listen(0)))
  assert.equal(new Set(ports).size, 20)
  await assert.rejects(until(listen(0)))
  await assert.rejects(until(listen(0)))
  await until(new Promise<void>((resolve) => client.unforwardIn('', ports[0] ?? 0, () => resolve())))
  assert.ok((await until(listen(0))) > 0)
  client.end()
})

test('a command of the scripted shell runs over the files of who logged in, and what is typed stands in the record', async () => {
  const { login, until, heard } = await server({ tree: new MemoryTree({ '/note': 'ahoy\n' }) })
  const client = await login(PASSWORD)
  assert.deepEqual(await until(run(client, 'cat note; cat; exit 3', 'from the client')), {
    output: 'ahoy\nfrom the client',
    error: '',
    code: 3,
    signal: undefined,
  })
  const typed = new Promise<ClientChannel>((resolve, reject) =>
    client.shell(false, (error, channel) => (error ? reject(error) : resolve(channel))),
  )
  const channel = await until(typed)
  channel.end('pwd\nexit 4\n')
  assert.deepEqual(await until(outcome(channel)), { output: '/\n', error: '', code: 4, signal: undefined })
  assert.deepEqual(
    heard('ssh.line').map(({ detail }) => detail?.['line']),
    ['pwd', 'exit 4'],
  )
  client.end()
})
