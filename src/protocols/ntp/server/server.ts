// The machine of an NTP server on one socket (RFC 5905 §9.2): a question, and at once an answer that is no longer than it. Control and
// private messages (modes 6 and 7) and broadcasts get none.

import type { Address } from '../../../core/address.ts'
import type { DatagramIo, DatagramMachine, DepartureStamps } from '../../../core/io.ts'
import type { HostClock } from '../clock.ts'
import { decodeTrailer, KEY_ID_BYTES, type MessageCode } from '../codec/extension.ts'
import { AT } from '../codec/packet.ts'
import type { SymmetricKey } from '../crypto/symmetric-keys.ts'
import { HEADER_BYTES, MODES, type KissCode } from '../messages.ts'
import type { AnswerHeader } from './answer-header.ts'
import { versionOf } from './answer-header.ts'
import { wordAt, type Client, type ClientTable, type RateLimit } from './clients.ts'
import type { ServerLog } from './log.ts'
import type { PacketSecurity } from './packet-security.ts'

/** RFC 5905 §7.3; older ones are answered in their own version (RFC 4330 §5). */
const VERSION_MAX = 4
const SECOND_MS = 1000

export interface ServerOptions {
  readonly clock: HostClock
  readonly header: AnswerHeader
  readonly clients: ClientTable
  readonly keys: ReadonlyMap<number, SymmetricKey>
  readonly rateLimit: RateLimit | undefined
  readonly interleaved: boolean
  /** NTS, where it is served. */
  readonly security: PacketSecurity | undefined
  readonly log: ServerLog
}

export class NtpServer implements DatagramMachine {
  readonly #io: DatagramIo
  readonly #options: ServerOptions
  readonly #pollMin: number

  constructor(io: DatagramIo, options: ServerOptions) {
    this.#io = io
    this.#options = options
    const { rateLimit } = options
    this.#pollMin = rateLimit === undefined ? -128 : Math.ceil(Math.log2(rateLimit.intervalMs / SECOND_MS))
  }

  received(packet: Uint8Array, from: Address): void {
    if (packet.length < HEADER_BYTES) return
    const version = versionOf(packet)
    const mode = packet[0]! & 7
    if (version === 0 || version > VERSION_MAX) return
    if (mode !== MODES.client && mode !== MODES.symmetricActive)
      return this.#options.log.unanswered(this.#io, from, mode)
    const client = this.#options.clients.at(from.ip) ?? this.#newClient(packet, from)
    const kiss = this.#kissFor(client)
    if (kiss !== undefined && !this.#mayKiss(kiss, client, from)) return
    if (packet.length === HEADER_BYTES) this.#answer(packet, from, client, kiss)
    else this.#answerLonger(packet, from, client, kiss)
  }

  #newClient(packet: Uint8Array, from: Address): Client {
    this.#options.log.client(this.#io, from, versionOf(packet))
    return this.#options.clients.add(from.ip, this.#io.now)
  }

  #kissFor(client: Client): KissCode | undefined {
    if (client.access !== undefined) return client.access
    const { rateLimit } = this.#options
    return rateLimit === undefined || client.mayAsk(rateLimit, this.#io.now) ? undefined : 'RATE'
  }

  #mayKiss(kiss: KissCode, client: Client, from: Address): boolean {
    if (!client.mayBeKissed(this.#io.now)) return false
    this.#options.log.kiss(this.#io, from, kiss)
    return true
  }

  #answer(packet: Uint8Array, from: Address, client: Client, kiss: KissCode | undefined): void {
    const { header } = this.#options
    if (!this.#begin(packet, this.#io.arrivedMs, client, kiss)) return this.#io.sendStamped(header.bytes, from, client)
    this.#io.sendStamped(
      header.bytes,
      from,
      new InterleavedDeparture(this.#options.clock, client, header.bytes, undefined),
    )
  }

  /** Puts the header together. Whether the answer is an interleaved one. */
  #begin(packet: Uint8Array, arrivedMs: number, client: Client, kiss: KissCode | undefined): boolean {
    const { header, interleaved } = this.#options
    if (kiss !== undefined) {
      header.beginKiss(packet, arrivedMs, kiss, kiss === 'RATE' ? this.#pollMin : -128)
      return false
    }
    header.begin(packet, arrivedMs)
    if (!interleaved || !client.refersToLast(packet)) return false
    client.interleaves = true
    header.interleave(packet)
    client.writeLastTransmit(header.bytes)
    return true
  }

  /** A question with something behind its header. */
  #answerLonger(packet: Uint8Array, from: Address, client: Client, kiss: KissCode | undefined): void {
    const trailer = decodeTrailer(packet, versionOf(packet))
    if (trailer === undefined) return
    const { fields, mac } = trailer
    if (mac !== undefined) return this.#answerSigned(packet, from, client, kiss, mac)
    const { security } = this.#options
    if (security === undefined || !security.concerns(fields)) return this.#answer(packet, from, client, kiss)
    const { arrivedMs } = this.#io
    security.open(this.#io, packet, fields, (opened, question) => {
      if (opened === undefined) return
      if (opened === 'nak') return this.#refuseCookie(question, arrivedMs, from, client)
      const interleaved = this.#begin(question, arrivedMs, client, kiss)
      const answer = opened.answer(this.#options.header.bytes)
      this.#depart(answer, from, client, interleaved, (sealed) => opened.seal(sealed))
    })
  }

