// The `Io` of a service as a whole: timers, outbound streams, further ports. It reads no input.

import { MachineIo, type Engine, type Owner } from './engine.ts'

export class ServiceIo extends MachineIo {
  readonly #woke: (timer: string) => void

  constructor(engine: Engine, owner: Owner, woke: (timer: string) => void) {
    super(engine, owner)
    this.#woke = woke
  }

  stop(): void {
    this.release()
  }

  protected override wake(timer: string): void {
    this.enqueue(() => this.#woke(timer))
  }

  protected override broken(thrown: unknown): void {
    this.reportBroken(thrown)
  }

  protected override turn(): void {
    this.begin()
    for (let call = this.queued.shift(); call !== undefined; call = this.queued.shift()) {
      try {
        call()
      } catch (thrown) {
        this.broken(thrown)
      }
    }
    this.busy = false
  }
}
