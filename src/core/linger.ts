// How long a stream that has ended is kept: while what was written still leaves, or its new owner still reads, and no
// longer than a bounded silence.

import type { CloseReason } from './io.ts'
import { LINGER_MAX_MS } from './limits.ts'
import type { Wire } from './stream-wire.ts'
import type { Limit } from './timer-heap.ts'

export interface LingerOptions {
  readonly wire: Wire
  /** Whether somebody else reads it now. */
  isAdopted(): boolean
  readonly limit: Limit
  close(reason: CloseReason): void
}

export class Linger {
  readonly #options: LingerOptions
  #backlog = 0
  #received = 0

  constructor(options: LingerOptions) {
    this.#options = options
  }

  /** Looks again after each silence, until nothing moves. */
  begin(): void {
    const { wire, limit, close } = this.#options
    this.#backlog = wire.backlog
    this.#received = wire.bytesReceived
    limit.in(LINGER_MAX_MS, () => {
      if (this.#moves()) this.begin()
      else if (wire.backlog === 0) close({ kind: 'ended' })
      else close({ kind: 'failed', detail: 'peer takes nothing' })
    })
  }

  #moves(): boolean {
    const { wire, isAdopted } = this.#options
    const left = wire.backlog
    if (left > 0 && left < this.#backlog) return true
    return isAdopted() && wire.bytesReceived > this.#received
  }
}
