// An upload of which the system moves a part by itself, at times, or nothing: every byte once, and in its place.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isFailure, type EditedFile, type Io, type StreamIo } from '../../../core/index.ts'
import type { Inbox } from '../../../wire/inbox.ts'
import { MemoryTree, OpenGate, SimPlane } from '../../../sim/index.ts'
import { BlockPool } from './block-pool.ts'
import { UploadJob } from './upload.ts'

const AT = { ip: '198.51.100.1', port: 50_000 }

/** What the system moves, call by call. */
type Moves = (call: number) => number

/** A client's bytes, of which some are sent and others moved, each once. */
class Client {
  readonly #bytes: Uint8Array
  readonly #moves: Moves
  #at = 0
  #calls = 0
  moved = 0

  constructor(bytes: Uint8Array, moves: Moves) {
    this.#bytes = bytes
    this.#moves = moves
  }

  next(length: number): Uint8Array {
    const from = this.#at
    this.#at = Math.min(this.#bytes.length, from + length)
    return this.#bytes.subarray(from, this.#at)
  }

  moveInto(file: EditedFile, offset: number, length: number): number {
    const bytes = this.next(Math.min(length, this.#moves(this.#calls++)))
    void file.write(offset, bytes)
    this.moved += bytes.length
    return bytes.length
  }
}

function withReceiveFile(io: StreamIo, client: Client): StreamIo {
  return new Proxy(io, {
    get: (target, key) => {
      if (key === 'receiveFile') return client.moveInto.bind(client)
      const value: unknown = Reflect.get(target, key, target)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
}

interface Way {
  readonly chunk: number
  readonly moves: Moves
  readonly isAscii?: boolean
  readonly isPrivate?: boolean
}

async function uploaded(bytes: Uint8Array, { chunk, moves, isAscii = false, isPrivate = false }: Way): Promise<number> {
  const plane = new SimPlane()
  const tree = new MemoryTree({})
  const upload = await tree.upload('/a')
  assert.ok(!isFailure(upload))
  const gate = new OpenGate()
  const service: Io = plane.serviceIo('ftp', [AT.ip], gate, () => undefined)
  const client = new Client(bytes, moves)
  let outcome: readonly number[] = []
  const accept = (io: StreamIo) => {
    const options = { io: service, blocks: new BlockPool(), isAscii, isPrivate, stallMs: 1000 }
    const job = new UploadJob(upload, { ...options, done: (told) => (outcome = [told.reply.code, told.bytes]) })
    const watched = withReceiveFile(io, client)
    return {
      opened: () => job.begin(watched),
      received: (inbox: Inbox) => job.received(inbox),
      ended: () => job.ended(),
      woke: (timer: string) => job.woke(timer),
    }
  }
  await plane.listenStream({ transport: 'tcp', port: AT.port, accept }, { at: AT, service: 'ftp' }, gate)
  const peer = plane.peer(AT)
  for (let piece = client.next(chunk); piece.length > 0; piece = client.next(chunk)) {
    peer.send(piece)
    await plane.settled()
  }
  peer.end()
  await plane.settled()
  assert.deepEqual(outcome, [226, bytes.length])
  const file = await tree.open('/a')
  assert.ok(!isFailure(file))
  assert.equal(Buffer.compare(await file.read(0, bytes.length + 1), bytes), 0)
  return client.moved
}

function pattern(length: number): Buffer {
  const made = Buffer.alloc(length)
  for (let at = 0; at + 4 <= length; at += 4) made.writeUInt32BE(Math.imul(at, 2_654_435_761) >>> 0, at)
  return made
}

const ways: readonly (readonly [string, Moves, (moved: number) => boolean])[] = [
  ['nothing', () => 0, (moved) => moved === 0],
  ['much each time', () => 1_048_576, (moved) => moved > 4_000_000],
  ['a little each time', () => 1, (moved) => moved > 0],
  ['some now and then', (call) => (call % 3 === 0 ? 70_001 : 0), (moved) => moved > 500_000],
]

for (const [name, moves, isRight] of ways) {
  for (const chunk of [65_536, 50_000]) {
    test(`the system moves ${name}, chunks of ${chunk}`, async () => {
      const moved = await uploaded(pattern(5_000_003), { chunk, moves })
      assert.equal(isRight(moved), true, `${moved} bytes were moved`)
    })
  }
}

test('what is converted or decrypted passes through here', async () => {
  const way = { chunk: 65_536, moves: () => 1_048_576 }
  assert.equal(await uploaded(Buffer.alloc(300_000, 'x'), { ...way, isAscii: true }), 0)
  assert.equal(await uploaded(pattern(300_000), { ...way, isPrivate: true }), 0)
})

test('little that comes is no reason to ask the system', async () => {
  assert.equal(await uploaded(pattern(100_000), { chunk: 1000, moves: () => 1_048_576 }), 0)
})
