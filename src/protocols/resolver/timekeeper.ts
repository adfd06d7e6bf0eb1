// All deadlines of one resolver over one timer of its `Io`, and its randomness in larger pieces.

import type { Io } from '../../core/io.ts'
import { Deadline, TimerHeap } from '../../core/timer-heap.ts'

const RESOLVER_TIMER = 'resolver'
/** Octets of randomness taken at a time. */
const RANDOM_BYTES = 4096

export class Timekeeper {
  readonly #io: Io
  readonly #heap: TimerHeap
  #random = new Uint8Array(0)
  #taken = 0

  constructor(io: Io) {
    this.#io = io
    this.#heap = new TimerHeap((atMs) => io.wakeAt(RESOLVER_TIMER, atMs))
  }

  get nowMs(): number {
    return this.#io.now
  }

  get wallMs(): number {
    return this.#io.wallMs
  }

  after(ms: number, fire: () => void): Deadline {
    const deadline = new Deadline(fire)
    this.#heap.set(deadline, this.#io.now + ms)
    return deadline
  }

  cancel(deadline: Deadline | undefined): void {
    if (deadline !== undefined) this.#heap.remove(deadline)
  }

  woke(): void {
    this.#heap.fire(this.#io.now)
    if (this.#heap.nextAt !== Infinity) this.#io.wakeAt(RESOLVER_TIMER, this.#heap.nextAt)
  }

  /** A random octet. */
  octet(): number {
    if (this.#taken >= this.#random.length) {
      this.#random = new Uint8Array(this.#io.random(RANDOM_BYTES))
      this.#taken = 0
    }
    return this.#random[this.#taken++]!
  }

  /** A random number of 16 bits. */
  pair(): number {
    return (this.octet() << 8) | this.octet()
  }
}
