// Clients that take their time, and clients that take nothing: sent away by the protocol's own timers, with little memory
// of them, and everyone else served meanwhile.

import assert from 'node:assert/strict'
import { mkdtemp, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { HANDSHAKE_MAX_MS } from '../../src/core/limits.ts'
import { get } from '../../src/testing/fixture.ts'
import { bytesInUse, raw, toTheEnd, turnedWorld } from './world.ts'

/** nginx's send_timeout, as the web server has it; http's README says it. */
const STALL_MS = 60_000
const FILE_BYTES = 64 * 1024 * 1024
const READERS = 20
/** Requests of others while the kernel's buffers fill up, a few MiB for each reader. */
const ROUNDS_MAX = 2000
/** Of one reader that reads nothing: 0.2 MiB at rest, 1.2 MiB measured while pieces are on their way. The kernel's buffers are not ours. */
const READER_MAX_BYTES = 2 * 1024 * 1024

const WORLD = {
  hosts: {
    'www.shop.test': ['http'],
    'ns.shop.test': ['dns'],
  },
}

for (const [name, host, port, sent, patienceMs, answer] of [
  ['silent to http', 'www.shop.test', 80, '', 75_000, /^$/],
  ['a head that never ends', 'www.shop.test', 80, 'GET / HTTP/1.1\r\nX: ', 20_000, /^HTTP\/1\.1 408 /],
  [
    'content that never comes',
    'www.shop.test',
    80,
    'PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\na',
    60_000,
    /^HTTP\/1\.1 4/,
  ],
  ['silent to TLS', 'www.shop.test', 443, '', HANDSHAKE_MAX_MS, /^$/],
  ['half a greeting to TLS', 'www.shop.test', 443, '\x16\x03\x01\x02\0\x01', HANDSHAKE_MAX_MS, /^$/],
  ['silent to dns', 'ns.shop.test', 53, '', 10_000, /^$/],
  ['half a question to dns', 'ns.shop.test', 53, '\0\x20\x12', 10_000, /^$/],
] as const) {
  test(`${name}: sent away after ${patienceMs / 1000} s, not before`, async (t) => {
    const { world, skip, opened } = await turnedWorld(t, WORLD)
    const socket = await raw(t, world, host, port)
    if (sent !== '') socket.write(Buffer.from(sent, 'latin1'))
    await opened(1)
    await get(world.url('http://www.shop.test/'))
    skip(patienceMs - 5000)
    await get(world.url('http://www.shop.test/'))
    assert.equal(world.flows()[0]?.end, undefined)
    skip(6000)
    assert.match(await toTheEnd(socket), answer)
  })
}

test('one byte at a time does not stretch the time for a head', async (t) => {
  const { world, skip, opened } = await turnedWorld(t, WORLD)
  const socket = await raw(t, world, 'www.shop.test', 80)
  const end = toTheEnd(socket)
  await opened(1)
  for (const character of 'GET / HTTP/1.1\r\nHost: www.shop.test\r\nX: y') {
    socket.write(character)
    await get(world.url('http://www.shop.test/'))
    skip(1000)
  }
  assert.match(await end, /^HTTP\/1\.1 408 /)
})

test('readers that read nothing cost little, and are broken off', async (t) => {
  const folder = await folderWith(t, 'large.bin')
  const { world, skip } = await turnedWorld(t, { hosts: { 'www.shop.test': [{ http: { site: folder } }] } }, folder)
  const before = bytesInUse()
  for (let count = 0; count < READERS; count++) {
    const reader = await raw(t, world, 'www.shop.test', 80)
    reader.pause().write('GET /large.bin HTTP/1.1\r\nHost: www.shop.test\r\n\r\n')
  }
  let most = 0
  for (let round = 0; round < ROUNDS_MAX && world.flows().some(({ end }) => end === undefined); round++) {
    const answer = await get(world.url('http://www.shop.test/large.bin'), { headers: { range: 'bytes=0-9' } })
    assert.equal(answer.resume().statusCode, 206)
    most = Math.max(most, bytesInUse() - before)
    skip(STALL_MS)
  }
  const reasons = world
    .flows()
    .filter(({ id }) => id <= READERS)
    .map(({ end }) => end?.reason)
  assert.deepEqual(new Set(reasons), new Set(['reset: the client takes nothing']))
  t.diagnostic(`${Math.round(most / READERS / 1024)} KiB a reader`)
  assert.ok(most / READERS < READER_MAX_BYTES, `${Math.round(most / READERS)} bytes a reader`)
})

/** A sparse file: large to read, small on the disk. */
async function folderWith(t: TestContext, name: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'portolan-'))
  t.after(() => rm(folder, { recursive: true }))
  const file = await open(join(folder, name), 'w')
  await file.truncate(FILE_BYTES)
  await file.close()
  return folder
}