  /** RFC 8915 §5.7: a cookie that is not ours any more. */
  #refuseCookie(question: Uint8Array, arrivedMs: number, from: Address, client: Client): void {
    const { log, header, security } = this.#options
    log.kiss(this.#io, from, 'NTSN')
    header.beginKiss(question, arrivedMs, 'NTSN', -128)
    const answer = security?.nak(question, header.bytes)
    if (answer !== undefined) this.#io.sendStamped(answer, from, client)
  }

  #answerSigned(packet: Uint8Array, from: Address, client: Client, kiss: KissCode | undefined, mac: MessageCode): void {
    if (mac.digest.length === 0) return
    const key = this.#options.keys.get(mac.keyId)
    if (key === undefined || !key.verifies(packet, mac)) return this.#refuseCode(packet, from, client, mac.keyId)
    const interleaved = this.#begin(packet, this.#io.arrivedMs, client, kiss)
    const answer = new Uint8Array(HEADER_BYTES + key.macBytes)
    answer.set(this.#options.header.bytes)
    this.#depart(answer, from, client, interleaved, (sealed) => key.sign(sealed, HEADER_BYTES))
  }

  /** A crypto-NAK (RFC 5905 §9.2): the header and a key id of 0. */
  #refuseCode(packet: Uint8Array, from: Address, client: Client, keyId: number): void {
    this.#options.log.unauthentic(this.#io, from, keyId)
    this.#options.header.begin(packet, this.#io.arrivedMs)
    const answer = new Uint8Array(HEADER_BYTES + KEY_ID_BYTES)
    answer.set(this.#options.header.bytes)
    this.#io.sendStamped(answer, from, client)
  }

  #depart(
    answer: Uint8Array,
    to: Address,
    client: Client,
    interleaved: boolean,
    seal: (packet: Uint8Array) => void,
  ): void {
    const stamps = interleaved
      ? new InterleavedDeparture(this.#options.clock, client, answer, seal)
      : new SealedDeparture(client, seal)
    this.#io.sendStamped(answer, to, stamps)
  }
}

/** Of an answer whose code covers its time of leaving. */
class SealedDeparture implements DepartureStamps {
  readonly #client: Client
  readonly #seal: (packet: Uint8Array) => void

  constructor(client: Client, seal: (packet: Uint8Array) => void) {
    this.#client = client
    this.#seal = seal
  }

  leaving(packet: Uint8Array, wallMs: number): void {
    this.#client.leaving(packet, wallMs)
    this.#seal(packet)
  }
}

/** Of an answer that bears the last one's time of leaving. Its own is kept for the next one, as near to the wire as can be had. */
class InterleavedDeparture implements DepartureStamps {
  readonly #clock: HostClock
  readonly #client: Client
  readonly #seal: ((packet: Uint8Array) => void) | undefined
  readonly #receiveSeconds: number
  readonly #receiveFraction: number

  constructor(clock: HostClock, client: Client, answer: Uint8Array, seal: ((packet: Uint8Array) => void) | undefined) {
    this.#clock = clock
    this.#client = client
    this.#seal = seal
    this.#receiveSeconds = wordAt(answer, AT.receive)
    this.#receiveFraction = wordAt(answer, AT.receive + 4)
  }

  leaving(packet: Uint8Array, wallMs: number): void {
    this.#client.remember(packet, this.#clock.timeMs(wallMs))
    this.#seal?.(packet)
  }

  left(wallMs: number): void {
    this.#client.improve(this.#receiveSeconds, this.#receiveFraction, this.#clock.timeMs(wallMs))
  }
}
