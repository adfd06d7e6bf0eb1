// Clients that have logged in and ask for much: channels, requests, variables, ports, key exchanges, files, streams to where they may
// not go. Each is bounded, told of once, and others are served meanwhile.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { Socket } from 'node:net'
import { test, type TestContext } from 'node:test'
import type { Client, SFTPWrapper } from 'ssh2'
import type { RunningWorld } from '../../src/index.ts'
import { abuse, begun, engineOf, gone, loggedIn, message, others, sendPacket, socketTo, sshData, u32 } from './ssh.ts'
import { bytesInUse, turnedWorld } from './world.ts'

const FLOOD = 20_000
/** Both ways, with what waits in the kernel left out. */
const HELD_MAX_BYTES = 24 * 2 ** 20
const NEWKEYS_TURNS = 200

const DISCONNECT = 1
const KEXINIT = 20
const GLOBAL_REQUEST = 80
const CHANNEL_OPEN = 90
const CHANNEL_DATA = 94
const CHANNEL_REQUEST = 98
const WINDOW_BYTES = 2_097_152

interface Flooder {
  readonly world: RunningWorld
  readonly client: Client
  readonly socket: Socket
  send(payload: Uint8Array): void
}

async function flooder(t: TestContext, settings: object = {}): Promise<Flooder> {
  const { world } = await turnedWorld(t, sshData(settings))
  await others(t, world)
  const socket = await socketTo(t, world)
  const client = await loggedIn(t, world, 'alice', { socket })
  return { world, client, socket, send: (payload) => sendPacket(engineOf(client), payload) }
}

/** Resolves once all that was sent has been taken, or the connection is gone. */
async function taken({ client, socket }: Flooder): Promise<void> {
  if (socket.destroyed) return
  const answered = new Promise<void>((resolve) => {
    try {
      client.exec('true', () => resolve())
    } catch {
      resolve()
    }
  })
  await Promise.race([answered, gone(socket)])
}

const FLOODS: readonly (readonly [string, (at: number) => Buffer])[] = [
  ['sessions', (at) => message(CHANNEL_OPEN, 'session', at, WINDOW_BYTES, 32_768)],
  ['streams to nowhere', (at) => message(CHANNEL_OPEN, 'direct-tcpip', at, 1000, 1000, '203.0.113.9', 80, '', 0)],
  ['channels of no kind', (at) => message(CHANNEL_OPEN, 'nonsense', at, 1000, 1000)],
  ['global requests', () => message(GLOBAL_REQUEST, 'keepalive@openssh.com', true)],
  ['global requests without an answer', () => message(GLOBAL_REQUEST, 'keepalive@openssh.com', false)],
  ['ports to listen on', (at) => message(GLOBAL_REQUEST, 'tcpip-forward', true, 'localhost', 20_000 + (at % 40_000))],
]

for (const [name, payload] of FLOODS) {
  test(`a flood of ${name}, of which nothing is read`, async (t) => {
    const flood = await flooder(t)
    const before = bytesInUse()
    flood.socket.pause()
    for (let at = 0; at < FLOOD && !flood.socket.destroyed; at++) {
      flood.send(payload(at))
      if (at % 1000 === 999) await new Promise((resolve) => setImmediate(resolve))
    }
    for (let round = 0; round < 3; round++) await others(t, flood.world)
    const held = bytesInUse() - before
    t.diagnostic(`${Math.round(held / 1024)} KiB held, ${abuse(flood.world).length} events`)
    assert.ok(held < HELD_MAX_BYTES, `${held} bytes held`)
    assert.ok(abuse(flood.world).length <= 1, abuse(flood.world).slice(0, 5).join('; '))
    flood.socket.resume()
    await taken(flood)
    assert.ok(abuse(flood.world).length <= 1, abuse(flood.world).slice(0, 5).join('; '))
  })
}

test('a flood of variables: so many are taken, and one event is enough', async (t) => {
  const flood = await flooder(t)
  const channel = await begun(flood.client, 'cat')
  await others(t, flood.world)
  flood.send(message(CHANNEL_OPEN, 'session', 7, WINDOW_BYTES, 32_768))
  await others(t, flood.world)
  const before = bytesInUse()
  for (let at = 0; at < FLOOD; at++) {
    flood.send(message(CHANNEL_REQUEST, 1, 'env', false, `LC_${'A'.repeat(at % 900)}`, 'x'.repeat(3000)))
    while (flood.socket.writableLength > 2 ** 20) await new Promise((resolve) => setImmediate(resolve))
  }
  await others(t, flood.world)
  const held = bytesInUse() - before
  t.diagnostic(`${Math.round(held / 1024)} KiB held`)
  assert.ok(held < HELD_MAX_BYTES, `${held} bytes held`)
  assert.ok(abuse(flood.world).length <= 1, abuse(flood.world).join('; '))
  channel.end()
})

