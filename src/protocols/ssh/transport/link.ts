// One connection's engine, bound to its stream: what the engine writes leaves in one piece for each call, what it throws
// ends the connection, and what others do with it becomes a call of the machine.

import { failureFrom, type StreamIo } from '../../../core/index.ts'
import { OUT_HIGH_BYTES } from '../limits.ts'
import { keepKeyObjects } from './key-objects.ts'
import type { Engine, EngineSettings, Library, MessageHandlers, Negotiated } from './library.ts'

export interface LinkOwner {
  readonly handlers: MessageHandlers
  /** The peer has said what software it is. */
  introduced(software: string): void
  /** Keys are in use: the first ones, or new ones. */
  exchanged(negotiated: Negotiated): void
  /** The peer broke the protocol. The stream closes. */
  broken(reason: string): void
}

export type LinkSettings = Pick<EngineSettings, 'hostKeys' | 'ident' | 'offer' | 'banner'>

export class Link {
  readonly io: StreamIo
  readonly #engine: Engine
  readonly #owner: LinkOwner
  readonly #worksInPlace: boolean
  #pieces: Uint8Array[] = []
  #pieceBytes = 0
  #depth = 0
  #isKeyed = false
  #over = false
  #sentBytes = 0

  constructor(io: StreamIo, library: Library, settings: LinkSettings, owner: LinkOwner) {
    this.io = io
    this.#owner = owner
    this.#worksInPlace = library.worksInPlace
    this.#engine = library.newEngine({
      ...settings,
      server: true,
      onWrite: (bytes) => this.#written(bytes),
      onError: (error) => this.#fail(error.message),
      onHeader: ({ versions }) => owner.introduced(versions.software),
      onHandshakeComplete: (negotiated) => {
        this.#isKeyed = true
        keepKeyObjects(this.#engine._cipher)
        keepKeyObjects(this.#engine._decipher)
        owner.exchanged(negotiated)
      },
      messageHandlers: owner.handlers,
    })
  }

  /** Whether channels may send: the peer takes what is sent, and keys are not being exchanged. */
  get hasRoom(): boolean {
    if (this.#over || this.#engine._kexinit !== undefined) return false
    return this.io.backlog + this.#pieceBytes < OUT_HIGH_BYTES
  }

  /** Nothing is sent any more, and nothing that still arrives counts. */
  get isOver(): boolean {
    return this.#over
  }

  /** So far. */
  get sentBytes(): number {
    return this.#sentBytes
  }

  /** Keys are being exchanged. */
  get isExchanging(): boolean {
    return this.#engine._kexinit !== undefined
  }

  start(): void {
    this.act((engine) => engine.start())
  }

  /** `bytes` is a view that may change after this call. */
  received(bytes: Uint8Array): void {
    // Before keys are in use, the engine keeps views of what it is given.
    const copied = this.#worksInPlace || !this.#isKeyed
    const chunk = copied ? Buffer.from(bytes) : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
    this.act((engine) => engine.parse(chunk, 0, chunk.length))
  }

  /** Runs `work` unless all is over; what it sends leaves at its end. To be called within calls of the machine. */
  act(work: (engine: Engine) => void): void {
    if (this.#over) return
    this.#depth++
    try {
      work(this.#engine)
    } catch (thrown) {
      this.#fail(failureFrom(thrown).message)
    } finally {
      this.#depth--
      if (this.#depth === 0) this.#flush()
    }
  }

  /** `act` from outside of the machine's calls: a stream's callback, a promise. */
  enter(work: (engine: Engine) => void): void {
    if (this.#depth > 0) this.act(work)
    else if (!this.#over) this.io.ask(undefined, () => this.act(work))
  }

  /** Says why (RFC 4253 §11.1), and ends. */
  disconnect(reason: number): void {
    this.act((engine) => engine.disconnect(reason))
    this.#end()
  }

  /** The stream is gone. */
  closed(): void {
    this.#over = true
    this.#pieces = []
    this.#engine.cleanup()
  }

  #written(bytes: Uint8Array): void {
    this.#pieces.push(bytes)
    this.#pieceBytes += bytes.length
  }

  #fail(reason: string): void {
    if (this.#over) return
    this.#owner.broken(reason)
    this.#end()
  }

  #end(): void {
    if (this.#over) return
    this.#flush()
    this.#over = true
    this.#engine.cleanup()
    this.io.end()
  }

  #flush(): void {
    const pieces = this.#pieces
    if (pieces.length === 0) return
    const bytes = this.#pieceBytes
    this.#pieces = []
    this.#pieceBytes = 0
    this.#sentBytes += bytes
    const [only] = pieces
    // A packet comes in three pieces: a copy of them costs less than a write of each.
    this.io.send(pieces.length === 1 && only !== undefined ? only : Buffer.concat(pieces, bytes))
  }
}
