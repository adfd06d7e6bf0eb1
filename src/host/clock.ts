// Real time: one armed timeout for the earliest deadline, whoever set it.

import { TimerHeap } from '../core/timer-heap.ts'

/** The longest delay that Node's timers take. */
const DELAY_MAX_MS = 2_147_483_647

export class HostClock {
  readonly timers = new TimerHeap((atMs) => this.#arm(atMs))
  readonly #now: () => number
  #timeout: NodeJS.Timeout | undefined
  #armedMs = Infinity
  #stopped = false

  /** `now`: monotonic milliseconds. */
  constructor(now: () => number) {
    this.#now = now
  }

  stop(): void {
    this.#stopped = true
    clearTimeout(this.#timeout)
  }

  #arm(atMs: number): void {
    if (atMs >= this.#armedMs || this.#stopped || atMs === Infinity) return
    clearTimeout(this.#timeout)
    this.#armedMs = atMs
    const delayMs = Math.min(DELAY_MAX_MS, Math.max(0, Math.ceil(atMs - this.#now())))
    this.#timeout = setTimeout(() => this.#due(), delayMs)
  }

  #due(): void {
    this.#armedMs = Infinity
    this.timers.fire(this.#now())
    this.#arm(this.timers.nextAt)
  }
}
