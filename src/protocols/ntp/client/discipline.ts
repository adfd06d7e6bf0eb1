// The clock discipline (RFC 5905 §11.3): from the combined offset it slews, steps and learns the frequency, and decides how
// often sources are asked. It neither selects sources nor sends packets.

import {
  ALLAN_INTERCEPT,
  AVERAGE,
  exponentMs,
  FLL_GAIN,
  FREQUENCY_MAX_PPM,
  PLL_GAIN,
  POLL_ADJUST_GATE,
  POLL_ADJUST_LIMIT,
  SLEW_MAX,
  STEP_THRESHOLD_MS,
  STEPOUT_MS,
} from './parameters.ts'

/** The clock as the discipline handles it, at this moment. */
export interface ClockControl {
  /** What is left of the last slew. */
  slewLeftMs(): number
  readonly frequencyPpm: number
  step(byMs: number): void
  slew(byMs: number, overMs: number): void
  setFrequency(ppm: number): void
}

/**
 * NSET: never set. FSET: the frequency is known, the time is not. FREQ: the frequency is being measured. SYNC: both follow. SPIK: an
 * outlier has come, and may be gone with the next update.
 */
export type DisciplineState = 'NSET' | 'FSET' | 'FREQ' | 'SYNC' | 'SPIK'

export type Disciplined = 'ignored' | 'slewed' | 'stepped' | 'panic'

export interface DisciplineOptions {
  /** Exponents of the poll interval. */
  readonly minPoll: number
  readonly maxPoll: number
  /** `undefined`: any offset is believed. */
  readonly panicMs: number | undefined
  /** The least jitter: the clock's precision. */
  readonly jitterMinMs: number
  /** The frequency is known from an earlier run. Default: no. */
  readonly frequencyKnown?: boolean
}

/** The least time constant of a slew: the reference implementation corrects once a second. */
const SLEW_OVER_MIN_MS = 1000
/** Time constants after which a slew is over: less than a hundredth is left. */
const HOLD_TIMES = 5
const PPM = 1e6

export class Discipline {
  readonly #clock: ClockControl
  readonly #options: DisciplineOptions
  #state: DisciplineState
  /** When the clock was last corrected; `undefined`: never. */
  #correctedMs: number | undefined
  #lastOffsetMs = 0
  #jitterMs: number
  #wanderPpm = 0
  /** The frequency is measured, and the phase that this took is being slewed. */
  #heldUntilMs = -Infinity
  #poll: number
  #count = 0

  constructor(clock: ClockControl, options: DisciplineOptions) {
    this.#clock = clock
    this.#options = options
    this.#state = options.frequencyKnown === true ? 'FSET' : 'NSET'
    this.#poll = options.minPoll
    this.#jitterMs = options.jitterMinMs
  }

  get state(): DisciplineState {
    return this.#state
  }

  /** The exponent of the interval at which sources are to be asked. */
  get poll(): number {
    return this.#poll
  }

  get jitterMs(): number {
    return this.#jitterMs
  }

  get wanderPpm(): number {
    return this.#wanderPpm
  }

