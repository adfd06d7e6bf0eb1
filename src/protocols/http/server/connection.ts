// One HTTP/1.x connection at the server (RFC 9112): reads a request, asks the policy, sends the answer,
// and the next. Answers keep their order because a request is read only when the one before is done.

import type { CloseReason, StreamIo, StreamMachine } from '../../../core/index.ts'
import type { Inbox } from '../../../wire/inbox.ts'
import { latin1 } from '../../../wire/text.ts'
import { bodyDecoder, type BodyDecoder } from '../codec/body.ts'
import { parseRequestHead } from '../codec/head.ts'
import { latin1Bytes } from '../codec/text.ts'
import { EMPTY_LINES_MAX, httpError, isBodiless, type HttpError } from '../messages.ts'
import type { Request, RequestHead, Response } from '../messages.ts'
import { ContentCollector, NO_CONTENT, tooLarge } from './content.ts'
import { requestFrom, type Content, type HttpContext } from './context.ts'
import { errorResponse } from './error-page.ts'
import { headLength, isPreface } from './head-scan.ts'
import { Outgoing } from './outgoing.ts'
import { CACHED_HEAD_MAX_BYTES, isPreparable, PreparedResponse, responseHead, type PreparedCache } from './prepared.ts'
import type { Exchange } from './request-log.ts'

const DEADLINE = 'deadline'
const CR = 13
const LF = 10
const CONTINUE = latin1Bytes('HTTP/1.1 100 Continue\r\n\r\n')

/** A request whose content is still coming. */
interface Incoming {
  readonly head: RequestHead
  readonly decoder: BodyDecoder
  readonly collector: ContentCollector
}

export class HttpConnection implements StreamMachine {
  readonly #io: StreamIo
  readonly #context: HttpContext
  readonly #prepared: PreparedCache
  /** Takes the connection over once it turns out to speak HTTP/2. */
  readonly #toHttp2: () => void
  #state: 'head' | 'content' | 'answer' | 'over' = 'head'
  #isFirst = true
  #emptyLines = 0
  #scanned = 0
  #incoming: Incoming | undefined
  #outgoing: Outgoing | undefined
  #deadlineMs = Number.POSITIVE_INFINITY
  #alarmMs = Number.POSITIVE_INFINITY
  #peerEnded = false

  constructor(io: StreamIo, context: HttpContext, prepared: PreparedCache, toHttp2: () => void) {
    this.#io = io
    this.#context = context
    this.#prepared = prepared
    this.#toHttp2 = toHttp2
  }

