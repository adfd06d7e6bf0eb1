// What a stream brings can be moved into a file without being read: it stands there whole and in order, whatever the system
// or the file takes of it.

import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { closeSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs'
import { createConnection } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import type { EditedFile } from '../../src/core/files.ts'
import type { StreamIo, StreamMachine } from '../../src/core/io.ts'
import type { Inbox } from '../../src/wire/inbox.ts'
import { hostHarness, simHarness, type Harness } from './harness.ts'
import { within } from './toys.ts'

const BYTES = 24 << 20
const SLICE_BYTES = 1 << 20

interface Target {
  readonly path: string
  readonly descriptor: number
  /** What `fill` gives is this file's, or of one that takes nothing. */
  readonly file: EditedFile
}

function refuse(): Promise<never> {
  return Promise.reject(new Error('not asked for'))
}

function target(t: TestContext, flags: 'w+' | 'r'): Target {
  const path = join(tmpdir(), `portolan-receive-${process.pid}-${randomBytes(4).toString('hex')}`)
  const descriptor = openSync(path, 'w+')
  const filled = openSync(path, flags)
  t.after(() => {
    closeSync(descriptor)
    closeSync(filled)
    rmSync(path)
  })
  const file: EditedFile = {
    stat: { kind: 'file', size: 0, modifiedMs: 0, accessedMs: 0, mode: 0o600, links: 1, id: '' },
    fill: (_offset, length, move) => move(filled, length),
    read: refuse,
    write: refuse,
    change: refuse,
    sync: refuse,
    current: refuse,
    close: async () => {},
  }
  return { path, descriptor, file }
}

interface Counts {
  read: number
  moved: number
  over: boolean
}

function keeper(io: StreamIo, { descriptor, file }: Target, counts: Counts): StreamMachine {
  let at = 0
  return {
    received(inbox: Inbox) {
      const bytes = inbox.take(inbox.length) ?? new Uint8Array(0)
      at += writeSync(descriptor, bytes, 0, bytes.length, at)
      counts.read += bytes.length
      const moved = io.receiveFile(file, at, SLICE_BYTES)
      counts.moved += moved
      at += moved
      return true
    },
    ended() {
      counts.over = true
      io.end()
    },
  }
}

/** What a client sends over a socket, in the file. */
async function received(t: TestContext, on: Harness, to: Target): Promise<Counts> {
  const counts: Counts = { read: 0, moved: 0, over: false }
  const bytes = randomBytes(BYTES)
  const { local } = await on.listen((io) => keeper(io, to, counts))
  // The machine reads when it likes: what it moves waits for it in the socket.
  const socket = createConnection(local.port, local.ip, () => socket.end(bytes))
  t.after(() => socket.destroy())
  await new Promise((resolve) => socket.resume().once('close', resolve))
  await on.until(() => on.gate.ended.length > 0)
  assert.equal(counts.over, true)
  assert.equal(Buffer.compare(readFileSync(to.path), bytes), 0)
  assert.equal(on.gate.ended[0]?.received, BYTES)
  return counts
}

test('on a socket of Linux most of it is never read', async (t) => {
  if (process.platform !== 'linux') return t.skip('splice is for Linux')
  await within(hostHarness, async (on) => {
    const { read, moved } = await received(t, on, target(t, 'w+'))
    assert.equal(read + moved, BYTES)
    assert.ok(moved > BYTES / 2, `${moved} of ${BYTES}`)
  })
})

test('what the file refuses is read as any other', (t) =>
  within(hostHarness, async (on) => {
    const { read, moved } = await received(t, on, target(t, 'r'))
    assert.deepEqual([read, moved], [BYTES, 0])
  }))

test('in memory it is read', (t) =>
  within(simHarness, async (on) => {
    const counts: Counts = { read: 0, moved: 0, over: false }
    const { local } = await on.listen((io) => keeper(io, target(t, 'w+'), counts))
    const peer = on.peer(local)
    peer.send('some words')
    peer.end()
    await on.until(() => counts.over)
    assert.deepEqual([counts.read, counts.moved], [10, 0])
  }))
