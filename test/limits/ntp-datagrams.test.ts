// Datagrams to a time server that are no questions, or questions with somebody else's address on them: an answer is never longer
// than its question, and control messages, whose answers were, get none (CVE-2013-5211).

import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import type { Socket as UdpSocket } from 'node:dgram'
import { test, type TestContext } from 'node:test'
import type { Address } from '../../src/core/address.ts'
import { TIME, answersBefore, asked, datagrams, namesData, secured } from './names.ts'
import { abuse, turnedWorld, type TurnedWorld } from './world.ts'

const HEADER_BYTES = 48
const ORIGIN_AT = 24
const TRANSMIT_AT = 40
/** Of the question that is asked last. */
const LAST = Buffer.alloc(8, 0xee)
const KISS_INTERVAL_MS = 2000

function packet(length: number, first: number, transmit: Uint8Array): Buffer {
  const bytes = Buffer.alloc(length)
  bytes[0] = first
  if (length >= HEADER_BYTES) bytes.set(transmit, TRANSMIT_AT)
  return bytes
}

/** Version and mode. */
const first = (version: number, mode: number) => (version << 3) | mode
const LAST_QUESTION = packet(HEADER_BYTES, first(4, 3), LAST)

function isLast(answer: Buffer): boolean {
  return answer.subarray(ORIGIN_AT, ORIGIN_AT + 8).equals(LAST)
}

function back(socket: UdpSocket, to: Address, packets: readonly Uint8Array[]): Promise<readonly Buffer[]> {
  return answersBefore(socket, packets, LAST_QUESTION, to, isLast)
}

interface Asking extends TurnedWorld {
  readonly socket: UdpSocket
  readonly to: Address
}

async function server(t: TestContext, ntp: object = {}): Promise<Asking> {
  const turned = await turnedWorld(t, namesData({ ntp }))
  return { ...turned, socket: await datagrams(t), to: turned.world.address(TIME, 123, 'udp') }
}

/** The same for the same number. */
function chance(number: number): Buffer {
  return createHash('sha512').update(String(number)).digest()
}

function field(type: number, body: Uint8Array): Buffer {
  const head = Buffer.alloc(4)
  head.writeUInt16BE(type, 0)
  head.writeUInt16BE(4 + body.length, 2)
  return Buffer.concat([head, body])
}

test('control and private messages, answers and what is too short get nothing', async (t) => {
  const { socket, to } = await server(t)
  const transmit = Buffer.alloc(8, 1)
  const modes = [0, 2, 4, 5, 6, 7].flatMap((mode) =>
    [12, 48, 468, 1400].map((n) => packet(n, first(4, mode), transmit)),
  )
  const monlist = Buffer.concat([Buffer.from([0x17, 0, 3, 0x2a, 0, 0, 0, 0]), Buffer.alloc(40)])
  const readvar = Buffer.from([0x16, 2, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0])
  const short = Array.from({ length: HEADER_BYTES }, (_, n) => packet(n, first(4, 3), transmit))
  assert.deepEqual(await back(socket, to, [...modes, monlist, readvar, ...short]), [])
})

/** Nothing, a code by a key that is known or is not, fields, garbage. */
function behind(number: number): readonly Buffer[] {
  const bytes = chance(-number)
  const code = Buffer.concat([Buffer.from([0, 0, 0, number % 2]), bytes.subarray(0, number % 3 === 0 ? 20 : 16)])
  switch (number % 5) {
    case 0:
      return []
    case 1:
      return [code]
    case 2:
      return [field(number, bytes.subarray(0, 24)), field(0x2004, Buffer.alloc((number % 250) * 4 + 24))]
    case 3:
      return [field(number, bytes.subarray(0, 24)), code]
    default:
      return [bytes.subarray(0, number % 64)]
  }
}

