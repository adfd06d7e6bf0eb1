// The machine of an NTP server on one socket (RFC 5905 §9.2): a question, and at once an answer that is no longer than it. Control and
// private messages (modes 6 and 7) and broadcasts get none.

import type { Address } from '../../../core/address.ts'
import type { DatagramIo, DatagramMachine, DepartureStamps } from '../../../core/io.ts'
import { decodeTrailer, KEY_ID_BYTES, type MessageCode } from '../codec/extension.ts'
import { AT } from '../codec/packet.ts'
import type { SymmetricKey } from '../crypto/symmetric-keys.ts'
import { HEADER_BYTES, MODES, type KissCode } from '../messages.ts'
import type { AnswerHeader } from './answer-header.ts'
import { versionOf } from './answer-header.ts'
import type { Client, ClientTable, RateLimit } from './clients.ts'
import { wordAt, type Exchanges } from './exchanges.ts'
import type { ServerLog } from './log.ts'
import type { PacketSecurity } from './packet-security.ts'

/** RFC 5905 §7.3; older ones are answered in their own version (RFC 4330 §5). */
const VERSION_MAX = 4
const SECOND_MS = 1000

export interface ServerOptions {
  readonly header: AnswerHeader
  readonly exchanges: Exchanges
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
    if (packet.length === HEADER_BYTES) this.#answer(packet, from, kiss)
    else this.#answerLonger(packet, from, kiss)
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

  #answer(packet: Uint8Array, from: Address, kiss: KissCode | undefined): void {
    const { header, exchanges } = this.#options
    const interleaved = this.#begin(packet, this.#io.arrivedMs, kiss)
    const stamps = interleaved ? new InterleavedDeparture(exchanges, header.bytes, undefined) : exchanges
    this.#io.sendStamped(header.bytes, from, stamps)
  }

  /** Puts the header together. Whether the answer is an interleaved one. */
  #begin(packet: Uint8Array, arrivedMs: number, kiss: KissCode | undefined): boolean {
    const { header, interleaved, exchanges } = this.#options
    if (kiss !== undefined) {
      header.beginKiss(packet, arrivedMs, kiss, kiss === 'RATE' ? this.#pollMin : -128)
      return false
    }
    header.begin(packet, arrivedMs)
    const exchange = interleaved ? exchanges.referredTo(packet) : -1
    if (exchange === -1) return false
    header.interleave(packet)
    exchanges.writeTransmit(header.bytes, exchange)
    return true
  }

  /** A question with something behind its header. */
  #answerLonger(packet: Uint8Array, from: Address, kiss: KissCode | undefined): void {
    const trailer = decodeTrailer(packet, versionOf(packet))
    if (trailer === undefined) return
    const { fields, mac } = trailer
    if (mac !== undefined) return this.#answerSigned(packet, from, kiss, mac)
    const { security, header } = this.#options
    if (security === undefined || !security.concerns(fields)) return this.#answer(packet, from, kiss)
    const { arrivedMs } = this.#io
    security.open(this.#io, packet, fields, (opened, question) => {
      if (opened === undefined) return
      if (opened === 'nak') return this.#refuseCookie(question, arrivedMs, from)
      const interleaved = this.#begin(question, arrivedMs, kiss)
      this.#depart(opened.answer(header.bytes), from, interleaved, (sealed) => opened.seal(sealed))
    })
  }

  /** RFC 8915 §5.7: a cookie that is not ours any more. */
  #refuseCookie(question: Uint8Array, arrivedMs: number, from: Address): void {
    const { log, header, security, exchanges } = this.#options
    log.kiss(this.#io, from, 'NTSN')
    header.beginKiss(question, arrivedMs, 'NTSN', -128)
    const answer = security?.nak(question, header.bytes)
    if (answer !== undefined) this.#io.sendStamped(answer, from, exchanges)
  }

  #answerSigned(packet: Uint8Array, from: Address, kiss: KissCode | undefined, mac: MessageCode): void {
    if (mac.digest.length === 0) return
    const key = this.#options.keys.get(mac.keyId)
    if (key === undefined || !key.verifies(packet, mac)) return this.#refuseCode(packet, from, mac.keyId)
    const interleaved = this.#begin(packet, this.#io.arrivedMs, kiss)
    const answer = new Uint8Array(HEADER_BYTES + key.macBytes)
    answer.set(this.#options.header.bytes)
    this.#depart(answer, from, interleaved, (sealed) => key.sign(sealed, HEADER_BYTES))
  }

  /** A crypto-NAK (RFC 5905 §9.2): the header and a key id of 0. */
  #refuseCode(packet: Uint8Array, from: Address, keyId: number): void {
    const { log, header, exchanges } = this.#options
    log.unauthentic(this.#io, from, keyId)
    header.begin(packet, this.#io.arrivedMs)
    const answer = new Uint8Array(HEADER_BYTES + KEY_ID_BYTES)
    answer.set(header.bytes)
    this.#io.sendStamped(answer, from, exchanges)
  }

  #depart(answer: Uint8Array, to: Address, interleaved: boolean, seal: (packet: Uint8Array) => void): void {
    const { exchanges } = this.#options
    const stamps = interleaved
      ? new InterleavedDeparture(exchanges, answer, seal)
      : new SealedDeparture(exchanges, seal)
    this.#io.sendStamped(answer, to, stamps)
  }
}

/** Of an answer whose code covers its time of leaving. */
class SealedDeparture implements DepartureStamps {
  readonly #exchanges: Exchanges
  readonly #seal: (packet: Uint8Array) => void

  constructor(exchanges: Exchanges, seal: (packet: Uint8Array) => void) {
    this.#exchanges = exchanges
    this.#seal = seal
  }

  leaving(packet: Uint8Array, wallMs: number): void {
    this.#exchanges.leaving(packet, wallMs)
    this.#seal(packet)
  }
}

/** Of an answer that bears the last one's time of leaving. Its own is kept for the next one, as near to the wire as can be had. */
class InterleavedDeparture implements DepartureStamps {
  readonly #exchanges: Exchanges
  readonly #seal: ((packet: Uint8Array) => void) | undefined
  readonly #receiveSeconds: number
  readonly #receiveFraction: number

  constructor(exchanges: Exchanges, answer: Uint8Array, seal: ((packet: Uint8Array) => void) | undefined) {
    this.#exchanges = exchanges
    this.#seal = seal
    this.#receiveSeconds = wordAt(answer, AT.receive)
    this.#receiveFraction = wordAt(answer, AT.receive + 4)
  }

  leaving(packet: Uint8Array, wallMs: number): void {
    this.#exchanges.remember(packet, wallMs)
    this.#seal?.(packet)
  }

  left(wallMs: number): void {
    this.#exchanges.improve(this.#receiveSeconds, this.#receiveFraction, wallMs)
  }
}
