// A multi-line response on its way: block by block, as fast as the peer takes it.

import type { StreamIo } from '../../../core/index.ts'
import type { Blocks } from './listing.ts'

/** Unsent octets above which the next block waits until all has left. */
const BACKLOG_MAX_BYTES = 131_072

export class Outgoing {
  readonly #io: StreamIo
  #blocks: Blocks | undefined

  constructor(io: StreamIo) {
    this.#io = io
  }

  /** Whether blocks are still to be sent. */
  get isWaiting(): boolean {
    return this.#blocks !== undefined
  }

  start(blocks: Blocks): void {
    this.#blocks = blocks
    this.pump()
  }

  /** Sends what fits. To be called when all has left, too. */
  pump(): void {
    const blocks = this.#blocks
    if (blocks === undefined) return
    while (this.#io.backlog <= BACKLOG_MAX_BYTES) {
      const block = blocks.next()
      if (block === undefined) return this.stop()
      this.#io.send(block)
    }
  }

  stop(): void {
    this.#blocks = undefined
  }
}
