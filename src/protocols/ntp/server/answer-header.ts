// The header that answers go out with, in one buffer that is used for all of them: most of it changes once a second at most.

import { AT, firstOctet, referenceIdOfText, shortOf } from '../codec/packet.ts'
import { fractionOf, secondsOf } from '../codec/timestamp.ts'
import type { HostClock, SystemVariables } from '../clock.ts'
import { HEADER_BYTES, LEAPS, MODES, STRATUM_UNSPECIFIED, STRATUM_UNSYNCHRONISED, type KissCode } from '../messages.ts'
import { writeWord } from './exchanges.ts'

/** Root dispersion grows by a unit of its format (15 µs) in this time (15 ppm). */
const REFRESH_MS = 1000
/** What stands for the source of a host that has none yet (RFC 5905 §7.4). */
const INIT = referenceIdOfText('INIT')

/**
 * The clock resolves 1,048 units of a timestamp: below that stands a count, so that no two questions come at the same time and each
 * answer can be referred to (RFC 9769 §2; RFC 5905 §6 leaves these bits to chance).
 */
const COUNT_MASK = 0x3ff
const FRACTION_MAX = 0xffff_ffff

export class AnswerHeader {
  /** Of the answer that was last begun; valid until the next one is. */
  readonly bytes = new Uint8Array(HEADER_BYTES)
  readonly #clock: HostClock
  readonly #read: (wallMs: number) => void
  #leap: number = LEAPS.unsynchronised
  #refreshedMs = -Infinity
  #count = -1
  #system: SystemVariables | undefined

  /** `read`: brings the system variables of `clock` up to date. */
  constructor(clock: HostClock, read: (wallMs: number) => void) {
    this.#clock = clock
    this.#read = read
  }

  /** An answer to `question`, which came at `arrivedMs` by the world's clock. Its transmit timestamp is left to who sends it. */
  begin(question: Uint8Array, arrivedMs: number): void {
    if (this.#clock.system !== this.#system || !(Math.abs(arrivedMs - this.#refreshedMs) < REFRESH_MS))
      this.#refresh(arrivedMs)
    const { bytes } = this
    bytes[0] = firstOctet(this.#leap, versionOf(question), answerMode(question))
    bytes[AT.poll] = question[AT.poll]!
    for (let at = 0; at < 8; at++) bytes[AT.origin + at] = question[AT.transmit + at]!
    const timeMs = this.#clock.timeMs(arrivedMs)
    this.#count = (this.#count + 1) & COUNT_MASK
    writeWord(bytes, AT.receive, secondsOf(timeMs))
    writeWord(bytes, AT.receive + 4, Math.min(FRACTION_MAX, fractionOf(timeMs) + this.#count))
  }

  /** Refers to the time at which the client got our last answer, instead of that at which it asked (RFC 9769 §2). */
  interleave(question: Uint8Array): void {
    for (let at = 0; at < 8; at++) this.bytes[AT.origin + at] = question[AT.receive + at]!
  }

  /** A kiss-o'-death instead (RFC 5905 §7.4); `pollMin`: log2 of the seconds between questions that would do. */
  beginKiss(question: Uint8Array, arrivedMs: number, code: KissCode, pollMin: number): void {
    this.begin(question, arrivedMs)
    const { bytes } = this
    bytes[0] = firstOctet(LEAPS.unsynchronised, versionOf(question), answerMode(question))
    bytes[AT.stratum] = STRATUM_UNSPECIFIED
    bytes[AT.poll] = Math.max(pollMin, (question[AT.poll]! << 24) >> 24)
    bytes.fill(0, AT.rootDelay, AT.origin)
    writeWord(bytes, AT.referenceId, referenceIdOfText(code))
    this.#system = undefined
  }

  #refresh(wallMs: number): void {
    this.#read(wallMs)
    const { bytes } = this
    const { system, precision } = this.#clock
    const { leap, stratum, rootDelayMs, referenceId, referenceMs } = system
    const synchronised = stratum < STRATUM_UNSYNCHRONISED
    this.#leap = synchronised ? leap : LEAPS.unsynchronised
    bytes[AT.stratum] = synchronised ? stratum : STRATUM_UNSPECIFIED
    bytes[AT.precision] = precision
    writeWord(bytes, AT.rootDelay, shortOf(rootDelayMs))
    writeWord(bytes, AT.rootDispersion, shortOf(this.#clock.rootDispersionMs(this.#clock.timeMs(wallMs))))
    writeWord(bytes, AT.referenceId, synchronised ? referenceId : INIT)
    writeWord(bytes, AT.reference, synchronised ? secondsOf(referenceMs) : 0)
    writeWord(bytes, AT.reference + 4, synchronised ? fractionOf(referenceMs) : 0)
    this.#refreshedMs = wallMs
    this.#system = system
  }
}

export function versionOf(packet: Uint8Array): number {
  return (packet[0]! >> 3) & 7
}

/** RFC 5905 §9.2, figure 20: a client gets a server's answer, a symmetric peer that of one who makes no association. */
function answerMode(question: Uint8Array): number {
  return (question[0]! & 7) === MODES.symmetricActive ? MODES.symmetricPassive : MODES.server
}