  /** The offset that the survivors agree on; `nowMs`: when the sample of the chosen one was taken, in the process time. */
  update(offsetMs: number, nowMs: number): Disciplined {
    if (Math.abs(offsetMs) > (this.#options.panicMs ?? Infinity)) return 'panic'
    const sinceMs = this.#correctedMs === undefined ? Infinity : nowMs - this.#correctedMs
    return Math.abs(offsetMs) > STEP_THRESHOLD_MS
      ? this.#outlier(offsetMs, nowMs, sinceMs)
      : this.#inlier(offsetMs, nowMs, sinceMs)
  }

  #outlier(offsetMs: number, nowMs: number, sinceMs: number): Disciplined {
    const waits = sinceMs < STEPOUT_MS
    if (this.#state === 'SYNC') {
      this.#state = 'SPIK'
      return 'ignored'
    }
    if ((this.#state === 'FREQ' || this.#state === 'SPIK') && waits) return 'ignored'
    const change = this.#state === 'FREQ' ? this.#measured(offsetMs, sinceMs) : 0
    const next = this.#state === 'NSET' ? 'FREQ' : 'SYNC'
    this.#clock.step(offsetMs)
    this.#count = 0
    this.#poll = this.#options.minPoll
    this.#corrected(next, nowMs, 0)
    if (next === 'SYNC') this.#changeFrequency(change)
    return 'stepped'
  }

  #inlier(offsetMs: number, nowMs: number, sinceMs: number): Disciplined {
    if (this.#state === 'NSET') return this.#first(offsetMs, nowMs)
    if (this.#state === 'FREQ') return this.#measure(offsetMs, nowMs, sinceMs)
    const isHeld = nowMs < this.#heldUntilMs
    if (isHeld || this.#state === 'FSET') {
      this.#clock.slew(offsetMs, this.#slewOverMs(offsetMs, 0))
      this.#corrected('SYNC', nowMs, 0)
      return 'slewed'
    }
    this.#spread(offsetMs)
    const change = this.#loop(offsetMs, sinceMs)
    this.#clock.slew(offsetMs, this.#slewOverMs(offsetMs, PLL_GAIN * exponentMs(this.#poll)))
    this.#corrected('SYNC', nowMs, offsetMs)
    this.#changeFrequency(change)
    this.#adjustPoll(offsetMs)
    return 'slewed'
  }

  /**
   * Until the stepout threshold, nothing. What the oscillator has made by then is slewed as fast as that goes, and until that is over no
   * loop learns from it: it would take what is left of the phase for an error of the frequency just measured.
   */
  #measure(offsetMs: number, nowMs: number, sinceMs: number): Disciplined {
    if (sinceMs < STEPOUT_MS) return 'ignored'
    const change = this.#measured(offsetMs, sinceMs)
    const overMs = this.#slewOverMs(offsetMs, 0)
    this.#heldUntilMs = nowMs + HOLD_TIMES * overMs
    this.#clock.slew(offsetMs, overMs)
    this.#corrected('SYNC', nowMs, 0)
    this.#changeFrequency(change)
    return 'slewed'
  }

  /** The time is set as fast as slewing goes, so that the frequency can be measured behind it. */
  #first(offsetMs: number, nowMs: number): Disciplined {
    this.#clock.slew(offsetMs, this.#slewOverMs(offsetMs, 0))
    this.#corrected('FREQ', nowMs, 0)
    return 'slewed'
  }

  /** Long enough that it never runs faster than 500 ppm. */
  #slewOverMs(offsetMs: number, wantedMs: number): number {
    return Math.max(wantedMs, Math.abs(offsetMs) / SLEW_MAX, SLEW_OVER_MIN_MS)
  }

  /** By how many ppm the clock runs wrong, from an offset that nothing but the oscillator has made. */
  #measured(offsetMs: number, sinceMs: number): number {
    return ((offsetMs - this.#clock.slewLeftMs()) / sinceMs) * PPM
  }

  /** The hybrid of both loops, in ppm. */
  #loop(offsetMs: number, sinceMs: number): number {
    const pollMs = exponentMs(this.#poll)
    const timeConstantMs = 4 * PLL_GAIN * pollMs
    const locked = (offsetMs * Math.min(sinceMs, pollMs)) / timeConstantMs ** 2
    if (pollMs <= exponentMs(ALLAN_INTERCEPT) / 2) return locked * PPM
    const gain = Math.max(FLL_GAIN - this.#poll, AVERAGE)
    const averagedMs = Math.max(sinceMs, exponentMs(ALLAN_INTERCEPT)) * gain
    return (locked + (offsetMs - this.#clock.slewLeftMs()) / averagedMs) * PPM
  }

  #changeFrequency(changePpm: number): void {
    const wanted = this.#clock.frequencyPpm + changePpm
    const ppm = Math.max(-FREQUENCY_MAX_PPM, Math.min(FREQUENCY_MAX_PPM, wanted))
    if (changePpm !== 0) this.#clock.setFrequency(ppm)
    this.#wanderPpm = averaged(this.#wanderPpm, changePpm)
  }

  #spread(offsetMs: number): void {
    const change = Math.max(Math.abs(offsetMs - this.#lastOffsetMs), this.#options.jitterMinMs)
    this.#jitterMs = averaged(this.#jitterMs, change)
  }

  /** `offsetMs`: what the next offset is compared with; 0 where a fast slew or a step has taken it all. */
  #corrected(state: DisciplineState, nowMs: number, offsetMs: number): void {
    this.#state = state
    this.#correctedMs = nowMs
    this.#lastOffsetMs = offsetMs
  }

  /** Longer intervals while the offset is lost in the jitter, shorter ones while it is not, with a hysteresis between. */
  #adjustPoll(offsetMs: number): void {
    const { minPoll, maxPoll } = this.#options
    if (Math.abs(offsetMs) < POLL_ADJUST_GATE * this.#jitterMs) this.#count += this.#poll
    else this.#count -= 2 * this.#poll
    if (Math.abs(this.#count) <= POLL_ADJUST_LIMIT) return
    const next = this.#poll + Math.sign(this.#count)
    this.#count = Math.sign(this.#count) * POLL_ADJUST_LIMIT
    if (next < minPoll || next > maxPoll) return
    this.#count = 0
    this.#poll = next
  }
}

/** The root mean square of exponentially weighted values. */
function averaged(before: number, value: number): number {
  return Math.sqrt(before ** 2 + (value ** 2 - before ** 2) / AVERAGE)
}
