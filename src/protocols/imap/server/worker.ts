// Does the work of a task step by step: it waits while the client is slow, and gives others their turn.

import type { StreamIo } from '../../../core/index.ts'
import { BACKLOG_MAX_BYTES } from './limits.ts'
import type { Out } from './out.ts'
import type { Outcome, Task } from './outcome.ts'

const STALL = 'stall'

export interface WorkerEvents {
  /** What a task comes to. */
  done(outcome: Outcome): void
  /** It went on in a turn of its own. */
  resumed(): void
}

export class Worker {
  readonly #io: StreamIo
  readonly #out: Out
  readonly #stallMs: number
  readonly #events: WorkerEvents
  #task: Task | undefined
  #stepsLeft = 0
  #waitsForDrain = false

  /** `stallMs`: how long a client may take nothing. */
  constructor(io: StreamIo, out: Out, stallMs: number, events: WorkerEvents) {
    this.#io = io
    this.#out = out
    this.#stallMs = stallMs
    this.#events = events
  }

  get isBusy(): boolean {
    return this.#task !== undefined
  }

  start(task: Task): void {
    this.#stepsLeft = task.stepsPerTurn
    this.#work(task)
  }

  /** All that was sent has left. */
  drained(): void {
    if (!this.#waitsForDrain || this.#task === undefined) return
    this.#waitsForDrain = false
    this.#io.cancel(STALL)
    this.#work(this.#task)
  }

  woke(timer: string): void {
    if (timer === STALL && this.#waitsForDrain) this.#io.reset('the client takes nothing')
  }

  stop(): void {
    this.#task = undefined
    this.#waitsForDrain = false
    this.#io.cancel(STALL)
  }

  #work(task: Task): void {
    this.#task = task
    for (;;) {
      const outcome = task.step()
      if (outcome !== undefined && outcome !== 'enough') {
        this.#task = undefined
        return this.#events.done(outcome)
      }
      if (this.#out.backlog > BACKLOG_MAX_BYTES) return this.#waitForDrain()
      if (outcome === 'enough' || --this.#stepsLeft <= 0) return this.#yield(task)
    }
  }

  #waitForDrain(): void {
    this.#waitsForDrain = true
    this.#out.flush()
    this.#io.wakeAt(STALL, this.#io.now + this.#stallMs)
  }

  #yield(task: Task): void {
    this.#out.flush()
    this.#stepsLeft = task.stepsPerTurn
    this.#io.ask(nextTurn(), () => {
      if (this.#task !== task) return
      this.#work(task)
      this.#events.resumed()
    })
  }
}

/** When others had their turn of the event loop. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
