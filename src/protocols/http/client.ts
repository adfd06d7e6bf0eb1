// An HTTP/1.1 client on one connection: requests one after the other, each answered whole. For tests and
// the SDK; it follows no redirects and keeps no cookies.

import { failure, type CloseReason, type Failure, type StreamIo, type StreamMachine } from '../../core/index.ts'
import type { Inbox } from '../../wire/inbox.ts'
import { latin1 } from '../../wire/text.ts'
import { bodyDecoder, type BodyDecoder } from './codec/body.ts'
import { formatRequestHead, parseResponseHead } from './codec/head.ts'
import { latin1Bytes } from './codec/text.ts'
import { HEAD_MAX_BYTES, type Field, type HttpError, type ResponseHead } from './messages.ts'

/** Content of one response, bytes: more is a failure. */
const CONTENT_MAX_BYTES = 64 * 1024 * 1024
/** From a request to the end of its response. curl has no limit; a test wants to end. */
const ANSWER_MS = 30_000
const TIMER = 'answer'
const HEAD_END = Buffer.from('\r\n\r\n')

export interface HttpRequest {
  readonly method?: string
  /** `/path?query`. */
  readonly target: string
  /** Goes into Host; left out when `fields` has one. */
  readonly host?: string
  readonly fields?: readonly Field[]
  readonly content?: Uint8Array
}

/** A response with its whole content. */
export interface HttpResult extends ResponseHead {
  readonly content: Uint8Array
}

/** A request, and who hears its outcome. */
export interface HttpExchange {
  readonly request: HttpRequest
  answered(result: HttpResult | Failure): void
}

interface Reading {
  readonly head: ResponseHead
  readonly decoder: BodyDecoder
  readonly pieces: Uint8Array[]
  bytes: number
}

export class HttpClient implements StreamMachine {
  readonly #io: StreamIo
  readonly #exchanges: HttpExchange[]
  #current: HttpExchange | undefined
  #reading: Reading | undefined
  #isOpen = false
  #failed: Failure | undefined

  /** Closes once no exchange is left. */
  constructor(io: StreamIo, exchanges: readonly HttpExchange[]) {
    this.#io = io
    this.#exchanges = [...exchanges]
  }

  opened(): void {
    this.#isOpen = true
    this.#next()
  }

  received(inbox: Inbox): boolean {
    if (this.#current === undefined) {
      inbox.clear()
      return false
    }
    return this.#reading === undefined ? this.#head(inbox) : this.#content(inbox, this.#reading)
  }

  ended(): void {
    if (this.#reading?.head.framing.kind === 'close') return this.#done(this.#reading)
    this.#fail(failure('ECONNRESET', 'the server closed before its answer was whole'))
  }

  closed(reason: CloseReason): void {
    this.#isOpen = false
    this.#fail(failure('ECONNRESET', `the connection ended: ${reason.detail ?? reason.kind}`))
  }

  woke(timer: string): void {
    if (timer === TIMER) this.#fail(failure('ETIMEDOUT', `no whole answer within ${ANSWER_MS} ms`))
  }

  #next(): void {
    this.#current = this.#exchanges.shift()
    if (this.#current === undefined) return this.#io.end()
    this.#io.wakeAt(TIMER, this.#io.now + ANSWER_MS)
    this.#io.send(encodeRequest(this.#current.request))
  }

  #head(inbox: Inbox): boolean {
    const bytes = inbox.peek()
    const end: number = Buffer.prototype.indexOf.call(bytes, HEAD_END)
    if (end > HEAD_MAX_BYTES || (end === -1 && bytes.length > HEAD_MAX_BYTES)) return this.#broken('a head too large')
    if (end === -1) return false
    const head = parseResponseHead(latin1(bytes, 0, end), this.#current?.request.method ?? 'GET')
    inbox.skip(end + 4)
    if ('kind' in head) return this.#broken(head)
    // RFC 9110 §15.2: interim responses come before the one that counts.
    if (head.status < 200) return true
    this.#reading = { head, decoder: bodyDecoder(head.framing), pieces: [], bytes: 0 }
    this.#content(inbox, this.#reading)
    return true
  }

  #content(inbox: Inbox, reading: Reading): boolean {
    for (;;) {
      const step = reading.decoder.step(inbox)
      if (step === 'more') return false
      if (step === 'done') break
      if (!(step instanceof Uint8Array)) return this.#broken(step)
      reading.bytes += step.length
      if (reading.bytes > CONTENT_MAX_BYTES) return this.#broken('too much content')
      reading.pieces.push(Buffer.from(step))
    }
    this.#done(reading)
    return true
  }

  #done(reading: Reading): void {
    const exchange = this.#current
    this.#reading = undefined
    this.#current = undefined
    this.#io.cancel(TIMER)
    exchange?.answered({ ...reading.head, content: Buffer.concat(reading.pieces) })
    if (reading.head.keepAlive) return this.#next()
    this.#fail(failure('ECONNRESET', 'the server keeps no connection open'))
  }

  #broken(error: HttpError | string): true {
    this.#fail(failure('EPROTO', typeof error === 'string' ? error : error.detail))
    return true
  }

  /** Tells all that still wait, and closes. */
  #fail(why: Failure): void {
    this.#failed ??= why
    const waiting = [...(this.#current === undefined ? [] : [this.#current]), ...this.#exchanges.splice(0)]
    this.#current = undefined
    this.#reading = undefined
    for (const exchange of waiting) exchange.answered(this.#failed)
    if (this.#isOpen) this.#io.end()
    this.#isOpen = false
  }
}

/** Content goes with its length; Host comes first (RFC 9110 §7.2). */
function encodeRequest(request: HttpRequest): Uint8Array {
  const { method = 'GET', target, host, fields = [], content } = request
  const hasHost = fields.some(([name]) => name.toLowerCase() === 'host')
  const all: Field[] = host === undefined || hasHost ? [...fields] : [['Host', host], ...fields]
  if (content !== undefined) all.push(['Content-Length', String(content.length)])
  const head = latin1Bytes(formatRequestHead(method, target, all))
  return content === undefined ? head : Buffer.concat([head, content])
}
