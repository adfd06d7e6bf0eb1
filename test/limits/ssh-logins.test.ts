// Who guesses at an SSH server: answered ever later, then hung up on, then not heard for a while, and all others log in
// meanwhile. Nobody learns who exists; a code is good once; nothing that was guessed stands in the record.

import assert from 'node:assert/strict'
import { generateKeyPairSync, sign } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import ssh2, { type Client } from 'ssh2'
import type { RunningWorld } from '../../src/index.ts'
import { oneTimeCode, stepAt } from '../../src/protocols/ssh/login/one-time-code.ts'
import { abuse, gone, loggedIn, message, others, sendPacket, socketTo, sshData, stranger } from './ssh.ts'
import { turnedWorld, type TurnedWorld } from './world.ts'

/** Before each refusal on one connection; the last one ends it. docs/limits.md. */
const DELAYS_MS = [500, 1000, 2000, 4000, 8000, 15_000]
/** Bad logins of one peer, and as one user, until they are shut out, and for how long. */
const PEER_MAX = 20
const USER_MAX = 50
const SHUT_MS = 300_000
/** The soonest that a refusal is told. */
const REFUSAL_MS = 5
/** Login requests of one connection. */
const REQUESTS_MAX = 50
const USERAUTH_REQUEST = 50

const shutOut = (world: RunningWorld) => world.events().filter(({ detail }) => detail?.['shut'] === true)
const refusedIn = (world: RunningWorld) => world.events().filter(({ kind }) => kind === 'ssh.login-failed')

/** Waits until the server has heard of so many bad logins, by the events that it tells them with. */
async function refused(world: RunningWorld, count: number): Promise<void> {
  await world.waitFor(() => refusedIn(world).length >= count)
}

for (const name of ['alice', 'nobody', 'root']) {
  test(`${name}: each wrong password is answered later, and the sixth is the last`, async (t) => {
    const { world, skip } = await turnedWorld(t, sshData())
    const { engine, socket, refusals } = await stranger(t, world, { username: name })
    for (const [at, delayMs] of DELAYS_MS.entries()) {
      engine.authPassword(name, `wrong${at}`)
      await refused(world, at + 1)
      skip(delayMs - 1)
      await others(t, world)
      assert.equal(refusals(), at)
      skip(1)
      if (at < DELAYS_MS.length - 1) await until(() => refusals() === at + 1)
    }
    await gone(socket)
    assert.equal(refusedIn(world).length, DELAYS_MS.length)
    assert.deepEqual(abuse(world), [])
    assert.doesNotMatch(world.report('json'), /wrong\d/)
  })
}

/** Turns of the event loop, until it is so. */
async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setImmediate(resolve))
}

/** Guesses once from an address, and resolves once that is refused. */
async function guess(t: TestContext, { world, skip }: TurnedWorld, user: string, from: string): Promise<void> {
  const before = refusedIn(world).length
  const { engine, socket, refusals } = await stranger(t, world, { username: user, from })
  engine.authPassword(user, 'wrong')
  await refused(world, before + 1)
  skip(DELAYS_MS[0] ?? 0)
  await until(() => refusals() > 0 || socket.destroyed)
  socket.destroy()
}

test('a peer that goes on is shut out, right password or not, one event says so, and others come in', async (t) => {
  const turned = await turnedWorld(t, sshData())
  const { world, skip } = turned
  for (let tried = 0; tried < PEER_MAX; tried++) await guess(t, turned, 'alice', '127.0.0.2')
  assert.equal(shutOut(world).length, 1)
  const socket = await socketTo(t, world, '127.0.0.2')
  const client = new ssh2.Client()
  client.on('error', () => undefined).connect({ sock: socket, username: 'alice', password: 'alice', readyTimeout: 0 })
  await others(t, world)
  skip(REFUSAL_MS)
  await gone(socket)
  assert.equal(shutOut(world).length, 1)
  await loggedIn(t, world, 'alice', { from: '127.0.0.3' })
  skip(SHUT_MS)
  await loggedIn(t, world, 'alice', { from: '127.0.0.2' })
})

test('a user who is guessed at from everywhere is shut out, and nobody learns from it who exists', async (t) => {
  const turned = await turnedWorld(t, sshData())
  const { world, skip } = turned
  for (const user of ['alice', 'nobody']) {
    for (let tried = 0; tried < USER_MAX; tried++) await guess(t, turned, user, `127.0.1.${1 + (tried % 10)}`)
    await others(t, world)
    skip(SHUT_MS / 10)
  }
  for (const user of ['alice', 'nobody']) {
    const asked = stranger(t, world, { username: user, from: '127.0.0.7' })
    await others(t, world)
    skip(REFUSAL_MS)
    const { engine, refusals } = await asked
    engine.authPassword(user, 'alice')
    await others(t, world)
    skip(REFUSAL_MS)
    await others(t, world)
    assert.equal(refusals(), 1, `${user} is answered at another time`)
  }
  assert.equal(shutOut(world).length, 2)
})

