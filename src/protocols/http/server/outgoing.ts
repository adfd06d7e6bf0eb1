// The body of one HTTP/1 answer on its way: piece by piece, as fast as the peer takes it.

import type { StreamIo } from '../../../core/index.ts'
import { latin1Bytes } from '../codec/text.ts'
import type { BodySource } from '../messages.ts'

/** Unsent bytes above which the next piece waits until all has left. */
const BACKLOG_MAX_BYTES = 131_072
const CHUNK_END = latin1Bytes('\r\n')
const LAST_CHUNK = latin1Bytes('0\r\n\r\n')

/** What the connection hears: one of the first two, once. */
export interface OutgoingEvents {
  done(sentBytes: number): void
  /** The rest cannot be sent. */
  broke(reason: string): void
  /** The peer is slow: `drained` or `hasStalled` goes on from here. */
  waits(): void
}

export class Outgoing {
  readonly #io: StreamIo
  readonly #source: BodySource
  readonly #chunked: boolean
  readonly #events: OutgoingEvents
  #sentBytes = 0
  #waiting: { backlog: number } | undefined
  #isOver = false

  constructor(io: StreamIo, source: BodySource, chunked: boolean, events: OutgoingEvents) {
    this.#io = io
    this.#source = source
    this.#chunked = chunked
    this.#events = events
  }

  get isWaiting(): boolean {
    return this.#waiting !== undefined
  }

  pump(): void {
    this.#io.ask(this.#source.next(), (piece) => this.#piece(piece))
  }

  drained(): void {
    this.#waiting = undefined
    this.pump()
  }

  /** Whether the peer has taken nothing since this was last asked. */
  hasStalled(): boolean {
    const { backlog } = this.#io
    const isStalled = this.#waiting !== undefined && backlog >= this.#waiting.backlog
    if (this.#waiting !== undefined) this.#waiting.backlog = backlog
    return isStalled
  }

  /** Lets go of the source. */
  close(): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#source.close()
  }

  #piece(piece: Uint8Array | undefined | 'broken'): void {
    if (this.#isOver) return
    if (piece === 'broken') return this.#broke('the content could not be read to its end')
    if (piece === undefined) return this.#done()
    this.#sentBytes += piece.length
    if (this.#sentBytes > (this.#source.length ?? Infinity)) return this.#broke('the content is longer than was said')
    this.#send(piece)
    if (this.#io.backlog <= BACKLOG_MAX_BYTES) return this.pump()
    this.#waiting = { backlog: this.#io.backlog }
    this.#events.waits()
  }

  #send(piece: Uint8Array): void {
    if (!this.#chunked) return this.#io.send(piece)
    if (piece.length === 0) return
    this.#io.send(latin1Bytes(`${piece.length.toString(16)}\r\n`))
    this.#io.send(piece)
    this.#io.send(CHUNK_END)
  }

  #done(): void {
    if (this.#sentBytes !== (this.#source.length ?? this.#sentBytes)) {
      return this.#broke('the content is shorter than was said')
    }
    this.close()
    if (this.#chunked) this.#io.send(LAST_CHUNK)
    this.#events.done(this.#sentBytes)
  }

  #broke(reason: string): void {
    this.close()
    this.#events.broke(reason)
  }
}
