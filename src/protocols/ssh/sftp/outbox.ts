// Answers on their way into a channel. Those of one turn of the event loop leave together, in pieces of a channel's packet;
// what the peer does not take stays here, so that its owner can see how much that is.

import type { Writable } from 'node:stream'

/** What one SSH packet carries at least (RFC 4253 §6.1), and OpenSSH's clients at most. */
const PIECE_BYTES = 32 * 1024
/** Handed on before the channel has sent it: enough to keep it busy. */
const HANDED_ON_MAX_BYTES = 512 * 1024

export class Outbox {
  readonly #channel: Writable
  readonly #moved: () => void
  readonly #wrote = (): void => this.#handedOn()
  #queue: Buffer[] = []
  #queuedBytes = 0
  /** Of the first in the queue. */
  #taken = 0
  #scheduled = false
  #stopped = false

  /** `moved`: something has left, and `unsentBytes` is less than it was. */
  constructor(channel: Writable, moved: () => void) {
    this.#channel = channel
    this.#moved = moved
  }

  get unsentBytes(): number {
    return this.#queuedBytes + this.#channel.writableLength
  }

  /** Nothing waits here any more. */
  get empty(): boolean {
    return this.#queuedBytes === 0 && this.#channel.writableLength === 0
  }

  /** The bytes are kept by reference. */
  send(bytes: Buffer): void {
    if (this.#stopped || bytes.length === 0) return
    this.#queue.push(bytes)
    this.#queuedBytes += bytes.length
    this.#schedule()
  }

  /** Drops what is queued. */
  stop(): void {
    this.#stopped = true
    this.#queue = []
    this.#queuedBytes = 0
  }

  #schedule(): void {
    if (this.#scheduled) return
    this.#scheduled = true
    setImmediate(() => {
      this.#scheduled = false
      this.#flush()
    })
  }

  #flush(): void {
    while (this.#queuedBytes > 0 && this.#hasRoom()) this.#channel.write(this.#piece(), this.#wrote)
  }

  #hasRoom(): boolean {
    return !this.#stopped && this.#channel.writableLength < HANDED_ON_MAX_BYTES
  }

  #handedOn(): void {
    if (this.#stopped) return
    if (this.#queuedBytes > 0) this.#schedule()
    this.#moved()
  }

  /** Whole packets of a large answer as a view, smaller ones joined. */
  #piece(): Buffer {
    const first = this.#queue[0]!
    const left = first.length - this.#taken
    if (left === this.#queuedBytes) return this.#view(first, left)
    if (left >= PIECE_BYTES) return this.#view(first, left - (left % PIECE_BYTES))
    return this.#joined(Buffer.allocUnsafe(Math.min(PIECE_BYTES, this.#queuedBytes)))
  }

  #view(first: Buffer, count: number): Buffer {
    const view = first.subarray(this.#taken, this.#taken + count)
    this.#advance(count)
    if (this.#taken === first.length) this.#shift(1)
    return view
  }

  #joined(piece: Buffer): Buffer {
    let filled = 0
    let gone = 0
    while (filled < piece.length) {
      const bytes = this.#queue[gone]!
      const count = bytes.copy(piece, filled, this.#taken)
      filled += count
      this.#advance(count)
      if (this.#taken < bytes.length) break
      gone++
      this.#taken = 0
    }
    if (gone > 0) this.#queue.splice(0, gone)
    return piece
  }

  #advance(count: number): void {
    this.#taken += count
    this.#queuedBytes -= count
  }

  #shift(count: number): void {
    this.#queue.splice(0, count)
    this.#taken = 0
  }
}