test('requests that are no tries have an end too: questions without answers, keys without signatures', async (t) => {
  const key = ssh2.utils.generateKeyPairSync('ed25519')
  const parsed = ssh2.utils.parseKey(key.public)
  assert.ok(!(parsed instanceof Error) && !Array.isArray(parsed))
  const asks = {
    questions: message(USERAUTH_REQUEST, 'alice', 'ssh-connection', 'keyboard-interactive', '', ''),
    keys: message(
      USERAUTH_REQUEST,
      'alice',
      'ssh-connection',
      'publickey',
      false,
      'ssh-ed25519',
      parsed.getPublicSSH().length,
      parsed.getPublicSSH(),
    ),
  }
  for (const [what, asked] of Object.entries(asks)) {
    const { world } = await turnedWorld(t, sshData({}, { keys: [key.public] }))
    const { engine, socket } = await stranger(t, world)
    for (let sent = 0; sent < REQUESTS_MAX && !socket.destroyed; sent++) {
      sendPacket(engine, asked)
      await new Promise((resolve) => setTimeout(resolve, 2))
    }
    await gone(socket)
    assert.equal(abuse(world).length, 1, `${what}: ${abuse(world).join('; ')}`)
    await others(t, world)
  }
})

test('a hundred login requests in one piece', async (t) => {
  const { world } = await turnedWorld(t, sshData())
  const { engine, socket } = await stranger(t, world)
  for (let sent = 0; sent < 100; sent++) engine.authPassword('alice', `wrong${sent}`)
  await gone(socket)
  assert.deepEqual(abuse(world), ['too many login requests at once'])
  await others(t, world)
})

test('an RSA key that says it is another key does not get by with SHA-1', async (t) => {
  const pair = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const pem = pair.privateKey.export({ type: 'pkcs1', format: 'pem' }).toString()
  const parsed = ssh2.utils.parseKey(pem)
  assert.ok(!(parsed instanceof Error) && !Array.isArray(parsed))
  const keys = [`ssh-rsa ${parsed.getPublicSSH().toString('base64')}`]
  const { world, skip } = await turnedWorld(t, sshData({}, { keys }))
  const socket = await socketTo(t, world)
  const client = new ssh2.Client()
  t.after(() => client.destroy())
  const lying = Object.assign(Object.create(parsed), {
    type: 'ssh-ed25519',
    sign: (data: Buffer) => sign('sha1', data, pair.privateKey),
  })
  const outcome = isIn(client)
  let asked = 0
  client.connect({
    sock: socket,
    username: 'alice',
    readyTimeout: 0,
    authHandler: (_left, _partial, next) =>
      next(asked++ === 0 ? { type: 'publickey', username: 'alice', key: lying } : 'none'),
  })
  const turning = setInterval(() => skip(1000), 5)
  t.after(() => clearInterval(turning))
  assert.equal(await outcome, false)
})

test('a one-time code is good once, for nobody else, and neither it nor a password stands in the record', async (t) => {
  const secret = Buffer.from('12345678901234567890')
  const turned = await turnedWorld(t, sshData({}, { 'one-time-code': base32(secret), password: 'a-secret-word' }))
  const { world, skip } = turned
  const code = oneTimeCode(secret, stepAt(Date.now()))
  const login = async (answers: readonly string[]): Promise<boolean> => {
    const client = new ssh2.Client()
    t.after(() => client.destroy())
    const left = [...answers]
    client.on('keyboard-interactive', (_name, _text, _language, prompts, finish) =>
      finish(prompts.map(() => left.shift() ?? '')),
    )
    const outcome = isIn(client)
    client.connect({
      sock: await socketTo(t, world),
      username: 'alice',
      tryKeyboard: true,
      readyTimeout: 0,
      authHandler: ['keyboard-interactive'],
    })
    const turning = setInterval(() => skip(1000), 5)
    return outcome.finally(() => clearInterval(turning))
  }
  assert.equal(await login(['a-secret-word', code]), true)
  assert.equal(await login(['a-secret-word', code]), false)
  assert.equal(await login(['a-secret-word', ` ${code}`]), false)
  assert.equal(refusedIn(world).length, 2)
  const told = world.report('json') + JSON.stringify(world.events())
  for (const hidden of [code, 'a-secret-word', base32(secret)]) assert.ok(!told.includes(hidden), hidden)
  await others(t, world)
})

test('keys in a folder that all users share open no account', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'portolan-shared-'))
  t.after(() => rmSync(folder, { recursive: true }))
  const key = ssh2.utils.generateKeyPairSync('ed25519')
  mkdirSync(join(folder, '.ssh'))
  writeFileSync(join(folder, '.ssh/authorized_keys'), `${key.public}\n`)
  const { world, skip } = await turnedWorld(t, sshData({ folder, write: true }))
  const client = new ssh2.Client()
  t.after(() => client.destroy())
  const outcome = isIn(client)
  client.connect({ sock: await socketTo(t, world), username: 'alice', privateKey: key.private, readyTimeout: 0 })
  const turning = setInterval(() => skip(1000), 5)
  t.after(() => clearInterval(turning))
  assert.equal(await outcome, false)
  await others(t, world)
})

/** How its login ends. */
function isIn(client: Client): Promise<boolean> {
  return new Promise((resolve) => {
    client.once('ready', () => resolve(true))
    client.on('error', () => resolve(false)).on('close', () => resolve(false))
  })
}

function base32(bytes: Uint8Array): string {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('')
  return (bits.match(/.{5}/g) ?? [])
    .map((five) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.charAt(Number.parseInt(five, 2)))
    .join('')
}
