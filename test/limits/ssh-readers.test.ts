// A client that asks for a gigabyte by SFTP and takes none of it, by a shut window or a socket that it does not read: what waits for it
// is bounded, and others are served meanwhile.

import assert from 'node:assert/strict'
import { closeSync, ftruncateSync, openSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import type { Client, SFTPWrapper } from 'ssh2'
import { ALICE, engineOf, HOST, loggedIn, message, others, sendPacket, socketTo, sshData } from './ssh.ts'
import { bytesInUse, turnedWorld } from './world.ts'

/** The issue's own figure. */
const BIG_BYTES = 2 ** 30
const READ_BYTES = 32_768
/** Both windows, what waits for the socket, answers that are on their way, and on the client's side the requests that nobody takes. */
const HELD_MAX_BYTES = 32 * 2 ** 20
const WINDOW_MAX = 2 ** 32 - 1 - 2 ** 22
const CHANNEL_DATA = 94
const SSH_FXP_READ = 5

for (const [name, opensWindow] of [
  ['opens no window', false],
  ['opens all windows and reads nothing', true],
] as const) {
  test(`SFTP: a client that ${name} while it is sent a gigabyte`, async (t) => {
    const { world } = await turnedWorld(t, sshData())
    const file = openSync(join(world.home(HOST, ALICE), 'big'), 'w')
    ftruncateSync(file, BIG_BYTES)
    closeSync(file)
    await others(t, world)
    const socket = await socketTo(t, world)
    const client = await loggedIn(t, world, 'alice', { socket })
    const handle = await opened(await sftpOf(client), '/big')
    const before = bytesInUse()
    if (opensWindow) {
      engineOf(client).channelWindowAdjust(0, WINDOW_MAX)
      socket.pause()
    } else engineOf(client).channelWindowAdjust = () => undefined
    await askForAll(client, handle)
    for (let round = 0; round < 10; round++) await others(t, world)
    const held = bytesInUse() - before
    t.diagnostic(`${Math.round(held / 1024)} KiB held`)
    assert.ok(held < HELD_MAX_BYTES, `${held} bytes held`)
  })
}

/** All of the file, read after read; what the server does not take stays with us. */
async function askForAll(client: Client, handle: Buffer): Promise<void> {
  const engine = engineOf(client)
  for (let at = 0; at < BIG_BYTES; at += READ_BYTES) {
    const read = message(SSH_FXP_READ, at, handle.length, handle, 0, at, READ_BYTES)
    sendPacket(engine, message(CHANNEL_DATA, 0, read.length + 4, read.length, read))
    if (at % 2 ** 25 === 0) await new Promise((resolve) => setImmediate(resolve))
  }
}

function sftpOf(client: Client): Promise<SFTPWrapper> {
  return new Promise((resolve, reject) =>
    client.sftp((error, sftp) => (error === undefined ? resolve(sftp) : reject(error))),
  )
}

function opened(sftp: SFTPWrapper, path: string): Promise<Buffer> {
  return new Promise((resolve, reject) =>
    sftp.open(path, 'r', (error, handle) => (error === undefined ? resolve(handle) : reject(error))),
  )
}
