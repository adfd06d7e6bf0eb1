// Which events of a busy service are told one by one: the first of each second. The rest is counted and told as one sum
// when the second ends. What a sum says is the service's.

import type { Io } from './io.ts'

/** What a person could still read through afterwards. */
const EVENTS_PER_SECOND = 100
const WINDOW_MS = 1000

/** `count` events went untold, about `bytes` in all. */
export type TellSum = (count: number, bytes: number) => void

export class EventBudget {
  readonly #io: Pick<Io, 'wakeAt'>
  readonly #timer: string
  readonly #tellSum: TellSum
  #windowEndsMs = 0
  #told = 0
  #untold = 0
  #untoldBytes = 0

  /** `io`: the service's, whose timer of this name is this budget's alone. */
  constructor(io: Pick<Io, 'wakeAt'>, timer: string, tellSum: TellSum) {
    this.#io = io
    this.#timer = timer
    this.#tellSum = tellSum
  }

  /** Whether an event may be told; if not, it goes into the sum. `nowMs`: the caller's `io.now`. */
  takes(nowMs: number, bytes = 0): boolean {
    if (nowMs >= this.#windowEndsMs) {
      this.flush()
      this.#windowEndsMs = nowMs + WINDOW_MS
      this.#told = 0
    }
    if (this.#told < EVENTS_PER_SECOND) {
      this.#told++
      return true
    }
    if (this.#untold === 0) this.#io.wakeAt(this.#timer, this.#windowEndsMs)
    this.#untold++
    this.#untoldBytes += bytes
    return false
  }

  /** Timers of other names are not its own. */
  woke(timer: string): void {
    if (timer === this.#timer) this.flush()
  }

  /** Tells what is untold so far. */
  flush(): void {
    if (this.#untold === 0) return
    const [count, bytes] = [this.#untold, this.#untoldBytes]
    this.#untold = 0
    this.#untoldBytes = 0
    this.#tellSum(count, bytes)
  }
}