test('more data than the window has, and a window wider than any', async (t) => {
  const flood = await flooder(t)
  const channel = await begun(flood.client, 'sleep 1000')
  channel.on('error', () => undefined)
  for (let sent = 0; sent <= WINDOW_BYTES; sent += 32_768) flood.send(message(CHANNEL_DATA, 0, 'x'.repeat(32_768)))
  await gone(flood.socket)
  assert.deepEqual(abuse(flood.world), ['more data than the window of the channel'])
  await others(t, flood.world)

  const other = await flooder(t)
  const wide = await begun(other.client, 'sleep 1000')
  wide.on('error', () => undefined)
  for (let sent = 0; sent < 2; sent++) engineOf(other.client).channelWindowAdjust(0, 2 ** 32 - 1)
  await gone(other.socket)
  assert.deepEqual(abuse(other.world), ['a window wider than windows may be'])
})

test('messages for channels that are not open', async (t) => {
  const flood = await flooder(t)
  flood.send(message(CHANNEL_DATA, 77, 'x'))
  await gone(flood.socket)
  assert.equal(abuse(flood.world).length, 1)
  await others(t, flood.world)
})

test('key exchanges one after another', async (t) => {
  const flood = await flooder(t)
  const engine = engineOf(flood.client)
  for (let round = 0; round < NEWKEYS_TURNS && !flood.socket.destroyed; round++) {
    engine.rekey()
    while (engine._kexinit !== undefined && !flood.socket.destroyed)
      await new Promise((resolve) => setImmediate(resolve))
  }
  await gone(flood.socket)
  assert.deepEqual(abuse(flood.world), ['too many key exchanges'])
  await others(t, flood.world)
})

test('a key exchange that is begun and not ended, and requests meanwhile', async (t) => {
  const flood = await flooder(t)
  const before = bytesInUse()
  const names = [
    'curve25519-sha256',
    'ssh-ed25519',
    'aes128-ctr',
    'aes128-ctr',
    'hmac-sha2-256',
    'hmac-sha2-256',
    'none',
    'none',
    '',
    '',
  ]
  flood.send(Buffer.concat([message(KEXINIT, Buffer.alloc(16), ...names, false), u32(0)]))
  for (let at = 0; at < FLOOD && !flood.socket.destroyed; at++) {
    flood.send(message(GLOBAL_REQUEST, 'keepalive@openssh.com', true))
    if (at % 1000 === 999) await new Promise((resolve) => setImmediate(resolve))
  }
  await others(t, flood.world)
  const held = bytesInUse() - before
  t.diagnostic(`${Math.round(held / 1024)} KiB held`)
  await gone(flood.socket)
  assert.equal(abuse(flood.world).length, 1, abuse(flood.world).join('; '))
  await others(t, flood.world)
})

test('a client that leaves takes all with it', async (t) => {
  const flood = await flooder(t)
  await begun(flood.client, 'sleep 1000')
  flood.send(message(GLOBAL_REQUEST, 'tcpip-forward', true, 'localhost', 34_567))
  flood.send(message(DISCONNECT, 11, 'bye', ''))
  await gone(flood.socket)
  await others(t, flood.world)
  assert.deepEqual(abuse(flood.world), [])
})

async function sftpOf(client: Client): Promise<SFTPWrapper> {
  return new Promise((resolve, reject) =>
    client.sftp((error, sftp) => (error === undefined ? resolve(sftp) : reject(error))),
  )
}

for (const length of [0, 262_145, 2 ** 32 - 1]) {
  test(`an SFTP packet of ${length} bytes`, async (t) => {
    const flood = await flooder(t)
    const sftp = await sftpOf(flood.client)
    sftp.on('error', () => undefined)
    const closed = once(sftp, 'close')
    flood.send(message(CHANNEL_DATA, 0, 4 + 64, u32(length), Buffer.alloc(64, 1)))
    await closed
    assert.deepEqual(abuse(flood.world), [`SFTP: a packet of ${length} bytes`])
    await others(t, flood.world)
  })
}

test('more SFTP handles than there may be: refused, and room again once they are closed', async (t) => {
  const flood = await flooder(t)
  const sftp = await sftpOf(flood.client)
  await new Promise((resolve) => sftp.writeFile('/a', 'a', resolve))
  const open = (): Promise<Buffer | undefined> =>
    new Promise((resolve) => sftp.open('/a', 'r', (error, handle) => resolve(error === undefined ? handle : undefined)))
  const handles = await Promise.all(Array.from({ length: 1100 }, open))
  const got = handles.filter((handle) => handle !== undefined)
  assert.equal(got.length, 1024)
  await others(t, flood.world)
  assert.ok(abuse(flood.world).length <= 1)
  await Promise.all(got.map((handle) => new Promise((resolve) => sftp.close(handle, resolve))))
  assert.ok((await open()) !== undefined)
})
