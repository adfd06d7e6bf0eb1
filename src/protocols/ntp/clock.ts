// The clock of one host: the world's clock seen through an oscillator that may be off and drift, what a client has
// corrected of that, and what a server tells of it (the system variables of RFC 5905 §11.2). The server reads, the client's discipline
// writes.

import { LEAPS, STRATUM_UNSYNCHRONISED, type Leap } from './messages.ts'

/** PHI of RFC 5905 §7.2: by how much an undisciplined oscillator may drift, 15 ppm. */
export const FREQUENCY_TOLERANCE = 15e-6
/** log2 of seconds: 0.24 µs, what a double holds of milliseconds since 1970. */
const PRECISION = -22

/** What a server tells of its clock. */
export interface SystemVariables {
  readonly leap: Leap
  /** 1 to 15, or 16: not synchronised. */
  readonly stratum: number
  readonly rootDelayMs: number
  /** At `referenceMs`; it grows with FREQUENCY_TOLERANCE from there. */
  readonly rootDispersionMs: number
  /** Of the source: its IPv4 address, the first octets of an MD5 of its IPv6 address, or four letters at stratum 1. */
  readonly referenceId: number
  /** When the clock was last set or corrected, by this host's time. */
  readonly referenceMs: number
}

/** RFC 5905 §7.3: what a host tells that has no source yet. */
export const UNSYNCHRONISED: SystemVariables = {
  leap: LEAPS.unsynchronised,
  stratum: STRATUM_UNSYNCHRONISED,
  rootDelayMs: 0,
  rootDispersionMs: 0,
  referenceId: 0,
  referenceMs: 0,
}

/** Of the oscillator, before anybody corrects it. */
export interface Oscillator {
  /** By how much the host's clock is ahead of the world's at `sinceMs`. */
  readonly offsetMs: number
  /** Parts in a million by which it runs faster than the world's. */
  readonly driftPpm: number
  /** The world's time at which it started. */
  readonly sinceMs: number
}

export class HostClock {
  /** log2 of seconds, as in a packet. */
  readonly precision = PRECISION
  /** What a server tells. Who follows other servers replaces it; a host with a reference of its own refreshes it. */
  system: SystemVariables = UNSYNCHRONISED
  readonly #driftPpm: number
  #sinceMs: number
  /** Ahead of the world's clock at `#sinceMs`, slewing left out. */
  #aheadMs: number
  #frequencyPpm = 0
  /** What is still to be slewed at `#sinceMs`, and how fast that decays; 0: nothing. */
  #slewMs = 0
  #slewOverMs = 1

  constructor({ offsetMs, driftPpm, sinceMs }: Oscillator) {
    this.#aheadMs = offsetMs
    this.#driftPpm = driftPpm
    this.#sinceMs = sinceMs
  }

  /** The host's time, in milliseconds since 1970, at the world's time `wallMs`. Makes no object. */
  timeMs(wallMs: number): number {
    return wallMs + this.aheadMs(wallMs)
  }

  /** By how much the host's clock is ahead of the world's. Nobody in the world can know; for tests and for those who watch it. */
  aheadMs(wallMs: number): number {
    const elapsedMs = wallMs - this.#sinceMs
    const steady = this.#aheadMs + elapsedMs * (this.#driftPpm + this.#frequencyPpm) * 1e-6
    return this.#slewMs === 0 ? steady : steady + this.#slewMs * (1 - Math.exp(-elapsedMs / this.#slewOverMs))
  }

  /** The correction of the oscillator, as a client's discipline last set it. */
  get frequencyPpm(): number {
    return this.#frequencyPpm
  }

  /** What is left to be slewed. */
  slewLeftMs(wallMs: number): number {
    return this.#slewMs === 0 ? 0 : this.#slewMs * Math.exp(-(wallMs - this.#sinceMs) / this.#slewOverMs)
  }

  /** Moves the host's clock at once. What was left to slew is dropped. */
  step(byMs: number, wallMs: number): void {
    this.#settle(wallMs)
    this.#aheadMs += byMs
    this.#slewMs = 0
  }

  /**
   * Moves the host's clock by `byMs` in all, exponentially with the time constant `overMs` (the phase-locked loop of RFC 5905 §11.3 without
   * its tick a second). It takes the place of what was left to slew.
   */
  slew(byMs: number, overMs: number, wallMs: number): void {
    this.#settle(wallMs)
    this.#slewMs = byMs
    this.#slewOverMs = overMs
  }

  /** Corrects the oscillator from now on. */
  setFrequency(ppm: number, wallMs: number): void {
    this.#settle(wallMs)
    this.#frequencyPpm = ppm
  }

  /** The world's clock was stepped by `byMs`: the host's goes with it, and has not drifted meanwhile. */
  worldStepped(byMs: number): void {
    this.#sinceMs += byMs
    if (this.system.stratum !== STRATUM_UNSYNCHRONISED)
      this.system = { ...this.system, referenceMs: this.system.referenceMs + byMs }
  }

  /** The root dispersion now: it grows from the last correction on. */
  rootDispersionMs(timeMs: number): number {
    const { rootDispersionMs, referenceMs } = this.system
    return rootDispersionMs + Math.max(0, timeMs - referenceMs) * FREQUENCY_TOLERANCE
  }

  /** Takes `wallMs` as the new beginning, without a jump: the world's clock may have been set since. */
  #settle(wallMs: number): void {
    const left = this.slewLeftMs(wallMs)
    this.#aheadMs = this.aheadMs(wallMs)
    this.#slewMs = left
    this.#sinceMs = wallMs
  }
}
