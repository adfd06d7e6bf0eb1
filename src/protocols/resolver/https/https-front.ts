// DNS over HTTPS at the server: HTTP/2 (RFC 9113) and HTTP/1.1 on Node's own machines, which own the connection. Loaded when the
// first peer comes.

import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { ServerHttp2Session, ServerHttp2Stream } from 'node:http2'
import type { Duplex } from 'node:stream'
import type { Io, StreamIo, StreamMachine } from '../../../core/io.ts'
import type { WorldView } from '../../../core/world-view.ts'
import { Mistakes } from '../../../shared/dns/serving/mistakes.ts'
import type { Front } from '../front/front.ts'
import { HTTPS_CONNECTIONS_MAX, HTTPS_HEAD_MAX_BYTES, HTTPS_RESETS_MAX, HTTPS_STREAMS_MAX } from '../limits.ts'
import { HttpsExchange, type Channel } from './exchange.ts'

/** Frames against the protocol, and streams above the bound, before a session ends. */
const INVALID_FRAMES_MAX = 50
const REJECTED_STREAMS_MAX = 50
/** Streams that a client may reset per second beyond its burst: CVE-2023-44487. */
const RESETS_PER_SECOND = 33
/** node's unit is a million bytes. */
const SESSION_MEGABYTES = 2
/** How often silent connections are looked for. */
const SWEEP_MS = 5000
const SWEEP_TIMER = 'https-sweep'
const FIELDS_MAX = 64

/** What is left of a stream whose bytes a library owns. */
type AdoptedIo = Pick<StreamIo, 'peer' | 'emit' | 'now'>

interface Connection {
  readonly stream: Duplex
  readonly http2: ServerHttp2Session | undefined
  readonly open: Set<HttpsExchange>
  activeMs: number
}

export interface HttpsParts {
  readonly io: Io
  readonly front: Front
  readonly world: WorldView
  readonly path: string
  readonly idleMs: number
}

export class HttpsFront {
  readonly #parts: HttpsParts
  readonly #connections = new Set<Connection>()
  readonly #mistakes: Mistakes
  #server: Server | undefined

  constructor(parts: HttpsParts) {
    const { io, world } = parts
    this.#parts = parts
    this.#mistakes = new Mistakes(io, world.lab, world.host.name, world.root)
  }

