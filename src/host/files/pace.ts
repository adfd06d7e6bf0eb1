// Whether bytes are moved at once or by a thread of the pool. What the system has in memory is copied in less time than it
// takes to hand the work over; what a disk is waited for must not keep everybody else waiting.

/** Bytes that are moved at once: what SFTP asks for at a time, twice. */
const AT_ONCE_MAX_BYTES = 64 * 1024
/** Longer than copying and a turn of another process take, ms: then it was a disk. */
const SLOW_MS = 25
/** How long threads do the work after that, ms. */
const WARY_MS = 250

export class Pace {
  readonly #now: () => number
  #waryUntilMs = -Infinity

  /** `now`: monotonic milliseconds. */
  constructor(now: () => number) {
    this.#now = now
  }

  isAtOnce(bytes: number): boolean {
    return bytes <= AT_ONCE_MAX_BYTES && this.#now() >= this.#waryUntilMs
  }

  /** Does it, and looks how long that takes. */
  run(move: () => number): number {
    const startMs = this.#now()
    try {
      return move()
    } finally {
      const endMs = this.#now()
      if (endMs - startMs > SLOW_MS) this.#waryUntilMs = endMs + WARY_MS
    }
  }
}
