// A download that the system sends by itself, in part, at times, or not at all: every byte once, and in its place.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isFailure, type Io, type OpenFile, type StreamIo } from '../../../core/index.ts'
import { MemoryTree, OpenGate, SimPlane } from '../../../sim/index.ts'
import { Download } from './download.ts'
import { FileSource } from './source.ts'

const AT = { ip: '198.51.100.1', port: 50_000 }

/** What the system takes, call by call; then 0. */
type Takes = (call: number) => number

interface Outcome {
  readonly data: Uint8Array
  readonly code: number
  readonly direct: number
  readonly open: number
}

/** As the system would: what it takes leaves by a way of its own. */
function withSendFile(io: StreamIo, bytes: Uint8Array, takes: Takes, took: (bytes: number) => void): StreamIo {
  let call = 0
  const sendFile = (_file: OpenFile, offset: number, length: number): number => {
    assert.equal(io.backlog, 0, 'what was sent before must have left')
    const taken = Math.min(length, takes(call++))
    if (taken > 0) io.send(bytes.subarray(offset, offset + taken))
    took(taken)
    return taken
  }
  return new Proxy(io, {
    get: (target, key) => {
      if (key === 'sendFile') return sendFile
      const value: unknown = Reflect.get(target, key, target)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
}

function withDescriptor(file: OpenFile): OpenFile {
  const read = (offset: number, length: number) => file.read(offset, length)
  return { stat: file.stat, descriptor: 7, read, close: () => file.close() }
}

async function downloaded(bytes: Uint8Array, offset: number, takes: Takes): Promise<Outcome> {
  const plane = new SimPlane()
  const tree = new MemoryTree({ '/a': bytes })
  const file = await tree.open('/a')
  assert.ok(!isFailure(file))
  const gate = new OpenGate()
  const service: Io = plane.serviceIo('ftp', [AT.ip], gate, () => undefined)
  let [code, direct] = [0, 0]
  const accept = (io: StreamIo) => {
    const source = new FileSource(withDescriptor(file), offset)
    const terms = { io: service, isAscii: false, isPrivate: false, stallMs: 1000, doneText: 'done' }
    const job = new Download(source, { ...terms, done: ({ reply }) => (code = reply.code) })
    const watched = withSendFile(io, bytes, takes, (taken) => (direct += taken))
    return {
      opened: () => job.begin(watched),
      received: (inbox: { clear(): void }) => job.received(inbox),
      drained: () => job.drained(),
    }
  }
  await plane.listenStream({ transport: 'tcp', port: AT.port, accept }, { at: AT, service: 'ftp' }, gate)
  const peer = plane.peer(AT)
  await plane.settled()
  return { data: peer.takeBytes(), code, direct, open: tree.openFiles }
}

function pattern(length: number): Buffer {
  const made = Buffer.alloc(length)
  for (let at = 0; at + 4 <= length; at += 4) made.writeUInt32BE(Math.imul(at, 2_654_435_761) >>> 0, at)
  return made
}

const ways: readonly (readonly [string, Takes, (direct: number, size: number) => boolean])[] = [
  ['never', () => 0, (direct) => direct === 0],
  ['always', () => 100_000, (direct, size) => direct === size],
  ['at first', (call) => (call < 3 ? 50_000 : 0), (direct) => direct === 150_000],
  ['now and then', (call) => (call % 3 === 0 ? 70_001 : 0), (direct) => direct > 1_000_000],
  ['not at first', (call) => (call === 0 ? 0 : 1_000_000), (direct) => direct > 1_000_000],
]

for (const [name, takes, isRight] of ways) {
  test(`the system takes some ${name}`, async () => {
    const bytes = pattern(20_000_003)
    const { data, code, direct, open } = await downloaded(bytes, 0, takes)
    assert.equal(Buffer.compare(data, bytes), 0)
    assert.equal(code, 226)
    assert.equal(isRight(direct, bytes.length), true, `${direct} bytes went directly`)
    assert.equal(open, 0)
  })
}

test('from an offset, and of nothing', async () => {
  const bytes = pattern(100_000)
  for (const offset of [1, 99_999, 100_000]) {
    const { data, code } = await downloaded(bytes, offset, () => 30_000)
    assert.equal(Buffer.compare(data, bytes.subarray(offset)), 0)
    assert.equal(code, 226)
  }
})
