// HTTP/2 at the server (RFC 9113), on node:http2, which owns the connection. The same policy answers.
// Loaded when the first client speaks it.

import type { ServerHttp2Session, ServerHttp2Stream } from 'node:http2'
import type { Duplex } from 'node:stream'
import { HEAD_MAX_BYTES, httpError, FIELDS_MAX } from '../messages.ts'
import { Http2Exchange, type AdoptedIo } from './http2-exchange.ts'
import type { HttpContext } from './context.ts'

/** RFC 9113 §6.5.2 recommends 100 at least. */
const STREAMS_MAX = 100
/** Streams that a client may reset at once, and per second after that: CVE-2023-44487, as nghttp2 counts. */
const RESET_BURST = 200
const RESETS_PER_SECOND = 33
/** Frames against the protocol before the session ends. */
const INVALID_FRAMES_MAX = 50
/** Streams begun above STREAMS_MAX before the session ends. */
const REJECTED_STREAMS_MAX = 50
/** node's unit is a million bytes: header tables, queued frames and content of one session. */
const SESSION_MEGABYTES = 4
/** RFC 9113 §6.5.2 default, 65,535: how much content of a stream may wait here. */
const WINDOW_BYTES = 65_535
/** How often silent sessions and streams are looked for. */
const SWEEP_MS = 5000
const TIMER = 'http2-sweep'

interface Session {
  readonly session: ServerHttp2Session
  readonly exchanges: Set<Http2Exchange>
  activeMs: number
}

export class Http2Sessions {
  readonly #context: HttpContext
  readonly #sessions = new Set<Session>()

  constructor(context: HttpContext) {
    this.#context = context
  }

  /** Serves `stream` from its preface on. `io`: for addresses and events, no longer for bytes. */
  serve(stream: Duplex, io: AdoptedIo): void {
    const http2 = process.getBuiltinModule('node:http2')
    stream.allowHalfOpen = false // streams end by frames (RFC 9113 §5.1); a connection that has ended is over both ways
    const session = http2.performServerHandshake(stream, {
      settings: {
        maxConcurrentStreams: STREAMS_MAX,
        maxHeaderListSize: HEAD_MAX_BYTES,
        initialWindowSize: WINDOW_BYTES,
        enablePush: false,
      },
      maxHeaderListPairs: FIELDS_MAX,
      maxSessionInvalidFrames: INVALID_FRAMES_MAX,
      maxSessionRejectedStreams: REJECTED_STREAMS_MAX,
      maxSessionMemory: SESSION_MEGABYTES,
      streamResetBurst: RESET_BURST,
      streamResetRate: RESETS_PER_SECOND,
    })
    this.#watch({ session, exchanges: new Set(), activeMs: this.#context.io.now }, io)
  }

  woke(timer: string): void {
    if (timer !== TIMER) return
    for (const entry of this.#sessions) this.#sweep(entry)
    this.#sleep()
  }

  /** Tells every client to go (RFC 9113 §6.8), and begins no more streams. */
  stop(): void {
    for (const { session } of this.#sessions) session.close()
  }

  #watch(entry: Session, io: AdoptedIo): void {
    const { session, exchanges } = entry
    const { log, io: clock } = this.#context
    this.#sessions.add(entry)
    if (this.#sessions.size === 1) this.#sleep()
    const active = (): void => void (entry.activeMs = clock.now)
    session.on('stream', (stream: ServerHttp2Stream, headers) => {
      active()
      const exchange = new Http2Exchange(stream, headers, io, this.#context, active)
      exchanges.add(exchange)
      stream.once('close', () => exchanges.delete(exchange))
    })
    session.on('error', (error: Error & { readonly code?: string }) => {
      // Connections that break off are the flow's end, no refusal.
      if (error.code?.startsWith('ERR_HTTP2') !== true) return
      log.refused(io, clock.now, httpError(400, `HTTP/2: ${error.message}`), new Uint8Array(0))
    })
    session.once('close', () => {
      this.#sessions.delete(entry)
    })
  }

  #sweep(entry: Session): void {
    const { limits, io } = this.#context
    for (const exchange of entry.exchanges) exchange.checkContentTime(io.now)
    const silentMs = io.now - entry.activeMs
    if (entry.exchanges.size === 0 && silentMs > limits.idleMs) this.#close(entry)
    if (entry.exchanges.size > 0 && silentMs > Math.max(limits.stallMs, limits.contentMs)) entry.session.destroy()
  }

  /** A GOAWAY first; what is not gone by the next sweep but one is broken off. */
  #close(entry: Session): void {
    if (entry.session.closed || entry.session.connecting) return entry.session.destroy()
    entry.session.close()
  }

  #sleep(): void {
    if (this.#sessions.size > 0) this.#context.io.wakeAt(TIMER, this.#context.io.now + SWEEP_MS)
  }
}
