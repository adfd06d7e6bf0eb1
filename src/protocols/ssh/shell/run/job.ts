// One line at work: counts what it does, and ends it from outside (^C, a limit, the peer gone).

import type { ShellLimits } from '../limits.ts'

/** Commands between two turns for others: microtasks alone would let nobody else come. */
const STEPS_PER_TURN = 256

export class Job {
  readonly #limits: ShellLimits
  readonly #reached: (limit: keyof ShellLimits) => void
  readonly #stops = new Set<() => void>()
  #steps = 0
  #outputBytes = 0
  /** The exit status, once it was ended from outside. */
  stopped: number | undefined

  /** `reached` hears of the first limit that was reached. */
  constructor(limits: ShellLimits, reached: (limit: keyof ShellLimits) => void) {
    this.#limits = limits
    this.#reached = reached
  }

  /** Counts a command, or a round of a loop. A promise: others have their turn first. */
  step(weight = 1): Promise<void> | undefined {
    const before = this.#steps
    this.#steps += weight
    if (this.#steps > this.#limits.stepsMax) this.reach('stepsMax')
    const turn = Math.trunc(before / STEPS_PER_TURN) !== Math.trunc(this.#steps / STEPS_PER_TURN)
    return turn ? new Promise((resolve) => setImmediate(resolve)) : undefined
  }

  wrote(bytes: number): void {
    this.#outputBytes += bytes
    if (this.#outputBytes > this.#limits.outputMaxBytes) this.reach('outputMaxBytes')
  }

  reach(limit: keyof ShellLimits): void {
    if (this.stopped !== undefined) return
    this.#reached(limit)
    this.stop(limit === 'timeMaxMs' ? STATUS.timedOut : STATUS.limited)
  }

  stop(status: number): void {
    if (this.stopped !== undefined) return
    this.stopped = status
    for (const stop of this.#stops) stop()
    this.#stops.clear()
  }

  /** What ends a wait. The returned function takes it back. */
  onStop(stop: () => void): () => void {
    if (this.stopped !== undefined) stop()
    else this.#stops.add(stop)
    return () => void this.#stops.delete(stop)
  }

  /** `waited`, or `otherwise` as soon as the job is stopped. */
  orStopped<T>(waited: Promise<T>, otherwise: T): Promise<T> {
    return new Promise((resolve, reject) => {
      const off = this.onStop(() => resolve(otherwise))
      waited.then(
        (value) => {
          off()
          resolve(value)
        },
        (error: unknown) => {
          off()
          reject(error)
        },
      )
    })
  }
}

/** As a shell says them: 128 and the signal (SIGKILL for limits), 124 as timeout(1). */
const STATUS = { limited: 137, timedOut: 124 } as const
