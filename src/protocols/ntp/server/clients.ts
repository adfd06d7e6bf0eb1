// What a server remembers of those who ask: a bounded number of addresses, with the last exchange of each (for
// interleaved mode, RFC 9769) and how often it asks. Whom it has forgotten is served as someone new.

import type { DepartureStamps } from '../../../core/io.ts'
import { AT } from '../codec/packet.ts'
import { fractionOf, secondsOf } from '../codec/timestamp.ts'
import type { HostClock } from '../clock.ts'
import { accessOf, type AccessLists } from './access.ts'

/** Addresses; ours: half of the flows that a socket keeps. Some 2 MB. */
export const CLIENTS_MAX = 8192
/** A client that is turned away hears of it this often at most, so that a forged sender cannot make us a nuisance; ours. */
export const KISS_INTERVAL_MS = 2000

export interface RateLimit {
  /** A client may ask this often on the average. */
  readonly intervalMs: number
  /** So many times at once, after it was silent. */
  readonly burst: number
}

/** The last exchange with one address. It is also what stamps its next answer. */
export class Client implements DepartureStamps {
  readonly access: 'DENY' | 'RSTR' | undefined
  /** Whether it has asked in interleaved mode: only then are its answers' times of leaving asked for. */
  interleaves = false
  #receiveSeconds = 0
  #receiveFraction = 0
  #transmitSeconds = 0
  #transmitFraction = 0
  #tokens: number
  #countedMs: number
  #kissedMs = -Infinity
  readonly #clock: HostClock

  constructor(clock: HostClock, access: Client['access'], burst: number, nowMs: number) {
    this.#clock = clock
    this.access = access
    this.#tokens = burst
    this.#countedMs = nowMs
  }

  /** Writes the time of leaving into an answer, and remembers it. */
  leaving(packet: Uint8Array, wallMs: number): void {
    this.remember(packet, this.#clock.timeMs(wallMs))
    writeWord(packet, AT.transmit, this.#transmitSeconds)
    writeWord(packet, AT.transmit + 4, this.#transmitFraction)
  }

  /** Keeps when the answer in `packet` left, by the host's time, and when its question came. */
  remember(packet: Uint8Array, timeMs: number): void {
    this.#receiveSeconds = wordAt(packet, AT.receive)
    this.#receiveFraction = wordAt(packet, AT.receive + 4)
    this.#keepTransmit(timeMs)
  }

  /** Puts a better time of leaving in the place of the one that was kept with the same time of arrival. */
  improve(receiveSeconds: number, receiveFraction: number, timeMs: number): void {
    if (receiveSeconds !== this.#receiveSeconds || receiveFraction !== this.#receiveFraction) return
    this.#keepTransmit(timeMs)
  }

  /** Whether a question refers to the last exchange (RFC 9769 §2): its origin is the time at which we got the one before. */
  refersToLast(question: Uint8Array): boolean {
    return (
      this.#receiveSeconds !== 0 &&
      wordAt(question, AT.origin) === this.#receiveSeconds &&
      wordAt(question, AT.origin + 4) === this.#receiveFraction &&
      !(
        wordAt(question, AT.receive) === wordAt(question, AT.transmit) &&
        wordAt(question, AT.receive + 4) === wordAt(question, AT.transmit + 4)
      )
    )
  }

  /** Never the time of arrival: by that a client tells the two kinds of answers (RFC 9769 §2). */
  #keepTransmit(timeMs: number): void {
    this.#transmitSeconds = secondsOf(timeMs)
    this.#transmitFraction = fractionOf(timeMs)
    if (this.#transmitFraction === this.#receiveFraction) this.#transmitFraction = (this.#transmitFraction ^ 1) >>> 0
  }

  /** The time of leaving of the last answer, into this one. */
  writeLastTransmit(answer: Uint8Array): void {
    writeWord(answer, AT.transmit, this.#transmitSeconds)
    writeWord(answer, AT.transmit + 4, this.#transmitFraction)
  }

  /** Counts a question. `false`: they come too often. */
  mayAsk({ intervalMs, burst }: RateLimit, nowMs: number): boolean {
    this.#tokens = Math.min(burst, this.#tokens + (nowMs - this.#countedMs) / intervalMs)
    this.#countedMs = nowMs
    if (this.#tokens < 1) return false
    this.#tokens -= 1
    return true
  }

  /** Whether it may be told why it gets no answer. Counts as told. */
  mayBeKissed(nowMs: number): boolean {
    if (nowMs - this.#kissedMs < KISS_INTERVAL_MS) return false
    this.#kissedMs = nowMs
    return true
  }
}

export class ClientTable {
  readonly #clients = new Map<string, Client>()
  readonly #clock: HostClock
  readonly #lists: AccessLists
  readonly #burst: number

  constructor(clock: HostClock, lists: AccessLists, burst: number) {
    this.#clock = clock
    this.#lists = lists
    this.#burst = burst
  }

  get size(): number {
    return this.#clients.size
  }

  at(ip: string): Client | undefined {
    return this.#clients.get(ip)
  }

  /** Known from now on; the oldest is forgotten for it where there is no room. */
  add(ip: string, nowMs: number): Client {
    if (this.#clients.size >= CLIENTS_MAX) this.#forgetOldest()
    const client = new Client(this.#clock, accessOf(ip, this.#lists), this.#burst, nowMs)
    this.#clients.set(ip, client)
    return client
  }

  #forgetOldest(): void {
    for (const ip of this.#clients.keys()) {
      this.#clients.delete(ip)
      return
    }
  }
}

/** 32 bits, unsigned. */
export function wordAt(bytes: Uint8Array, at: number): number {
  return ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) >>> 0
}

export function writeWord(bytes: Uint8Array, at: number, word: number): void {
  bytes[at] = word >>> 24
  bytes[at + 1] = word >>> 16
  bytes[at + 2] = word >>> 8
  bytes[at + 3] = word
}