  opened(): void {
    if (this.#io.tls?.alpn === 'h2') return void this.#leave()
    this.#expire(this.#context.limits.idleMs)
  }

  received(inbox: Inbox): boolean {
    if (this.#state === 'head') return this.#head(inbox)
    if (this.#state === 'content') return this.#content(inbox)
    if (this.#state === 'over') inbox.clear()
    return false
  }

  drained(): void {
    if (this.#outgoing?.isWaiting !== true) return
    this.#deadlineMs = Number.POSITIVE_INFINITY
    this.#outgoing.drained()
  }

  ended(inbox: Inbox): void {
    this.#peerEnded = true
    if (this.#state === 'answer') return
    if (this.#state === 'content' || inbox.length > 0) {
      this.#context.log.refused(
        this.#io,
        this.#io.now,
        httpError(400, 'the client ended within a request'),
        inbox.peek(),
      )
    }
    this.#over()
  }

  closed(_reason: CloseReason): void {
    this.#state = 'over'
    this.#outgoing?.close()
    this.#outgoing = undefined
  }

  woke(timer: string): void {
    if (timer !== DEADLINE) return
    this.#alarmMs = Number.POSITIVE_INFINITY
    if (this.#io.now < this.#deadlineMs) return this.#arm()
    this.#expired()
  }

  #head(inbox: Inbox): boolean {
    const whole = this.#wholeInbox(inbox)
    const hit = whole === undefined ? undefined : this.#prepared.get(whole, this.#io.now)
    if (hit !== undefined) {
      inbox.clear()
      this.#isFirst = false
      return this.#sendPrepared(hit)
    }
    return this.#slowHead(inbox)
  }

  /** All unread bytes as text, when they may well be one head. */
  #wholeInbox(inbox: Inbox): string | undefined {
    const length = inbox.length
    if (length < 18 || length > CACHED_HEAD_MAX_BYTES) return undefined
    if (inbox.byte(length - 1) !== LF || inbox.byte(length - 3) !== LF) return undefined
    return latin1(inbox.peek())
  }

  #slowHead(inbox: Inbox): boolean {
    if (!this.#skipEmptyLines(inbox)) return this.#refuse(httpError(400, 'empty lines instead of a request'), inbox)
    if (this.#isFirst && inbox.byte(0) === 80) {
      const preface = isPreface(inbox.peek())
      if (preface === 'yes') return this.#leave()
      if (preface === 'more') return this.#waitForHead(inbox)
    }
    const length = headLength(inbox, this.#scanned)
    if (length === 'more') return this.#waitForHead(inbox)
    if (typeof length !== 'number') return this.#refuse(length, inbox)
    const text = latin1(inbox.peek(length))
    this.#scanned = 0
    this.#emptyLines = 0
    this.#isFirst = false
    const hit = this.#prepared.get(text, this.#io.now)
    if (hit !== undefined) {
      inbox.skip(length)
      return this.#sendPrepared(hit)
    }
    return this.#request(inbox, text)
  }

  /** RFC 9112 §2.2. False: too many of them. */
  #skipEmptyLines(inbox: Inbox): boolean {
    while (inbox.byte(0) === CR && inbox.byte(1) === LF) {
      inbox.skip(2)
      this.#scanned = 0
      if (++this.#emptyLines > EMPTY_LINES_MAX) return false
    }
    return true
  }

  #waitForHead(inbox: Inbox): false {
    if (this.#scanned === 0 && inbox.length > 0) this.#expire(this.#context.limits.headMs)
    this.#scanned = inbox.length
    return false
  }

  #request(inbox: Inbox, text: string): boolean {
    const head = parseRequestHead(text.slice(0, -4))
    if ('kind' in head) return this.#refuse(head, inbox)
    inbox.skip(text.length)
    if (head.framing.kind === 'none') {
      this.#answer(head, NO_CONTENT, text.length <= CACHED_HEAD_MAX_BYTES ? text : undefined)
      return true
    }
    return this.#expectContent(head, inbox)
  }

  #expectContent(head: RequestHead, inbox: Inbox): boolean {
    const { limits, policy } = this.#context
    if (head.framing.kind === 'length' && head.framing.length > limits.contentMaxBytes) {
      return this.#refuse(tooLarge(limits.contentMaxBytes), inbox, head.method)
    }
    const collector = new ContentCollector(policy.keeps(head), limits.contentMaxBytes)
    this.#incoming = { head, decoder: bodyDecoder(head.framing), collector }
    this.#state = 'content'
    this.#expire(limits.contentMs)
    // RFC 9110 §10.1.1: no 100 when content is already here.
    if (head.expectsContinue && inbox.length === 0) this.#io.send(CONTINUE)
    return true
  }

  #content(inbox: Inbox): boolean {
    const { head, decoder, collector } = this.#incoming!
    for (;;) {
      const step = decoder.step(inbox)
      if (step === 'more') return false
      if (step === 'done') break
      const error = step instanceof Uint8Array ? collector.add(step) : step
      if (error !== undefined) return this.#refuse(error, inbox, head.method)
    }
    this.#incoming = undefined
    this.#answer(head, collector.finish(), undefined)
    return true
  }

  /** `key`: the head's text, when its answer may be remembered. */
  #answer(head: RequestHead, content: Content, key: string | undefined): void {
    const request = requestFrom(head, this.#io, content)
    if ('kind' in request) return void this.#refuse(request, undefined, head.method)
    this.#state = 'answer'
    this.#deadlineMs = Number.POSITIVE_INFINITY
    const answer = this.#context.policy.respond(request)
    if (!(answer instanceof Promise)) return this.#send(head, request, answer, key)
    this.#io.ask(
      answer.then((response) => this.#kept(response)),
      (response) => this.#send(head, request, response, key),
    )
  }

  /** An answer that comes when the peer is gone lets go of its file. */
  #kept(response: Response): Response {
    if (this.#state === 'over' && !(response.body instanceof Uint8Array)) response.body.close()
    return response
  }

  #send(head: RequestHead, request: Request, response: Response, key: string | undefined): void {
    const isKept = head.keepAlive && head.version === '1.1' && !this.#peerEnded
    if (key !== undefined && isKept && isPreparable(response)) {
      const prepared = this.#prepare(request, response, response.body, response.freshUntilMs)
      if (request.method === 'GET' || request.method === 'HEAD') this.#prepared.set(key, prepared)
      this.#sendPrepared(prepared)
      return
    }
    const length = response.body.length
    const close = !head.keepAlive || this.#peerEnded || (length === undefined && head.version === '1.0')
    const connection = close ? 'close' : head.version === '1.0' ? 'keep-alive' : undefined
    const chunked = length === undefined && head.version !== '1.0'
    const { wallMs } = this.#io
    this.#io.send(latin1Bytes(responseHead(response.status, response.fields, { wallMs, length, chunked, connection })))
    this.#sendBody(request, response, chunked, close)
  }

  #prepare(request: Request, response: Response, body: Uint8Array, freshUntilMs: number): PreparedResponse {
    const { wallMs } = this.#io
    const options = { wallMs, length: body.length, chunked: false, connection: undefined }
    const sent = hasContent(request, response.status) ? body : NO_CONTENT.kept
    const exchange = exchangeOf(request, response.status, sent.length)
    return new PreparedResponse(
      responseHead(response.status, response.fields, options),
      sent,
      exchange,
      freshUntilMs,
      wallMs,
    )
  }