  accept(io: StreamIo): StreamMachine {
    return {
      opened: () => io.adopt((stream) => this.#serve(stream, io, io.tls?.alpn === 'h2')),
      received: () => false,
    }
  }

  woke(timer: string): void {
    if (this.#mistakes.woke(timer) || timer !== SWEEP_TIMER) return
    const { io, idleMs } = this.#parts
    for (const connection of this.#connections) {
      for (const exchange of connection.open) exchange.checkTime(io.now)
      if (connection.open.size === 0 && io.now - connection.activeMs >= idleMs) this.#close(connection)
    }
    this.#sleep()
  }

  stop(): void {
    for (const { http2, stream } of this.#connections) {
      if (http2 === undefined) stream.destroy()
      else http2.close()
    }
    this.#server?.closeAllConnections()
  }

  #serve(stream: Duplex, io: AdoptedIo, isHttp2: boolean): void {
    if (this.#connections.size >= HTTPS_CONNECTIONS_MAX) return void stream.destroy()
    stream.on('error', () => undefined)
    const http2 = isHttp2 ? this.#session(stream) : undefined
    const connection: Connection = { stream, http2, open: new Set(), activeMs: this.#parts.io.now }
    this.#connections.add(connection)
    if (this.#connections.size === 1) this.#sleep()
    stream.once('close', () => this.#connections.delete(connection))
    if (http2 === undefined) this.#overHttp1(stream, connection, io)
    else this.#overHttp2(http2, connection, io)
  }

  #session(stream: Duplex): ServerHttp2Session {
    const http2 = process.getBuiltinModule('node:http2')
    stream.allowHalfOpen = false // streams end by frames (RFC 9113 §5.1)
    return http2.performServerHandshake(stream, {
      settings: { maxConcurrentStreams: HTTPS_STREAMS_MAX, maxHeaderListSize: HTTPS_HEAD_MAX_BYTES, enablePush: false },
      maxHeaderListPairs: FIELDS_MAX,
      maxSessionInvalidFrames: INVALID_FRAMES_MAX,
      maxSessionRejectedStreams: REJECTED_STREAMS_MAX,
      maxSessionMemory: SESSION_MEGABYTES,
      streamResetBurst: HTTPS_RESETS_MAX,
      streamResetRate: RESETS_PER_SECOND,
    })
  }

  #overHttp2(session: ServerHttp2Session, connection: Connection, io: AdoptedIo): void {
    session.on('error', () => undefined)
    session.on('stream', (stream: ServerHttp2Stream, headers) => {
      stream.on('error', () => undefined)
      const method = headers[':method'] ?? ''
      const target = headers[':path'] ?? ''
      const channel: Channel = {
        respond(status, fields, content) {
          if (stream.destroyed || stream.headersSent) return
          const withContent = method !== 'HEAD'
          stream.respond({ ':status': status, ...fields }, { endStream: !withContent })
          if (withContent) stream.end(content)
          if (!stream.readableEnded) stream.once('finish', () => stream.close(0))
        },
        abort: () => stream.close(2), // INTERNAL_ERROR, RFC 9113 §7
      }
      this.#exchange(connection, io, stream, { method, target, contentType: headers['content-type'] }, channel)
    })
  }

  #overHttp1(stream: Duplex, connection: Connection, io: AdoptedIo): void {
    const http = process.getBuiltinModule('node:http')
    this.#server ??= http.createServer({ maxHeaderSize: HTTPS_HEAD_MAX_BYTES, keepAlive: false })
    const server = this.#server
    const hear = (request: IncomingMessage, response: ServerResponse): void => {
      const { method = '', url: target = '', headers } = request
      const channel: Channel = {
        respond(status, fields, content) {
          if (response.headersSent || response.destroyed) return
          if (!request.complete) response.shouldKeepAlive = false
          response.writeHead(status, fields)
          response.end(content)
        },
        abort: () => stream.destroy(),
      }
      this.#exchange(connection, io, request, { method, target, contentType: headers['content-type'] }, channel)
    }
    this.#hearing.set(stream, hear)
    if (server.listenerCount('request') === 0) {
      server.on('request', (request: IncomingMessage, response: ServerResponse) => {
        this.#hearing.get(request.socket)?.(request, response)
      })
    }
    server.emit('connection', stream)
  }

  readonly #hearing = new WeakMap<Duplex, (request: IncomingMessage, response: ServerResponse) => void>()

  #exchange(
    connection: Connection,
    io: AdoptedIo,
    body: NodeJS.ReadableStream,
    head: { readonly method: string; readonly target: string; readonly contentType: string | undefined },
    channel: Channel,
  ): void {
    const { front, path, io: clock } = this.#parts
    connection.activeMs = clock.now
    const over = () => {
      connection.open.delete(exchange)
      connection.activeMs = clock.now
    }
    const parts = { front, path, mistakes: this.#mistakes, nowMs: clock.now, over }
    const exchange = new HttpsExchange(parts, io, head, channel)
    connection.open.add(exchange)
    body.on('data', (piece: Uint8Array) => exchange.took(piece))
    body.once('end', () => exchange.ended())
    body.once('close', () => exchange.gone())
  }

  /** A GOAWAY first; what is not gone by the next sweep is broken off. */
  #close({ http2, stream }: Connection): void {
    if (http2 === undefined || http2.closed) stream.destroy()
    else http2.close()
  }

  #sleep(): void {
    if (this.#connections.size > 0) this.#parts.io.wakeAt(SWEEP_TIMER, this.#parts.io.now + SWEEP_MS)
  }
}
