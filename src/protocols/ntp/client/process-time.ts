// How long a client has run, in milliseconds of the world: the machine's monotonic time at the world's rate. No step of the
// world's clock moves it.

import type { ClockView } from '../../../core/clock.ts'
import type { Io } from '../../../core/io.ts'

export class ProcessTime {
  readonly #io: Pick<Io, 'now'>
  readonly #view: Pick<ClockView, 'rate'>
  #sinceMs: number
  #beforeMs = 0
  #rate: number

  constructor(io: Pick<Io, 'now'>, view: Pick<ClockView, 'rate'>) {
    this.#io = io
    this.#view = view
    this.#sinceMs = io.now
    this.#rate = view.rate
  }

  get ms(): number {
    return this.#beforeMs + (this.#io.now - this.#sinceMs) * this.#rate
  }

  /** Milliseconds of the world in one of the machine. */
  get rate(): number {
    return this.#rate
  }

  /** The world's clock may run otherwise from now on. */
  changed(): void {
    this.#beforeMs = this.ms
    this.#sinceMs = this.#io.now
    this.#rate = this.#view.rate
  }
}
