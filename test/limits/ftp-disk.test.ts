// A quota that is reached, in bytes and in files, and a disk that is full: 552 and 452, what was there stays, nothing half is
// left, and with room again files are taken.

import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { ALICE, fetched, ftpData, HOST, loggedIn, OK, others, stored } from './ftp.ts'
import { Talk } from './mail.ts'
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

const CHILD = fileURLToPath(new URL('ftp-disk-child.ts', import.meta.url))
const NAMESPACES = ['--user', '--map-root-user', '--mount']
const MOUNT = 'mount -t tmpfs -o size=4m tmpfs "$1" && exec "$2" "$3" "$1"'
const able = spawnSync('unshare', [...NAMESPACES, 'true']).status === 0

test(
  'a full disk: 452, the old file is kept, and on again with room',
  { skip: !able && 'no namespaces here' },
  async (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'portolan-disk-'))
    t.after(() => rmSync(folder, { recursive: true, force: true }))
    const words = [...NAMESPACES, 'sh', '-c', MOUNT, 'sh', folder, process.execPath, CHILD]
    const child = spawn('unshare', words, { stdio: ['pipe', 'pipe', 'inherit'] })
    t.after(() => void child.kill('SIGKILL'))
    const lines = createInterface({ input: child.stdout })
    const [said]: string[] = await once(lines, 'line')
    const at: { readonly ip: string; readonly port: number } = JSON.parse(said ?? '')
    const socket = connect({ host: at.ip, port: at.port })
    t.after(() => socket.destroy())
    const talk = new Talk(socket)
    await talk.until(/^220 .*\r\n/)
    for (const line of ['USER alice', 'PASS alice', 'TYPE I']) await talk.ask(`${line}\r\n`, /^[23]\d\d .*\r\n/)
    const store = (name: string, content: string): Promise<string> => storedAt(talk, at.ip, name, content)
    assert.match(await store('kept', 'k'.repeat(1000 * KIB)), OK)
    assert.match(await store('large', 'l'.repeat(6000 * KIB)), /^452 /)
    assert.match(await store('kept', 'l'.repeat(6000 * KIB)), /^452 /)
    await talk.ask('SIZE kept\r\n', new RegExp(`^213 ${1000 * KIB}\r\n`))
    assert.match(await talk.ask('SIZE large\r\n'), /^550 /)
    assert.match(await store('small', 's'.repeat(500 * KIB)), OK)
    await talk.ask('DELE kept\r\n', OK)
    assert.match(await store('large', 'l'.repeat(2500 * KIB)), OK)
  },
)

async function storedAt(talk: Talk, ip: string, name: string, content: string): Promise<string> {
  const port = Number(/\|\|\|(\d+)\|/.exec(await talk.ask('EPSV\r\n', /^229 .*\r\n/))?.[1])
  const data = connect({ host: ip, port }).on('error', () => undefined)
  await talk.ask(`STOR ${name}\r\n`, /^150 .*\r\n/)
  data.end(content)
  const answer = await talk.until()
  data.destroy()
  return answer
}
