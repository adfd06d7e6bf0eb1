// Broken NTP packets against the codec and the server, broken extension fields against both ends of NTS, and broken records against both ends
// of its key establishment. Answers must read, and be no longer than their questions.

import {
  isFailure,
  type Address,
  type DatagramIo,
  type DatagramMachine,
  type DepartureStamps,
  type Failure,
  type Io,
} from '../src/core/index.ts'
import { decodeFields, decodeTrailer, encodeField } from '../src/protocols/ntp/codec/extension.ts'
import { decodeHeader, encodeHeader } from '../src/protocols/ntp/codec/packet.ts'
import { SymmetricKey } from '../src/protocols/ntp/crypto/symmetric-keys.ts'
import { ntp } from '../src/protocols/ntp/index.ts'
import { establishKeys, NtsProtection, type NtsSession } from '../src/protocols/ntp/nts/client.ts'
import {
  answerRecords,
  errorRecords,
  readAnswer,
  readRequest,
  REQUEST,
} from '../src/protocols/ntp/nts/establishment.ts'
import { algorithmNumbered } from '../src/protocols/ntp/nts/algorithms.ts'
import { protectedOf } from '../src/protocols/ntp/nts/fields.ts'
import { encodeRecords, numbersRecord, takeRecord, type Record } from '../src/protocols/ntp/nts/records.ts'
import { SeededRandom, serve, SimPlane, type Served } from '../src/sim/index.ts'
import { Inbox } from '../src/wire/inbox.ts'
import type { Run, Target } from './target.ts'

const SECRET = Uint8Array.from({ length: 16 }, (_, index) => index)
const HEX = Buffer.from(SECRET).toString('hex')
const KEYS = [
  { id: 1, type: 'AES128', secret: `hex:${HEX}` },
  { id: 2, type: 'SHA1', secret: `hex:${HEX}` },
]
const SERVER = '198.51.100.1'
const QUESTION = encodeHeader({
  leap: 3,
  version: 4,
  mode: 3,
  stratum: 0,
  poll: 6,
  precision: -20,
  rootDelayMs: 0,
  rootDispersionMs: 0,
  referenceId: 0,
  reference: 0n,
  origin: 0n,
  receive: 0n,
  transmit: 0x1234_5678_9abc_def0n,
})
const CHANGES_MAX = 4
const CUT_MAX = 40

/** Samples with octets set, bits turned, pieces cut out, doubled or moved; one in eight whole. */
class Octets {
  readonly #samples: readonly Uint8Array[]
  readonly #random: SeededRandom

  constructor(samples: readonly Uint8Array[], seed: number) {
    this.#samples = samples
    this.#random = new SeededRandom(seed)
  }

  below(limit: number): number {
    return this.#random.u32() % limit
  }

  next(): Uint8Array {
    let octets = new Uint8Array(this.#samples[this.below(this.#samples.length)] ?? SECRET)
    if (this.below(8) === 0) return octets
    for (let left = 1 + this.below(CHANGES_MAX); left > 0; left--) octets = this.#changed(octets)
    return octets
  }

  #changed(octets: Uint8Array): Uint8Array<ArrayBuffer> {
    const at = this.below(octets.length + 1)
    const to = Math.min(octets.length, at + this.below(CUT_MAX))
    switch (this.below(6)) {
      case 0:
        return new Uint8Array(octets.subarray(0, at))
      case 1:
        return joined(octets.subarray(0, at), octets.subarray(to))
      case 2:
        return joined(octets.subarray(0, to), octets.subarray(at))
      case 3:
        return joined(octets, this.#random.bytes(this.below(CUT_MAX)))
      default: {
        const changed = new Uint8Array(octets)
        if (at < changed.length)
          changed[at] = this.below(2) === 0 ? this.below(256) : changed[at]! ^ (1 << this.below(8))
        return changed
      }
    }
  }
}

function joined(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Buffer.concat(parts))
}

/** Stands for a socket: looks at each answer as it leaves. */
class Probe implements DatagramIo {
  readonly local = { ip: SERVER, port: 123 }
  answer: Uint8Array | undefined
  readonly #io: Io

  constructor(io: Io) {
    this.#io = io
  }

  get now(): number {
    return this.#io.now
  }

  get wallMs(): number {
    return this.#io.wallMs
  }

  get arrivedMs(): number {
    return this.#io.wallMs
  }

  send(packet: Uint8Array): void {
    this.answer = packet
  }

  sendStamped(packet: Uint8Array, _to: Address, stamps: DepartureStamps): void {
    stamps.leaving(packet, this.wallMs)
    stamps.left?.(this.wallMs)
    this.answer = packet
  }

  wakeAt(): void {}
  wakeAtWall(): void {}
  cancel(): void {}
  connect(): void {}
  listen(): void {}
  emit(): void {}

  ask<T>(answer: T | Promise<T>, then: (value: T) => void): void {
    this.#io.ask(answer, then)
  }

  holdFor<T>(answer: Promise<T>, then: (value: T) => void): void {
    this.ask(answer, then)
  }

  random(size: number): Uint8Array {
    return this.#io.random(size)
  }
}

interface Ground {
  readonly host: Served
  readonly session: NtsSession
  readonly probe: Probe
  readonly machine: DatagramMachine
}

async function ground(): Promise<Ground> {
  const plane = new SimPlane()
  const host = await serve(ntp, { plane, config: { keys: KEYS, 'rate-limit': { interval: '1s', burst: 100 } } })
  const io = plane.serviceIo('client', ['192.0.2.9'], host.gate, () => undefined)
  let result: NtsSession | Failure | undefined
  establishKeys(io, { ip: SERVER, port: 4460 }, 'host.test', (got) => (result = got))
  await plane.settled()
  const [listen] = host.running.listens
  if (result === undefined || isFailure(result) || listen?.transport !== 'udp') throw new Error('no server to break')
  const probe = new Probe(io)
  return { host, session: result, probe, machine: listen.open(probe) }
}

