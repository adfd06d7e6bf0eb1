// One request of DNS over HTTPS and its answer, whatever version of HTTP carries it.

import type { StreamIo } from '../../../core/io.ts'
import { MESSAGE_MAX_BYTES } from '../../../shared/dns/messages.ts'
import type { Mistakes } from '../../../shared/dns/serving/mistakes.ts'
import type { Front } from '../front/front.ts'
import { HTTPS_CONTENT_MS } from '../limits.ts'
import { answerFields, packetIn, refusalFields, type HttpsRefusal, type HttpsRequest } from './request.ts'

export interface Channel {
  /** Sends all of an answer, unless one was sent or the peer is gone. */
  respond(status: number, fields: Readonly<Record<string, string>>, content: Uint8Array): void
  /** Breaks off without one. */
  abort(): void
}

interface ExchangeParts {
  readonly front: Front
  readonly path: string
  readonly mistakes: Mistakes
  readonly nowMs: number
  /** Called once: it is answered, or given up. */
  over(): void
}

export class HttpsExchange {
  readonly #parts: ExchangeParts
  readonly #io: Pick<StreamIo, 'peer' | 'emit' | 'now'>
  readonly #head: Omit<HttpsRequest, 'content'>
  readonly #channel: Channel
  readonly #pieces: Uint8Array[] = []
  #bytes = 0
  #asked = false
  #over = false

  constructor(
    parts: ExchangeParts,
    io: Pick<StreamIo, 'peer' | 'emit' | 'now'>,
    head: Omit<HttpsRequest, 'content'>,
    channel: Channel,
  ) {
    this.#parts = parts
    this.#io = io
    this.#head = head
    this.#channel = channel
  }

  took(piece: Uint8Array): void {
    if (this.#asked || this.#over) return
    this.#bytes += piece.length
    if (this.#bytes > MESSAGE_MAX_BYTES)
      return this.#refuse({ kind: 'refusal', status: 413, reason: 'too much content' })
    this.#pieces.push(piece)
  }

  ended(): void {
    if (this.#asked || this.#over) return
    this.#asked = true
    const packet = packetIn({ ...this.#head, content: Buffer.concat(this.#pieces) }, this.#parts.path)
    if ('kind' in packet) return this.#refuse(packet)
    const io = this.#io
    const reply = (bytes: Uint8Array) => this.#leave(bytes)
    this.#parts.front.ask(packet, { transport: 'https', ip: io.peer.ip, voice: io, reply })
  }

  /** The peer has gone, or the request was read to its end. */
  gone(): void {
    if (!this.#asked) this.#finish()
  }

  /** 408 for content that takes too long. */
  checkTime(nowMs: number): void {
    if (this.#asked || nowMs - this.#parts.nowMs < HTTPS_CONTENT_MS) return
    this.#refuse({ kind: 'refusal', status: 408, reason: 'the content did not come in time' })
  }

  #refuse(refusal: HttpsRefusal): void {
    this.#channel.respond(refusal.status, refusalFields(refusal), Buffer.from(`${refusal.reason}\n`))
    this.#finish()
  }

  #leave(bytes: Uint8Array): void {
    if (!this.#parts.mistakes.busy) return this.#send(bytes)
    const half = () => {
      this.#channel.abort()
      this.#finish()
    }
    this.#parts.mistakes.leave(bytes, {
      transport: 'tcp',
      peer: this.#io.peer,
      send: (message) => this.#send(message),
      half,
    })
    this.#finish()
  }

  /** What is handed over is sent later: a copy. */
  #send(bytes: Uint8Array): void {
    this.#channel.respond(200, answerFields(bytes), new Uint8Array(bytes))
    this.#finish()
  }

  #finish(): void {
    if (this.#over) return
    this.#over = true
    this.#parts.over()
  }
}
