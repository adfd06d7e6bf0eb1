// Responses made ready to send, and the cache that finds one by the very bytes of a request head. Two
// equal heads without content get equal answers while these are fresh, so nothing needs parsing.

import { DATE_BYTES, formatDate } from '../codec/date.ts'
import { formatFields, formatStatusLine } from '../codec/head.ts'
import { latin1Bytes } from '../codec/text.ts'
import { isBodiless, type Field, type Response } from '../messages.ts'
import type { Exchange } from './request-log.ts'

/** A head that is worth remembering, bytes: browsers send 500 to 1,500. */
export const CACHED_HEAD_MAX_BYTES = 2048
/** A response that is worth remembering whole, bytes. */
const CACHED_RESPONSE_MAX_BYTES = 32_768
/** Requests remembered for each listener and address, and their bytes with those of the answers. */
const CACHED_REQUESTS_MAX = 512
const CACHE_MAX_BYTES = 4 * 1024 * 1024

const SERVER = 'Server: Portolan\r\nDate: '

export interface HeadOptions {
  readonly wallMs: number
  /** Content-Length; undefined: chunked, or until the connection closes. */
  readonly length: number | undefined
  readonly chunked: boolean
  /** Bytes for `Connection:`; undefined: none. */
  readonly connection: string | undefined
}

/** A response head with everything that the connection adds (RFC 9110 §6.6.1, §10.2.4, §8.6). */
export function responseHead(status: number, fields: readonly Field[], options: HeadOptions): string {
  const { length, chunked, connection } = options
  const head = `${formatStatusLine(status)}${SERVER}${formatDate(options.wallMs)}\r\n${formatFields(fields)}`
  // A 304 has no Content-Length here: it would have to be the one of the 200 (RFC 9110 §8.6).
  const sized = length === undefined || isBodiless(status) ? '' : `Content-Length: ${length}\r\n`
  const coded = chunked && !isBodiless(status) ? 'Transfer-Encoding: chunked\r\n' : ''
  const kept = connection === undefined ? '' : `Connection: ${connection}\r\n`
  return `${head}${sized}${coded}${kept}\r\n`
}

/** A whole response in one buffer; a new copy with the new Date each second, as what was sent must not change. */
export class PreparedResponse {
  readonly exchange: Exchange
  readonly freshUntilMs: number
  readonly #dateAt: number
  #bytes: Buffer
  #second: number

  constructor(head: string, body: Uint8Array, exchange: Exchange, freshUntilMs: number, wallMs: number) {
    this.exchange = exchange
    this.freshUntilMs = freshUntilMs
    this.#bytes = Buffer.concat([latin1Bytes(head), body])
    this.#dateAt = formatStatusLine(exchange.status).length + SERVER.length
    this.#second = Math.floor(wallMs / 1000)
  }

  get size(): number {
    return this.#bytes.length
  }

  /** The bytes to send at `wallMs`. */
  at(wallMs: number): Uint8Array {
    const second = Math.floor(wallMs / 1000)
    if (second !== this.#second) this.#redate(second)
    return this.#bytes
  }

  #redate(second: number): void {
    const copy = Buffer.from(this.#bytes)
    copy.write(formatDate(second * 1000), this.#dateAt, DATE_BYTES, 'latin1')
    this.#bytes = copy
    this.#second = second
  }
}

/** Bounded by count and bytes; the oldest goes first. Keys are heads as text. */
export class PreparedCache {
  readonly #entries = new Map<string, PreparedResponse>()
  #bytes = 0

  /** Fresh at `nowMs`, or undefined. */
  get(head: string, nowMs: number): PreparedResponse | undefined {
    const found = this.#entries.get(head)
    if (found === undefined || nowMs < found.freshUntilMs) return found
    this.#drop(head, found)
    return undefined
  }

  set(head: string, response: PreparedResponse): void {
    const old = this.#entries.get(head)
    if (old !== undefined) this.#drop(head, old)
    this.#entries.set(head, response)
    this.#bytes += head.length + response.size
    for (const [key, entry] of this.#entries) {
      if (this.#entries.size <= CACHED_REQUESTS_MAX && this.#bytes <= CACHE_MAX_BYTES) break
      this.#drop(key, entry)
    }
  }

  #drop(head: string, entry: PreparedResponse): void {
    this.#entries.delete(head)
    this.#bytes -= head.length + entry.size
  }
}

/** Whether a response may be prepared: whole, small, and the owner said how long it stands. */
export function isPreparable(response: Response): response is Response & { body: Uint8Array; freshUntilMs: number } {
  return (
    response.freshUntilMs !== undefined &&
    response.body instanceof Uint8Array &&
    response.body.length <= CACHED_RESPONSE_MAX_BYTES
  )
}