function signed(id: number, type: 'AES128' | 'SHA1'): Uint8Array {
  const key = new SymmetricKey({ id, type, secret: SECRET })
  const packet = new Uint8Array(QUESTION.length + key.macBytes)
  packet.set(QUESTION)
  key.sign(packet, QUESTION.length)
  return packet
}

const random = (size: number) => new Uint8Array(size).fill(7)

function underNts(session: NtsSession, lost: number): Uint8Array {
  const protection = new NtsProtection(session, random)
  for (let left = lost; left > 0; left--) protection.protect(QUESTION)
  return protection.protect(QUESTION) ?? QUESTION
}

export const ntpPackets: Target = {
  name: 'ntp',
  about: 'packets against codec and server, with keys and NTS',
  async start(seed): Promise<Run> {
    const { host, session, probe, machine } = await ground()
    const older = Uint8Array.from(QUESTION, (octet, at) => (at === 0 ? 0x1b : octet))
    const samples = [
      QUESTION,
      older,
      signed(1, 'AES128'),
      signed(2, 'SHA1'),
      underNts(session, 0),
      underNts(session, 2),
    ]
    const octets = new Octets([...samples, joined(QUESTION, encodeField(0x7777, new Uint8Array(30)))], seed)
    return {
      next: () => octets.next(),
      attempt(packet) {
        throughCodec(packet)
        probe.answer = undefined
        host.plane.advance(1)
        machine.received(packet, { ip: `10.${octets.below(256)}.${octets.below(256)}.1`, port: 123 })
        if (probe.answer !== undefined) judge(packet, probe.answer)
      },
    }
  },
}

function throughCodec(packet: Uint8Array): void {
  const header = decodeHeader(packet)
  if (header === undefined) return
  if (Buffer.compare(encodeHeader(header), packet.subarray(0, 48)) !== 0)
    throw new Error('a header that writes otherwise')
  const trailer = decodeTrailer(packet, header.version)
  if (trailer === undefined) return
  const bytes = trailer.fields.reduce((sum, { body }) => sum + 4 + body.length, 48)
  const end = trailer.mac === undefined ? bytes : bytes + 4 + trailer.mac.digest.length
  if (end !== packet.length) throw new Error('fields that do not fill their packet')
}

function judge(question: Uint8Array, answer: Uint8Array): void {
  if (answer.length > question.length) throw new Error('an answer that is longer than its question')
  const asked = decodeHeader(question)
  const header = decodeHeader(answer)
  if (asked === undefined || header === undefined) throw new Error('an answer that does not read')
  if ((asked.mode !== 3 && asked.mode !== 1) || header.mode !== asked.mode + 1)
    throw new Error('an answer in a wrong mode')
  if (decodeTrailer(answer, 4) === undefined) throw new Error('an answer whose fields do not read')
}

export const ntpFields: Target = {
  name: 'ntp-fields',
  about: 'extension fields, and answers under NTS against a client',
  async start(seed): Promise<Run> {
    const { session, probe, machine } = await ground()
    const protection = new NtsProtection(session, random)
    const question = protection.protect(QUESTION) ?? QUESTION
    machine.received(question, { ip: '192.0.2.1', port: 123 })
    const answer = probe.answer
    if (answer === undefined) throw new Error('no answer to break')
    const octets = new Octets([answer, question, question.subarray(48), answer.subarray(48)], seed)
    const whole = [question, answer]
    return {
      next: () => octets.next(),
      attempt(packet) {
        const fields = decodeFields(packet)
        const bytes = fields?.reduce((sum, { body }) => sum + 4 + body.length, 0)
        if (bytes !== undefined && bytes !== packet.length) throw new Error('fields that do not fill their room')
        protectedOf(packet, decodeTrailer(packet, 4)?.fields ?? [])
        if (whole.some((one) => Buffer.compare(one, packet) === 0)) return
        if (protection.prove(packet) === 'proven' && protection.cookiesLeft > 8)
          throw new Error('more cookies than are kept')
      },
    }
  },
}

export const ntsRecords: Target = {
  name: 'nts-records',
  about: 'records of the key establishment against both ends',
  start(seed): Run {
    const algorithm = algorithmNumbered(15)
    if (algorithm === undefined) throw new Error('no algorithm')
    const cookies = Array.from({ length: 3 }, () => new Uint8Array(104))
    const server: Record = { critical: true, type: 6, body: Buffer.from('time.harbor.test') }
    const samples = [
      REQUEST,
      answerRecords(algorithm, cookies, 1123),
      [numbersRecord(1, [0]), numbersRecord(4, [15]), server, ...answerRecords(algorithm, cookies, undefined)],
      errorRecords(1),
    ]
    const octets = new Octets(samples.map(encodeRecords), seed)
    return { next: () => octets.next(), attempt: (bytes) => readRecords(bytes, octets.below(9)) }
  },
}

/** In pieces; what was read must write the same. */
function readRecords(bytes: Uint8Array, piece: number): void {
  const inbox = new Inbox()
  const records: Record[] = []
  for (let at = 0; at < bytes.length; at += piece * 16 + 1) {
    inbox.push(bytes.subarray(at, at + piece * 16 + 1))
    for (let record = takeRecord(inbox); record !== undefined; record = takeRecord(inbox)) records.push(record)
  }
  const again = encodeRecords(records)
  if (Buffer.compare(again, bytes.subarray(0, again.length)) !== 0) throw new Error('records that write otherwise')
  readRequest(records)
  readAnswer(records)
}
