// A client that asks for much and takes nothing: it opens no window, or opens all of it and does not read. What waits for it is bounded, and
// others are served meanwhile.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { closeSync, ftruncateSync, openSync } from 'node:fs'
import type { Socket } from 'node:net'
import { join } from 'node:path'
import { connect } from 'node:net'
import { test, type TestContext } from 'node:test'
import ssh2, { type Client, type ClientChannel } from 'ssh2'
import type { RunningWorld } from '../../src/index.ts'
import { bytesInUse, turnedWorld } from './world.ts'

const HOST = 'files.harbor.test'
/** The issue's own figure. */
const BIG_BYTES = 2 ** 30
/** Both windows, what waits for the socket, and what is read ahead of it. */
const HELD_MAX_BYTES = 16 * 2 ** 20
const WINDOW_MAX = 2 ** 32 - 1 - 2 ** 22

/** The host's own number of it. */
const FIRST_CHANNEL = 0

/** What the client's engine can do and its types leave out. */
interface WithEngine {
  readonly _protocol: { channelWindowAdjust(channel: number, bytes: number): void }
}

const data = {
  hosts: { [HOST]: { services: ['ssh'] } },
  users: { 'alice@harbor.test': 'alice', 'bob@harbor.test': 'bob' },
}

for (const [name, stall] of [
  ['opens no window', (_client: Client, channel: ClientChannel) => void channel.pause()],
  [
    'opens all windows and reads nothing',
    (client: Client, _channel: ClientChannel, socket: Socket) => {
      ;(client as unknown as WithEngine)._protocol.channelWindowAdjust(FIRST_CHANNEL, WINDOW_MAX)
      socket.pause()
    },
  ],
] as const) {
  test(`a client that ${name} while it is sent a gigabyte`, async (t) => {
    const { world } = await turnedWorld(t, data)
    const file = openSync(join(world.home(HOST, 'alice@harbor.test'), 'big'), 'w')
    ftruncateSync(file, BIG_BYTES)
    closeSync(file)
    assert.equal(await said(await loggedIn(t, world, 'bob'), 'echo served'), 'served\n')
    const before = bytesInUse()
    const socket = await socketTo(t, world)
    const client = await loggedIn(t, world, 'alice', socket)
    stall(client, await begun(client, 'cat big'), socket)
    for (let round = 0; round < 20; round++) {
      assert.equal(await said(await loggedIn(t, world, 'bob'), 'echo served'), 'served\n')
    }
    const held = bytesInUse() - before
    t.diagnostic(`${Math.round(held / 1024)} KiB held`)
    assert.ok(held < HELD_MAX_BYTES, `${held} bytes held`)
  })
}

async function socketTo(t: TestContext, world: RunningWorld): Promise<Socket> {
  const { ip, port } = world.address(HOST, 22)
  const socket = connect({ host: ip, port })
  t.after(() => socket.destroy())
  await once(socket, 'connect')
  return socket
}

async function loggedIn(t: TestContext, world: RunningWorld, user: string, socket?: Socket): Promise<Client> {
  const client = new ssh2.Client()
  const sock = socket ?? (await socketTo(t, world))
  client.connect({ sock, username: user, password: user, readyTimeout: 0 })
  await once(client, 'ready')
  client.on('error', () => undefined)
  return client
}

function begun(client: Client, command: string): Promise<ClientChannel> {
  return new Promise((resolve, reject) =>
    client.exec(command, (error, channel) => (error === undefined ? resolve(channel) : reject(error))),
  )
}

async function said(client: Client, command: string): Promise<string> {
  const channel = await begun(client, command)
  let text = ''
  channel.on('data', (piece: Buffer) => (text += piece.toString()))
  await once(channel, 'close')
  client.end()
  return text
}
