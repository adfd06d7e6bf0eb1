// A wire in the dress of a Node stream, for libraries that own their connection.

import { Duplex } from 'node:stream'
import type { CloseReason } from './io.ts'
import type { Wire, WireEvents } from './stream-wire.ts'

export class WireDuplex extends Duplex {
  readonly #wire: Wire
  readonly #above: WireEvents
  readonly #abandoned: () => void
  #written: (() => void) | undefined
  #over = false

  constructor(wire: Wire, unread: Uint8Array, abandoned: () => void) {
    super({ allowHalfOpen: true })
    this.#wire = wire
    this.#above = wire.events
    this.#abandoned = abandoned
    wire.events = {
      received: (chunk) => this.#received(chunk),
      drained: () => this.#drained(),
      ended: () => this.#ended(),
      closed: (reason) => this.#closed(reason),
    }
    if (unread.length > 0) this.push(unread)
  }

  override _read(): void {
    if (!this.#over) this.#wire.resume()
  }

  override _write(chunk: Uint8Array, _encoding: string, written: () => void): void {
    if (this.#over) return written()
    this.#wire.write(chunk, true)
    if (this.#wire.backlog === 0) written()
    else this.#written = written
  }

  override _final(finished: () => void): void {
    if (!this.#over) {
      this.#wire.end()
      this.#abandoned()
    }
    finished()
  }

  override _destroy(error: Error | null, destroyed: (error?: Error | null) => void): void {
    if (!this.#over) this.#letGo(error)
    destroyed(error)
  }

  #received(chunk: Uint8Array): void {
    if (!this.destroyed && !this.push(chunk)) this.#wire.pause()
  }

  #drained(): void {
    const written = this.#written
    this.#written = undefined
    written?.()
  }

  #ended(): void {
    if (!this.destroyed) this.push(null)
  }

  #closed(reason: CloseReason): void {
    this.#over = true
    if (reason.kind === 'ended') this.push(null)
    if (reason.kind !== 'ended' || !this.writableFinished) this.destroy(closeError(reason))
    this.#above.closed(reason)
  }

  #letGo(error: Error | null): void {
    this.#wire.resume()
    if (error !== null) return this.#wire.reset()
    if (!this.writableFinished) this.#wire.end()
    this.#abandoned()
  }
}

function closeError(reason: CloseReason): Error | undefined {
  if (reason.kind === 'ended' || reason.kind === 'stopped') return undefined
  return Object.assign(new Error(reason.detail ?? reason.kind), { code: 'ECONNRESET' })
}
