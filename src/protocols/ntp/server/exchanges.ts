// The last exchanges of a server, for interleaved mode (RFC 9769): when each answer left, by the time at which its question came. They are
// in a table of fixed size, where a later one may take the place of an earlier; who asks for one that is gone is answered in basic mode.
// It is also what stamps answers.

import type { DepartureStamps } from '../../../core/io.ts'
import type { HostClock } from '../clock.ts'
import { AT } from '../codec/packet.ts'
import { fractionOf, secondsOf } from '../codec/timestamp.ts'

/** Exchanges; 128 KiB. Ours: at one question a client in 64 s, those of some 5,000 clients are there when they come again. */
const SLOT_BITS = 13
const SLOT_WORDS = 4
/** 2^32 divided by the golden ratio (Knuth, The Art of Computer Programming, §6.4): spreads what differs in few bits. */
const SPREAD = 0x9e37_79b1
const FRACTION_MAX = 0xffff_ffff

export class Exchanges implements DepartureStamps {
  readonly #clock: HostClock
  /** Receive and transmit timestamps, two words each. */
  readonly #slots = new Uint32Array(SLOT_WORDS << SLOT_BITS)

  constructor(clock: HostClock) {
    this.#clock = clock
  }

  /** Writes the time of leaving into an answer, and remembers it. */
  leaving(packet: Uint8Array, wallMs: number): void {
    const at = this.remember(packet, wallMs)
    writeWord(packet, AT.transmit, this.#slots[at + 2]!)
    writeWord(packet, AT.transmit + 4, this.#slots[at + 3]!)
  }

  /** Keeps that the answer in `packet` left at `wallMs`. Where. */
  remember(packet: Uint8Array, wallMs: number): number {
    const seconds = wordAt(packet, AT.receive)
    const fraction = wordAt(packet, AT.receive + 4)
    const at = slotOf(seconds, fraction)
    this.#slots[at] = seconds
    this.#slots[at + 1] = fraction
    this.#keepTransmit(at, wallMs)
    return at
  }

  /** Puts a better time of leaving in the place of the one that was kept. */
  improve(receiveSeconds: number, receiveFraction: number, wallMs: number): void {
    const at = this.#find(receiveSeconds, receiveFraction)
    if (at !== -1) this.#keepTransmit(at, wallMs)
  }

  /**
   * The exchange that a question in interleaved mode refers to: its origin is the time at which the question of that one came, and
   * its own times differ (RFC 9769 §2). -1: the question is in basic mode, or the exchange is gone.
   */
  referredTo(question: Uint8Array): number {
    const seconds = wordAt(question, AT.origin)
    const at = seconds === 0 ? -1 : this.#find(seconds, wordAt(question, AT.origin + 4))
    if (at === -1) return -1
    const same =
      wordAt(question, AT.receive) === wordAt(question, AT.transmit) &&
      wordAt(question, AT.receive + 4) === wordAt(question, AT.transmit + 4)
    return same ? -1 : at
  }

  /** The time of leaving of an exchange, into an answer. */
  writeTransmit(answer: Uint8Array, at: number): void {
    writeWord(answer, AT.transmit, this.#slots[at + 2]!)
    writeWord(answer, AT.transmit + 4, this.#slots[at + 3]!)
  }

  /**
   * Behind the time of arrival, with the count that this has below the clock's resolution, and never the same: by that a client tells the
   * two kinds of answers (RFC 9769 §2).
   */
  #keepTransmit(at: number, wallMs: number): void {
    const timeMs = this.#clock.timeMs(wallMs)
    const seconds = secondsOf(timeMs)
    const fraction = fractionOf(timeMs)
    const arrived = this.#slots[at + 1]!
    this.#slots[at + 2] = seconds
    this.#slots[at + 3] =
      seconds !== this.#slots[at] || fraction > arrived ? fraction : arrived < FRACTION_MAX ? arrived + 1 : arrived - 1
  }

  #find(seconds: number, fraction: number): number {
    const at = slotOf(seconds, fraction)
    return this.#slots[at] === seconds && this.#slots[at + 1] === fraction ? at : -1
  }
}

function slotOf(seconds: number, fraction: number): number {
  return (Math.imul(seconds ^ fraction, SPREAD) >>> (32 - SLOT_BITS)) * SLOT_WORDS
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
