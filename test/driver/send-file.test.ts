// A file that is sent without being read arrives whole and in order, on every plane, whatever takes none of it.

import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { closeSync, openSync, readSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, test, type TestContext } from 'node:test'
import type { OpenFile } from '../../src/core/files.ts'
import type { StreamIo, StreamMachine } from '../../src/core/io.ts'
import { hostHarness, simHarness } from './harness.ts'
import { within } from './toys.ts'

const BYTES = 12 << 20
const CHUNK_BYTES = 65_536

function sampleFile(t: TestContext): { readonly file: OpenFile; readonly bytes: Buffer } {
  const path = join(tmpdir(), `portolan-send-${process.pid}-${randomBytes(4).toString('hex')}`)
  const bytes = Buffer.from(randomBytes(BYTES).toString('base64'), 'latin1').subarray(0, BYTES)
  writeFileSync(path, bytes)
  const descriptor = openSync(path, 'r')
  rmSync(path)
  t.after(() => closeSync(descriptor))
  const stat = { kind: 'file', size: BYTES, modifiedMs: 0, accessedMs: 0, mode: 0o600, links: 0, id: '' } as const
  const read = async (offset: number, length: number) => {
    const room = Buffer.alloc(length)
    return room.subarray(0, readSync(descriptor, room, 0, length, offset))
  }
  return { file: { stat, descriptor, read, close: async () => {} }, bytes }
}

/** Sends what `sendFile` takes, and reads what it does not. */
function sender(io: StreamIo, file: OpenFile, counts: { direct: number; read: number }): StreamMachine {
  let at = 0
  const more = (): void => {
    if (at === BYTES) return io.end()
    const sent = io.sendFile(file, at, BYTES - at)
    at += sent
    counts.direct += sent
    if (sent > 0) return
    const from = at
    io.ask(file.read(from, Math.min(CHUNK_BYTES, BYTES - from)), (bytes) => {
      at += bytes.length
      counts.read += bytes.length
      io.send(bytes)
    })
  }
  return { opened: more, drained: more, received: () => false }
}

for (const make of [simHarness, hostHarness]) {
  describe(`files on ${make.name}`, () => {
    test('a file arrives whole', (t) =>
      within(make, async (on) => {
        const { file, bytes } = sampleFile(t)
        const counts = { direct: 0, read: 0 }
        const { local } = await on.listen((io) => sender(io, file, counts))
        const peer = on.peer(local)
        await peer.hearsEnd()
        assert.equal(peer.count(), BYTES)
        assert.equal(counts.direct + counts.read, BYTES)
        assert.ok(bytes.length === BYTES)
        peer.end()
        await on.until(() => on.gate.ended.length > 0)
        assert.equal(on.gate.ended[0]?.sent, BYTES)
      }))
  })
}

test('on a socket of Linux most of it is never read, and the bytes are the same', async (t) => {
  if (process.platform !== 'linux') return t.skip('sendfile is for Linux')
  await within(hostHarness, async (on) => {
    const { file, bytes } = sampleFile(t)
    const counts = { direct: 0, read: 0 }
    const { local } = await on.listen((io) => sender(io, file, counts))
    const { createConnection } = await import('node:net')
    const hash = createHash('sha256')
    const socket = createConnection(local.port, local.ip)
    for await (const chunk of socket) hash.update(chunk)
    assert.equal(hash.digest('hex'), createHash('sha256').update(bytes).digest('hex'))
    assert.ok(counts.direct > BYTES / 2, `${counts.direct} of ${BYTES}`)
  })
})
