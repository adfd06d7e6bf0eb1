// A quota that is reached, in bytes and in files, and a disk that is full: 552 and 452, what was there stays, nothing half is
// left, and with room again files are taken.

import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { ALICE, CHILD, farSession, fetched, ftpData, HOST, loggedIn, OK, others, stored, storedAt } from './ftp.ts'
import { onSmallDisk, skipSmallDisk } from './small-disk.ts'
import { turnedWorld } from './world.ts'

const FULL = '552 Quota exceeded.\r\n'
const KIB = 1024

test('a quota of bytes: 552, the old file is kept, and what is removed makes room', async (t) => {
  const { world } = await turnedWorld(t, ftpData({ quota: '100KiB' }))
  const home = world.home(HOST, ALICE)
  const talk = await loggedIn(t, world)
  assert.match(await stored(t, world, talk, 'STOR first', 'x'.repeat(60 * KIB)), OK)
  assert.equal(await stored(t, world, talk, 'STOR second', 'y'.repeat(60 * KIB)), FULL)
  assert.equal(await stored(t, world, talk, 'STOR first', 'z'.repeat(110 * KIB)), FULL)
  assert.equal(await stored(t, world, talk, 'APPE first', 'z'.repeat(60 * KIB)), FULL)
  assert.equal(await fetched(t, world, talk, 'RETR first'), 'x'.repeat(60 * KIB))
  assert.deepEqual(readdirSync(home), ['first'])
  await others(t, world)
  await talk.ask('DELE first\r\n', OK)
  assert.match(await stored(t, world, talk, 'STOR second', 'y'.repeat(90 * KIB)), OK)
})

test('a quota of files: 552 for the one too many, whatever it is', async (t) => {
  const { world } = await turnedWorld(t, ftpData({ files: 3 }))
  const talk = await loggedIn(t, world)
  assert.match(await stored(t, world, talk, 'STOR a', 'a'), OK)
  await talk.ask('MKD b\r\n', OK)
  assert.match(await stored(t, world, talk, 'STOR b/c', 'c'), OK)
  assert.equal(await talk.ask('MKD d\r\n'), FULL)
  assert.equal(await stored(t, world, talk, 'STOR d', 'd'), FULL)
  assert.equal(await stored(t, world, talk, 'STOU', 'd'), FULL)
  assert.equal((await fetched(t, world, talk, 'NLST')).trim(), 'a\r\nb')
})

test('a full disk: 452, the old file is kept, and on again with room', { skip: skipSmallDisk }, async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'portolan-disk-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  const words = onSmallDisk('size=4m', folder, CHILD)
  const { at, talk } = await farSession(t, spawn('unshare', words, { stdio: ['ignore', 'pipe', 'inherit'] }))
  const store = (name: string, content: string) => storedAt(t, at, talk, `STOR ${name}`, content)
  assert.match(await store('kept', 'k'.repeat(1000 * KIB)), OK)
  assert.match(await store('large', 'l'.repeat(6000 * KIB)), /^452 /)
  assert.match(await store('kept', 'l'.repeat(6000 * KIB)), /^452 /)
  await talk.ask('SIZE kept\r\n', new RegExp(`^213 ${1000 * KIB}\r\n`))
  assert.match(await talk.ask('SIZE large\r\n'), /^550 /)
  assert.match(await store('small', 's'.repeat(500 * KIB)), OK)
  await talk.ask('DELE kept\r\n', OK)
  assert.match(await store('large', 'l'.repeat(2500 * KIB)), OK)
})
