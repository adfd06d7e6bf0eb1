// FTP clients that are gone in the middle of a command: what was opened for them is closed again, hidden files and room of the quota
// are given back.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { readdirSync, readlinkSync } from 'node:fs'
import { test } from 'node:test'
import { ALICE, ftpData, HOST, loggedIn, others, passive, stored } from './ftp.ts'
import { raw, turnedWorld } from './world.ts'

const CLIENTS = 30
const FILES_MAX = 40

/** Files within `folder` that this process has open. */
function openWithin(folder: string): readonly string[] {
  return readdirSync('/proc/self/fd').flatMap((fd) => {
    try {
      const target = readlinkSync(`/proc/self/fd/${fd}`)
      return target.startsWith(`${folder}/`) ? [target] : []
    } catch {
      return []
    }
  })
}

for (const command of ['STOR new', 'APPE old', 'STOU', 'RETR old'] as const) {
  test(`${command}, and reset at once`, { skip: process.platform !== 'linux' }, async (t) => {
    const { world } = await turnedWorld(t, ftpData({ files: FILES_MAX, limits: { connections: 100, sessions: 100 } }))
    const home = world.home(HOST, ALICE)
    await stored(t, world, await loggedIn(t, world), 'STOR old', 'x'.repeat(1000))
    const before = readdirSync(home)
    for (let at = 0; at < CLIENTS; at++) {
      const socket = await raw(t, world, HOST, 21)
      socket.write('USER alice\r\nPASS alice\r\nTYPE I\r\nEPSV\r\n')
      let said = ''
      while (!said.includes('229 ')) said += String((await once(socket, 'data'))[0])
      socket.write(`${command}\r\n`)
      await new Promise((resolve) => setTimeout(resolve, at % 3))
      socket.resetAndDestroy()
    }
    for (let round = 0; round < 20 && openWithin(home).length > 0; round++) await others(t, world)
    assert.deepEqual(openWithin(home), [])
    assert.deepEqual(readdirSync(home), before)
    const talk = await loggedIn(t, world)
    for (let at = 0; at < FILES_MAX - 1; at++) assert.match(await stored(t, world, talk, `STOR f${at}`, 'x'), /^226 /)
    assert.match(await stored(t, world, talk, 'STOR over', 'x'), /^(?:452|552) /)
    const data = await passive(t, world, talk)
    data.destroy()
  })
}

test('what was interrupted is still there when nobody comes to go on with it', async (t) => {
  const { world, skip } = await turnedWorld(t, ftpData())
  const first = await loggedIn(t, world)
  const data = await passive(t, world, first)
  await first.ask('STOR part\r\n', /^150 .*\r\n/)
  await new Promise((resolve) => data.write('x'.repeat(1000), resolve))
  while (!(await first.ask('STAT\r\n', /^213 .*\r\n/)).includes('1000 bytes')) await others(t, world)
  first.close()
  await others(t, world)
  for (const way of ['gone', 'late'] as const) {
    const next = await loggedIn(t, world)
    assert.match(await next.ask('SIZE part\r\n'), /^213 1000\r\n/)
    await next.ask('EPSV\r\n', /^229 .*\r\n/)
    next.send('APPE part\r\n')
    await others(t, world)
    if (way === 'gone') next.close()
    else {
      skip(61_000)
      assert.match(await next.until(), /^425 /)
    }
    await others(t, world)
  }
  assert.match(await (await loggedIn(t, world)).ask('SIZE part\r\n'), /^213 1000\r\n/)
})
