// FTP clients that take their time: before a login, after it, in a handshake, before a data connection and on it. Each is
// sent away by a timer of its own, not before, and others move files meanwhile.

import assert from 'node:assert/strict'
import { readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { HANDSHAKE_MAX_MS } from '../../src/core/limits.ts'
import { ALICE, fetched, ftpData, greeted, HOST, loggedIn, OK, others, passive } from './ftp.ts'
import { Talk } from './mail.ts'
import { abuse, bytesInUse, raw, turnedWorld, type TurnedWorld } from './world.ts'

const LOGIN_MS = 120_000
const IDLE_MS = 300_000
const STALL_MS = 120_000
const ACCEPT_MS = 60_000
const MIB = 1024 * 1024
const GIB = 1024 * MIB
/** Blocks read ahead, and what the driver lets lie. The kernel's buffers are not ours. */
const READER_MAX_BYTES = 4 * MIB
/** Blocks that are filled or written. */
const UPLOADER_MAX_BYTES = 6 * MIB

test('nobody logs in for two minutes, whatever is said meanwhile', async (t) => {
  const { world, skip } = await turnedWorld(t, ftpData())
  const talk = await greeted(t, world)
  for (let asked = 0; asked < 3; asked++) {
    await talk.ask('NOOP\r\n', OK)
    skip(LOGIN_MS / 4)
  }
  await others(t, world)
  assert.equal(talk.unread, '')
  skip(LOGIN_MS / 4)
  assert.match(await talk.toTheEnd(), /^421 /)
})

test('five minutes of silence end a session', async (t) => {
  const { world, skip } = await turnedWorld(t, ftpData())
  const talk = await loggedIn(t, world)
  skip(IDLE_MS - 1000)
  await talk.ask('NOOP\r\n', OK)
  skip(IDLE_MS - 1000)
  await others(t, world)
  assert.equal(talk.unread, '')
  skip(1000)
  assert.match(await talk.toTheEnd(), /^421 /)
})

for (const [port, words] of [
  [21, 'AUTH TLS\r\n'],
  [990, ''],
] as const) {
  for (const half of ['', '\x16\x03\x01\x02\0\x01']) {
    test(`on ${port}: a handshake that stalls ${half === '' ? 'at once' : 'half-way'} ends after ${HANDSHAKE_MAX_MS / 1000} s`, async (t) => {
      const { world, skip, opened } = await turnedWorld(t, ftpData())
      const talk = new Talk(await raw(t, world, HOST, port))
      await opened(1)
      if (words !== '') {
        await talk.until(/^220 .*\r\n/)
        await talk.ask(words, /^234 .*\r\n/)
      }
      talk.send(half)
      await others(t, world)
      skip(HANDSHAKE_MAX_MS - 1)
      await others(t, world)
      assert.equal(world.flows()[0]?.end, undefined)
      skip(1)
      assert.equal(await talk.toTheEnd(), '')
      assert.deepEqual(abuse(world), ['TLS failed: TLS handshake took too long'])
    })
  }
}

for (const command of ['RETR here', 'STOR new', 'LIST']) {
  test(`${command}: the data connection never comes, and the conversation goes on`, async (t) => {
    const { world, skip } = await turnedWorld(t, ftpData())
    writeFileSync(join(world.home(HOST, ALICE), 'here'), 'here')
    const talk = await loggedIn(t, world)
    await talk.ask('EPSV\r\n', OK)
    talk.send(`${command}\r\n`)
    await others(t, world)
    skip(ACCEPT_MS - 1000)
    await others(t, world)
    assert.equal(talk.unread, '')
    skip(1000)
    assert.match(await talk.until(), /^425 /)
    assert.equal(await fetched(t, world, talk, 'RETR here'), 'here')
    assert.deepEqual(readdirSync(world.home(HOST, ALICE)), ['here'])
  })
}

/** It is looked at each time that so much time has passed: what moved before the first look is not forgotten until the second. */
async function stallOut(t: TestContext, { world, skip }: TurnedWorld, talk: Talk): Promise<void> {
  skip(STALL_MS)
  await others(t, world)
  skip(STALL_MS)
  assert.match(await talk.until(), /^426 /)
}

test('a client that reads nothing of a GiB costs what is on its way, and is broken off', async (t) => {
  const turned = await turnedWorld(t, ftpData())
  const { world } = turned
  const large = join(world.home(HOST, ALICE), 'large')
  writeFileSync(large, '')
  truncateSync(large, GIB)
  const talk = await loggedIn(t, world)
  const data = await passive(t, world, talk)
  data.pause()
  const before = bytesInUse()
  await talk.ask('RETR large\r\n', /^150 .*\r\n/)
  let most = 0
  for (let round = 0; round < 10; round++) {
    await others(t, world)
    most = Math.max(most, bytesInUse() - before)
  }
  t.diagnostic(`${most} bytes`)
  assert.ok(most < READER_MAX_BYTES, `${most} bytes`)
  assert.equal(talk.unread, '')
  await stallOut(t, turned, talk)
  await talk.ask('NOOP\r\n', OK)
  await others(t, world)
})

test('an upload that stalls is broken off, and the old file stands', async (t) => {
  const turned = await turnedWorld(t, ftpData())
  const { world, skip } = turned
  const home = world.home(HOST, ALICE)
  writeFileSync(join(home, 'file'), 'old')
  const talk = await loggedIn(t, world)
  const data = await passive(t, world, talk)
  await talk.ask('STOR file\r\n', /^150 .*\r\n/)
  data.write('new, but not all')
  await others(t, world)
  skip(STALL_MS - 1000)
  await others(t, world)
  assert.equal(talk.unread, '')
  await stallOut(t, turned, talk)
  assert.equal(readFileSync(join(home, 'file'), 'utf8'), 'old')
  assert.equal(await fetched(t, world, talk, 'RETR file'), 'old')
})

test('uploads faster than any disk: bounded, and whole', async (t) => {
  const { world } = await turnedWorld(t, ftpData())
  const talk = await loggedIn(t, world)
  const data = await passive(t, world, talk)
  await talk.ask('STOR file\r\n', /^150 .*\r\n/)
  const piece = Buffer.alloc(MIB, 'x')
  const before = bytesInUse()
  let most = 0
  for (let sent = 0; sent < 64; sent++) {
    if (!data.write(piece)) await new Promise((resolve) => data.once('drain', resolve))
    if (sent % 16 === 0) most = Math.max(most, bytesInUse() - before)
  }
  data.end()
  await talk.until(/^226 .*\r\n/)
  t.diagnostic(`${most} bytes`)
  assert.ok(most < UPLOADER_MAX_BYTES + MIB, `${most} bytes`)
  await talk.ask('SIZE file\r\n', new RegExp(`^213 ${64 * MIB}\r\n`))
})
