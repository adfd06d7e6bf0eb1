// One HTTP/2 stream: a request and its answer (RFC 9113 §8.1).

import type { IncomingHttpHeaders, OutgoingHttpHeaders, ServerHttp2Stream } from 'node:http2'
import type { StreamIo } from '../../../core/index.ts'
import { formatDate } from '../codec/date.ts'
import {
  httpError,
  isBodiless,
  type BodySource,
  type Field,
  type HttpError,
  type Request,
  type Response,
} from '../messages.ts'
import { ContentCollector, tooLarge } from './content.ts'
import { requestFrom, type HttpContext } from './context.ts'
import { errorResponse } from './error-page.ts'

/** RFC 9113 §8.2.2: what must not be sent in HTTP/2. */
const CONNECTION_SPECIFIC: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'transfer-encoding',
  'upgrade',
])

/** What is left of a stream whose bytes a library owns: who talks, and a place for events. */
export type AdoptedIo = Pick<StreamIo, 'peer' | 'local' | 'tls' | 'emit'>

export class Http2Exchange {
  readonly #stream: ServerHttp2Stream
  readonly #io: AdoptedIo
  readonly #context: HttpContext
  readonly #active: () => void
  readonly #method: string
  readonly #target: string
  readonly #fields: readonly Field[]
  readonly #beganMs: number
  #isContentDone = false

  /** `active` is called whenever the peer or we get on. */
  constructor(
    stream: ServerHttp2Stream,
    headers: IncomingHttpHeaders,
    io: AdoptedIo,
    context: HttpContext,
    active: () => void,
  ) {
    this.#stream = stream
    this.#io = io
    this.#context = context
    this.#active = active
    this.#method = headers[':method'] ?? ''
    this.#target = headers[':path'] ?? ''
    this.#fields = fieldsFrom(headers)
    this.#beganMs = context.io.now
    // A stream that the client resets ends with an error; its 'close' tells all that matters.
    stream.on('error', () => {})
    this.#receive()
  }

  /** 408 for content that takes too long. */
  checkContentTime(nowMs: number): void {
    if (this.#isContentDone || nowMs - this.#beganMs < this.#context.limits.contentMs) return
    this.#refuse(httpError(408, 'the content did not come in time'))
  }

  #receive(): void {
    const { policy, limits } = this.#context
    const keeps = policy.keeps({ method: this.#method, target: this.#target })
    const collector = new ContentCollector(keeps, limits.contentMaxBytes)
    const declared = Number(this.#fields.find(([name]) => name === 'content-length')?.[1] ?? 0)
    if (declared > limits.contentMaxBytes) return this.#refuse(tooLarge(limits.contentMaxBytes))
    this.#stream.on('data', (piece: Uint8Array) => {
      this.#active()
      const error = this.#isContentDone ? undefined : collector.add(piece)
      if (error !== undefined) this.#refuse(error)
    })
    this.#stream.once('end', () => {
      if (this.#isContentDone) return
      this.#isContentDone = true
      void this.#answer(collector)
    })
  }