test('no answer is longer than its question, whatever stands behind the header', async (t) => {
  const { socket, to } = await server(t, { keys: [{ id: 1, type: 'SHA1', secret: 'hex:0102' }] })
  const questions = new Map<string, number>()
  const packets = Array.from({ length: 1500 }, (_, number) => {
    const question = Buffer.concat([chance(number).subarray(0, HEADER_BYTES), ...behind(number)])
    question[0] = first(1 + (number % 4), number % 3 === 0 ? 1 : 3)
    questions.set(question.toString('hex', TRANSMIT_AT, HEADER_BYTES), question.length)
    return question
  })
  let count = 0
  for (let at = 0; at < packets.length; at += 100) {
    for (const answer of await back(socket, to, packets.slice(at, at + 100))) {
      const asked = questions.get(answer.toString('hex', ORIGIN_AT, ORIGIN_AT + 8)) ?? 0
      assert.ok(answer.length <= asked, `${answer.length} bytes for ${asked}`)
      count += 1
    }
  }
  t.diagnostic(`${count} answers`)
  assert.ok(count > 700)
})

test('cookies that are garbage: NTSN, no longer than the question, and the server goes on', async (t) => {
  const { socket, to } = await server(t)
  const cookies = Array.from({ length: 200 }, (_, number) => {
    const id = field(0x0104, chance(number).subarray(0, 32))
    const cookie = field(0x0204, Buffer.concat([chance(number), chance(number + 1)]).subarray(0, 100))
    const sealed = field(0x0404, Buffer.concat([Buffer.from([0, 16, 0, 16]), Buffer.alloc(32)]))
    return Buffer.concat([packet(HEADER_BYTES, first(4, 3), Buffer.alloc(8, 7)), id, cookie, sealed])
  })
  await asked(socket, LAST_QUESTION, to)
  for (const [at, question] of cookies.entries()) {
    const answer = await asked(socket, question, to)
    assert.ok(answer.length <= question.length)
    assert.equal(answer.toString('latin1', 12, 16), 'NTSN')
    assert.deepEqual(answer.subarray(HEADER_BYTES), question.subarray(HEADER_BYTES, HEADER_BYTES + 36), `${at}`)
  }
})

test('who is turned away hears of it once in two seconds, however often they ask', async (t) => {
  const { socket, to, skip, world } = await server(t, { deny: ['127.0.0.0/8'] })
  const kiss = await asked(socket, LAST_QUESTION, to)
  assert.equal(kiss.toString('latin1', 12, 16), 'DENY')
  const more: Buffer[] = []
  socket.on('message', (answer: Buffer) => void more.push(answer))
  for (let sent = 0; sent < 500; sent += 1) socket.send(LAST_QUESTION, to.port, to.ip)
  const flows = world.flows().length
  await flowFrom(t, to, world, flows)
  assert.deepEqual(more, [])
  skip(KISS_INTERVAL_MS)
  await asked(socket, LAST_QUESTION, to)
})

/** Sends from a further socket, and resolves once the server has looked at that, and so at all that was sent before. */
async function flowFrom(t: TestContext, to: Address, world: TurnedWorld['world'], flows: number): Promise<void> {
  const socket = await datagrams(t)
  socket.send(LAST_QUESTION, to.port, to.ip)
  while (world.flows().length === flows) await new Promise((resolve) => void setImmediate(resolve))
}

test('a message for keys that never ends is broken off at 16 KiB', async (t) => {
  const { world } = await server(t)
  const socket = await secured(t, world, TIME, 4460, 'ntske/1')
  const record = Buffer.concat([Buffer.from([0, 0x55, 4, 0]), Buffer.alloc(1024)])
  const pieces: Buffer[] = []
  socket.on('data', (piece: Buffer) => pieces.push(piece))
  const closed = new Promise((resolve) => void socket.once('close', resolve))
  for (let sent = 0; sent < 64; sent += 1) socket.write(record)
  await closed
  // Error 1, bad request (RFC 8915 §4.1.3).
  assert.deepEqual(Buffer.concat(pieces).subarray(0, 6), Buffer.from([0x80, 2, 0, 2, 0, 1]))
  assert.deepEqual(abuse(world), [])
})
