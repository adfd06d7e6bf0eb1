// Timers by name over a machine's `Io`, each with what it runs.

import type { Io } from '../../core/index.ts'

export class Timers {
  readonly #io: Pick<Io, 'wakeAt' | 'cancel' | 'now'>
  readonly #due = new Map<string, () => void>()
  #count = 0

  constructor(io: Pick<Io, 'wakeAt' | 'cancel' | 'now'>) {
    this.#io = io
  }

  /** Runs `run` in `ms` milliseconds; a timer of the same name is moved. */
  in(ms: number, name: string, run: () => void): void {
    this.#due.set(name, run)
    this.#io.wakeAt(name, this.#io.now + ms)
  }

  /** `in` without a name; what it returns takes it back. */
  after(ms: number, run: () => void): () => void {
    const name = `after ${++this.#count}`
    this.in(ms, name, run)
    return () => this.cancel(name)
  }

  cancel(name: string): void {
    if (this.#due.delete(name)) this.#io.cancel(name)
  }

  woke(name: string): void {
    const run = this.#due.get(name)
    this.#due.delete(name)
    run?.()
  }
}