  #sendPrepared(prepared: PreparedResponse): true {
    this.#io.send(prepared.at(this.#io.wallMs))
    this.#finished(prepared.exchange, this.#peerEnded)
    return true
  }

  #sendBody(request: Request, response: Response, chunked: boolean, close: boolean): void {
    const { body, status } = response
    const isSent = hasContent(request, status)
    if (body instanceof Uint8Array) {
      if (isSent && body.length > 0) this.#io.send(body)
      return this.#finished(exchangeOf(request, status, isSent ? body.length : 0), close)
    }
    if (!isSent) {
      body.close()
      return this.#finished(exchangeOf(request, status, 0), close)
    }
    this.#outgoing = new Outgoing(this.#io, body, chunked, {
      done: (sentBytes) => this.#bodyDone(exchangeOf(request, status, sentBytes), close),
      broke: (reason) => this.#break(reason),
      waits: () => this.#expire(this.#context.limits.stallMs),
    })
    this.#outgoing.pump()
  }

  #bodyDone(exchange: Exchange, close: boolean): void {
    this.#outgoing = undefined
    this.#finished(exchange, close)
  }

  /** A response that cannot be finished is broken off, so that the client does not take a part for the whole (RFC 9112 §8). */
  #break(reason: string): void {
    this.#state = 'over'
    this.#outgoing?.close()
    this.#outgoing = undefined
    this.#io.reset(reason)
  }

  #finished(exchange: Exchange, close: boolean): void {
    const now = this.#io.now
    this.#context.log.served(this.#io, now, exchange)
    if (close || this.#peerEnded) return this.#over()
    this.#state = 'head'
    this.#deadlineMs = now + this.#context.limits.idleMs
    if (this.#alarmMs > this.#deadlineMs) this.#arm()
  }

  /** Answers what is no request that we take, and closes: where the next one would start is not known. */
  #refuse(error: HttpError, inbox: Inbox | undefined, method = 'GET'): true {
    this.#context.log.refused(this.#io, this.#io.now, error, inbox?.peek() ?? NO_CONTENT.kept)
    const response = errorResponse(error)
    const length = response.body.length
    const options = { wallMs: this.#io.wallMs, length, chunked: false, connection: 'close' }
    this.#io.send(latin1Bytes(responseHead(response.status, response.fields, options)))
    if (method !== 'HEAD' && response.body instanceof Uint8Array) this.#io.send(response.body)
    inbox?.clear()
    this.#over()
    return true
  }

  #over(): void {
    this.#state = 'over'
    this.#deadlineMs = Number.POSITIVE_INFINITY
    this.#io.cancel(DEADLINE)
    this.#io.end()
  }

  #leave(): true {
    this.#state = 'over'
    this.#io.cancel(DEADLINE)
    this.#toHttp2()
    return true
  }

  #expire(afterMs: number): void {
    this.#deadlineMs = this.#io.now + afterMs
    if (this.#alarmMs > this.#deadlineMs) this.#arm()
  }

  #arm(): void {
    if (this.#deadlineMs === Number.POSITIVE_INFINITY) return
    this.#alarmMs = this.#deadlineMs
    this.#io.wakeAt(DEADLINE, this.#deadlineMs)
  }

  #expired(): void {
    if (this.#outgoing?.isWaiting === true) return this.#slow(this.#outgoing)
    const isIdle = this.#state === 'head' && this.#scanned === 0
    if (this.#state === 'over' || isIdle) return this.#over()
    const part = this.#state === 'head' ? 'head' : 'content'
    this.#refuse(httpError(408, `the ${part} did not come in time`), undefined)
  }

  #slow(outgoing: Outgoing): void {
    if (outgoing.hasStalled()) return this.#break('the client takes nothing')
    this.#expire(this.#context.limits.stallMs)
  }
}

function hasContent(request: Request, status: number): boolean {
  return request.method !== 'HEAD' && !isBodiless(status)
}

function exchangeOf(request: Request, status: number, bytes: number): Exchange {
  const { method, host, path, version } = request
  return { method, host, path, status, bytes, version }
}
