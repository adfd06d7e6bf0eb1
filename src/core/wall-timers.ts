// Timers that wait for a time of the world's clock. That clock may be set, stepped, or run at another rate: each timer is then
// armed anew. One machine's; the deadlines themselves are its other timers'.

import type { ClockView } from './clock.ts'

/** What they need of the plane. */
export interface WallEngine {
  readonly clock: ClockView
  now(): number
  wallMs(): number
}

/** Between two looks at a clock that is not there yet: it was slewed, or has stood still for a leap second. Ours. */
const AGAIN_MS = 1

export class WallTimers {
  readonly #engine: WallEngine
  readonly #arm: (timer: string, atMs: number) => void
  readonly #times = new Map<string, number>()
  readonly #unwatch: () => void

  /** `arm` sets the timer of that name to a time of `engine.now`. */
  constructor(engine: WallEngine, arm: (timer: string, atMs: number) => void) {
    this.#engine = engine
    this.#arm = arm
    this.#unwatch = engine.clock.watch(() => this.#armAll())
  }

  /** `wallMs`: by the world's clock; what has passed is due at once. */
  set(timer: string, wallMs: number): void {
    this.#times.set(timer, wallMs)
    this.#arm(timer, this.#monotonic(wallMs, 0))
  }

  forget(timer: string): void {
    this.#times.delete(timer)
  }

  /** Whether a timer that has fired is one of these and too early; it is then armed anew. */
  isEarly(timer: string): boolean {
    const wallMs = this.#times.get(timer)
    if (wallMs === undefined) return false
    if (this.#engine.wallMs() >= wallMs) {
      this.#times.delete(timer)
      return false
    }
    this.#arm(timer, this.#monotonic(wallMs, AGAIN_MS))
    return true
  }

  stop(): void {
    this.#unwatch()
    this.#times.clear()
  }

  #armAll(): void {
    for (const [timer, wallMs] of this.#times) this.#arm(timer, this.#monotonic(wallMs, 0))
  }

  #monotonic(wallMs: number, leastMs: number): number {
    const { clock } = this.#engine
    return this.#engine.now() + Math.max(leastMs, (wallMs - this.#engine.wallMs()) / clock.rate)
  }
}
