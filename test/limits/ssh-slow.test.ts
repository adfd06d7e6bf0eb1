// A client that asks for much and takes nothing: it opens no window, or opens all of it and does not read. What waits for it is bounded, and
// others are served meanwhile.

import assert from 'node:assert/strict'
import { closeSync, ftruncateSync, openSync } from 'node:fs'
import type { Socket } from 'node:net'
import { join } from 'node:path'
import { test } from 'node:test'
import type { Client, ClientChannel } from 'ssh2'
import { ALICE, begun, engineOf, HOST, loggedIn, others, socketTo, sshData } from './ssh.ts'
import { bytesInUse, turnedWorld } from './world.ts'

/** The issue's own figure. */
const BIG_BYTES = 2 ** 30
/** Both windows, what waits for the socket, and what is read ahead of it. */
const HELD_MAX_BYTES = 16 * 2 ** 20
const WINDOW_MAX = 2 ** 32 - 1 - 2 ** 22

/** The host's own number of it. */
const FIRST_CHANNEL = 0

for (const [name, stall] of [
  ['opens no window', (_client: Client, channel: ClientChannel) => void channel.pause()],
  [
    'opens all windows and reads nothing',
    (client: Client, _channel: ClientChannel, socket: Socket) => {
      engineOf(client).channelWindowAdjust(FIRST_CHANNEL, WINDOW_MAX)
      socket.pause()
    },
  ],
] as const) {
  test(`a client that ${name} while it is sent a gigabyte`, async (t) => {
    const { world } = await turnedWorld(t, sshData())
    const file = openSync(join(world.home(HOST, ALICE), 'big'), 'w')
    ftruncateSync(file, BIG_BYTES)
    closeSync(file)
    await others(t, world)
    const before = bytesInUse()
    const socket = await socketTo(t, world)
    const client = await loggedIn(t, world, 'alice', { socket })
    stall(client, await begun(client, 'cat big'), socket)
    for (let round = 0; round < 20; round++) {
      await others(t, world)
    }
    const held = bytesInUse() - before
    t.diagnostic(`${Math.round(held / 1024)} KiB held`)
    assert.ok(held < HELD_MAX_BYTES, `${held} bytes held`)
  })
}