  async #answer(collector: ContentCollector): Promise<void> {
    const head = { method: this.#method, target: this.#target, version: '2', fields: this.#fields } as const
    const request = hasTwoHosts(this.#fields)
      ? httpError(400, 'a Host other than :authority (RFC 9113 §8.3.1)')
      : requestFrom(head, this.#io, collector.finish())
    if ('kind' in request) return this.#refuse(request)
    try {
      const response = await this.#context.policy.respond(request)
      await this.#send(request, response)
    } catch (thrown) {
      this.#broken(thrown)
    }
  }

  async #send(request: Request, response: Response): Promise<void> {
    const { body, status } = response
    const bytes = body instanceof Uint8Array ? body : undefined
    const isSent = request.method !== 'HEAD' && !isBodiless(status)
    const isEmpty = !isSent || bytes?.length === 0
    if (!this.#begin(response, isEmpty)) return closeSource(body)
    if (isEmpty) closeSource(body)
    else if (bytes !== undefined) this.#stream.end(bytes)
    const sentBytes = isEmpty ? 0 : body instanceof Uint8Array ? body.length : await this.#pump(body)
    this.#log(request, status, sentBytes)
  }

  /** Sends the head. False: the peer is gone. */
  #begin(response: Response, endStream: boolean): boolean {
    if (this.#stream.destroyed || this.#stream.closed || this.#stream.headersSent) return false
    this.#active()
    this.#stream.respond(headersFrom(response, this.#context.io.wallMs), { endStream })
    return true
  }

  /** Bytes sent; the stream takes as much as the peer's window does. */
  async #pump(source: BodySource): Promise<number> {
    let sentBytes = 0
    try {
      for (;;) {
        const piece = await source.next()
        if (this.#stream.destroyed) return sentBytes
        if (piece === 'broken') return this.#abort(sentBytes)
        if (piece === undefined) break
        sentBytes += piece.length
        if (!this.#stream.write(piece)) await this.#drained()
        this.#active()
      }
      if (source.length !== undefined && source.length !== sentBytes) return this.#abort(sentBytes)
      this.#stream.end()
      return sentBytes
    } finally {
      source.close()
    }
  }

  #abort(sentBytes: number): number {
    this.#stream.close(2) // INTERNAL_ERROR, RFC 9113 §7
    return sentBytes
  }

  #drained(): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        this.#stream.off('drain', done)
        this.#stream.off('close', done)
        resolve()
      }
      this.#stream.on('drain', done)
      this.#stream.on('close', done)
    })
  }

  #refuse(error: HttpError): void {
    this.#isContentDone = true
    this.#context.log.refused(this.#io, this.#context.io.now, error, new Uint8Array(0))
    const response = errorResponse(error)
    if (this.#begin(response, false)) this.#stream.end(response.body)
    // RFC 9113 §8.1: the rest of the content is not wanted.
    if (!this.#stream.readableEnded) this.#stream.once('finish', () => this.#stream.close(0))
  }

  #broken(thrown: unknown): void {
    const message = thrown instanceof Error ? thrown.message : String(thrown)
    this.#io.emit({ kind: 'http.broken', summary: `http broke: ${message}`.replaceAll('\n', ' '), severity: 'warning' })
    if (!this.#stream.destroyed) this.#stream.close(2)
  }

  #log(request: Request, status: number, bytes: number): void {
    const { method, host, path, version } = request
    this.#context.log.served(this.#io, this.#context.io.now, { method, host, path, status, bytes, version })
  }
}

function closeSource(body: Response['body']): void {
  if (!(body instanceof Uint8Array)) body.close()
}

/** `:authority` becomes Host (RFC 9113 §8.3.1). */
function fieldsFrom(headers: IncomingHttpHeaders): Field[] {
  const fields: Field[] = []
  const authority = headers[':authority']
  if (typeof authority === 'string') fields.push(['host', authority])
  for (const [name, value] of Object.entries(headers)) {
    if (name.startsWith(':') || value === undefined || (name === 'host' && value === authority)) continue
    for (const one of Array.isArray(value) ? value : [value]) fields.push([name, one])
  }
  return fields
}

function hasTwoHosts(fields: readonly Field[]): boolean {
  return fields.filter(([name]) => name === 'host').length > 1
}

function headersFrom(response: Response, wallMs: number): OutgoingHttpHeaders {
  const headers: Record<string, number | string | string[]> = {
    ':status': response.status,
    server: 'Portolan',
    date: formatDate(wallMs),
  }
  for (const [name, value] of response.fields) addHeader(headers, name.toLowerCase(), value)
  const { length } = response.body
  if (length !== undefined && !isBodiless(response.status)) headers['content-length'] = length
  return headers
}

function addHeader(headers: Record<string, number | string | string[]>, name: string, value: string): void {
  if (CONNECTION_SPECIFIC.has(name)) return
  const old = headers[name]
  if (old === undefined) headers[name] = value
  else headers[name] = Array.isArray(old) ? [...old, value] : [String(old), value]
}
