// Events of a web server: one for each request while there are few, sums when there are many.

import { EventBudget, type Event, type Io } from '../../../core/index.ts'
import { latin1 } from '../../../wire/text.ts'
import { grouped } from '../codec/text.ts'
import type { HttpError } from '../messages.ts'

/** Characters of a path that an event shows. */
const PATH_MAX_CHARS = 200

/** What a finished exchange leaves in the record. */
export interface Exchange {
  readonly method: string
  readonly host: string
  readonly path: string
  readonly status: number
  /** Of content. */
  readonly bytes: number
  readonly version: string
}

/** Where an event goes: the stream's own `Io`, so that it is known with its flow. */
export type Emitter = Pick<Io, 'emit'>

export class RequestLog {
  readonly #io: Io
  readonly #budget: EventBudget

  /** `io`: the service's, for the clock and the sums. */
  constructor(io: Io) {
    this.#io = io
    this.#budget = new EventBudget(io, 'http-log', (requests, bytes) => this.#tellSum(requests, bytes))
  }

  /** `nowMs` is the caller's clock: it costs nothing where a turn is running. */
  served(emitter: Emitter, nowMs: number, exchange: Exchange): void {
    if (this.#budget.takes(nowMs, exchange.bytes)) emitter.emit(requestEvent(exchange))
  }

  refused(emitter: Emitter, nowMs: number, error: HttpError, start: Uint8Array): void {
    if (!this.#budget.takes(nowMs)) return
    const begins = latin1(start, 0, Math.min(start.length, 40)).replaceAll(/[^\x20-\x7e]/g, '.')
    const { status, detail } = error
    emitter.emit({
      kind: 'http.refused',
      summary: `refused with ${status}: ${detail}`,
      severity: 'warning',
      detail: { status, reason: detail, begins },
    })
  }

  woke(timer: string): void {
    this.#budget.woke(timer)
  }

  #tellSum(requests: number, bytes: number): void {
    this.#io.emit({
      kind: 'http.requests',
      summary: `${grouped(requests)} further requests within a second, ${grouped(bytes)} bytes`,
      detail: { requests, bytes },
    })
  }
}

function requestEvent(exchange: Exchange): Event {
  const { method, host, path, status, bytes, version } = exchange
  const shown = path.length > PATH_MAX_CHARS ? `${path.slice(0, PATH_MAX_CHARS)}…` : path
  return {
    kind: 'http.request',
    summary: `${method} ${shown} → ${status}, ${grouped(bytes)} bytes`,
    detail: { method, host, path: shown, status, bytes, version },
  }
}
