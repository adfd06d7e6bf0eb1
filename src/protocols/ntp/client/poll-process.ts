// The poll process of one association (RFC 5905 §13): when the next request is due, and whether the source is reachable.

import {
  BURST_COUNT,
  BURST_INTERVAL_MS,
  exponentMs,
  FILTER_STAGES,
  POLL_CEILING,
  UNREACHABLE_POLLS,
} from './parameters.ts'

export interface PollOptions {
  /** Exponents of the interval. */
  readonly minPoll: number
  readonly maxPoll: number
  /** Whether a source that is not reachable is asked eight times in a row. */
  readonly iburst: boolean
}

/** So that sources are not asked in step; ours. */
const DITHER = 1 / 32
const REACH_MASK = 0xff
/** Three polls without an answer (RFC 5905 A.5.7.2). */
const SILENT_MASK = 0b111

export class PollProcess {
  readonly #options: PollOptions
  #minPoll: number
  #poll: number
  #reach = 0
  #unreach = 0
  #burst = 0
  #unanswered = 0

  constructor(options: PollOptions) {
    this.#options = options
    this.#minPoll = options.minPoll
    this.#poll = options.minPoll
  }

  /** The last eight polls, the latest in the lowest bit, 1: answered. */
  get reach(): number {
    return this.#reach
  }

  /** The exponent at which it asks now. */
  get poll(): number {
    return this.#poll
  }

  /** Requests since the last answer. */
  get unanswered(): number {
    return this.#unanswered
  }

  get isBursting(): boolean {
    return this.#burst > 0
  }

  /** A request is due: it goes out now. `wantedPoll`: what the discipline asks for. Says whether the source has been silent for long enough to be less trusted. */
  due(wantedPoll: number): 'silent' | undefined {
    this.#unanswered += 1
    if (this.#burst > 0) {
      this.#burst -= 1
      return undefined
    }
    this.#reach = (this.#reach << 1) & REACH_MASK
    if (this.#reach === 0) this.#unreachable()
    else {
      this.#unreach = 0
      this.#setPoll(wantedPoll)
    }
    return (this.#reach & SILENT_MASK) === 0 ? 'silent' : undefined
  }

  /** Until the next request, in the host's time. `chance`: evenly in [0, 1). */
  intervalMs(chance: number): number {
    if (this.#burst > 0) return BURST_INTERVAL_MS
    return exponentMs(this.#poll) * (1 + (2 * chance - 1) * DITHER)
  }

  answered(): void {
    this.#reach |= 1
    this.#unanswered = 0
  }

  /** The server asks for less (RFC 5905 §7.4): each time half as often, and never more often than it says. */
  slowDown(serverPoll: number): void {
    this.#burst = 0
    const wanted = Math.max(this.#poll + 1, Math.min(serverPoll, this.#options.maxPoll))
    this.#minPoll = Math.min(POLL_CEILING, wanted)
    this.#setPoll(this.#minPoll)
  }

  /** Begins again, as after a step of the clock. What a server asked for stands. */
  restart(): void {
    this.#reach = 0
    this.#unreach = 0
    this.#burst = 0
    this.#setPoll(this.#minPoll)
  }

  /** Eight requests in a row, where the owner wants that. */
  burst(): void {
    if (this.#options.iburst) this.#burst = BURST_COUNT - 1
  }

  #unreachable(): void {
    if (this.#unreach === 0) this.burst()
    this.#unreach += 1
    if (this.#unreach > UNREACHABLE_POLLS) this.#setPoll(this.#poll + 1)
  }

  #setPoll(poll: number): void {
    this.#poll = Math.max(this.#minPoll, Math.min(poll, Math.max(this.#options.maxPoll, this.#minPoll)))
  }
}

/** As many as the reach register holds: none of them answered means unreachable. */
export const REACH_POLLS = FILTER_STAGES
