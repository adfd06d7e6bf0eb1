// Events of a web server: one for each request while there are few, sums when there are many.

import type { Event, Io } from '../../../core/index.ts'
import { latin1, grouped } from '../codec/text.ts'
import type { HttpError } from '../messages.ts'

/** Events a second and kind before sums take over: what a person could still read through afterwards. */
const EVENTS_PER_SECOND = 100
/** Characters of a path that an event shows. */
const PATH_MAX_CHARS = 200
const WINDOW_MS = 1000
const TIMER = 'http-log'

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
  #windowEndsMs = 0
  #told = 0
  #untold = 0
  #untoldBytes = 0

  /** `io`: the service's, for the clock and the sums. */
  constructor(io: Io) {
    this.#io = io
  }

  /** `nowMs` is the caller's clock: it costs nothing where a turn is running. */
  served(emitter: Emitter, nowMs: number, exchange: Exchange): void {
    if (this.#counted(nowMs, exchange.bytes)) return
    emitter.emit(requestEvent(exchange))
  }

  refused(emitter: Emitter, nowMs: number, error: HttpError, start: Uint8Array): void {
    if (this.#counted(nowMs, 0)) return
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
    if (timer === TIMER) this.#tellSum()
  }

  /** True when the window's share is used up: the request then goes into the sum. */
  #counted(nowMs: number, bytes: number): boolean {
    if (nowMs >= this.#windowEndsMs) {
      this.#tellSum()
      this.#windowEndsMs = nowMs + WINDOW_MS
      this.#told = 0
    }
    if (this.#told < EVENTS_PER_SECOND) {
      this.#told++
      return false
    }
    if (this.#untold === 0) this.#io.wakeAt(TIMER, this.#windowEndsMs)
    this.#untold++
    this.#untoldBytes += bytes
    return true
  }

  #tellSum(): void {
    if (this.#untold === 0) return
    const [requests, bytes] = [this.#untold, this.#untoldBytes]
    this.#untold = 0
    this.#untoldBytes = 0
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
