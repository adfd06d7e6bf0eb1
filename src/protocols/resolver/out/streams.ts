// Questions over streams (RFC 7766), and over TLS to forwarders (RFC 7858): one stream to each server, with as many
// questions on it as there are.

import { formatAddress } from '../../../core/address.ts'
import { isFailure } from '../../../core/failure.ts'
import type { CloseReason, Io, StreamIo, StreamMachine } from '../../../core/io.ts'
import type { Deadline } from '../../../core/timer-heap.ts'
import { decodeMessage } from '../../../shared/dns/codec/message.ts'
import { framed, takeFramed } from '../../../shared/dns/framing.ts'
import { isMalformed } from '../../../shared/dns/messages.ts'
import type { Inbox } from '../../../wire/inbox.ts'
import { STREAMS_OUT_MAX, STREAM_IDLE_MS } from '../limits.ts'
import type { Timekeeper } from '../timekeeper.ts'
import { answers, packetFor, questionFor, type Asking, type Heard, type Waiting } from './asking.ts'

/** RFC 7858 has no name for it; IANA "TLS Application-Layer Protocol Negotiation (ALPN) Protocol IDs" has. */
const DOT_ALPN = ['dot']

export class Streams {
  readonly #io: Io
  readonly #time: Timekeeper
  readonly #streams = new Map<string, Stream>()

  constructor(io: Io, time: Timekeeper) {
    this.#io = io
    this.#time = time
  }

  ask(asking: Asking, done: (heard: Heard) => void): void {
    const key = `${asking.over} ${formatAddress(asking.server)} ${asking.tlsName ?? ''}`
    const stream = this.#streams.get(key) ?? this.#open(key, asking)
    if (stream === undefined) return done({ kind: 'busy' })
    stream.ask(asking, done)
  }

  stop(): void {
    for (const stream of this.#streams.values()) stream.stop()
    this.#streams.clear()
  }

  #open(key: string, asking: Asking): Stream | undefined {
    if (this.#streams.size >= STREAMS_OUT_MAX) return undefined
    const stream = new Stream(this.#time, asking.tlsName, () => {
      if (this.#streams.get(key) === stream) this.#streams.delete(key)
    })
    this.#streams.set(key, stream)
    this.#io.connect(asking.server, (io) => stream.dialed(io))
    return stream
  }
}

class Stream implements StreamMachine {
  readonly #time: Timekeeper
  readonly #tlsName: string | undefined
  /** Takes no more questions from now on. */
  readonly #over: () => void
  readonly #waiting = new Map<number, Waiting>()
  #io: StreamIo | undefined
  #ready = false
  #closed = false
  #idle: Deadline | undefined
  #unsent: Uint8Array[] = []

  constructor(time: Timekeeper, tlsName: string | undefined, over: () => void) {
    this.#time = time
    this.#tlsName = tlsName
    this.#over = over
  }

  dialed(io: StreamIo): this {
    this.#io = io
    return this
  }

  ask(asking: Asking, done: (heard: Heard) => void): void {
    const id = this.#freshId()
    const question = questionFor(asking, this.#time)
    const waiting: Waiting = { asking, question, sentMs: this.#time.nowMs, deadline: undefined, strays: 0, done }
    this.#time.cancel(this.#idle)
    this.#waiting.set(id, waiting)
    waiting.deadline = this.#time.after(asking.waitMs, () => this.#expire(id, asking.waitMs))
    const bytes = framed(packetFor(id, question, asking))
    if (this.#ready) this.#io?.send(bytes)
    else this.#unsent.push(bytes)
  }

  opened(): void {
    const serverName = this.#tlsName
    if (this.#closed) return this.#io?.reset('stopped')
    if (serverName === undefined) return this.#begin()
    this.#io?.secure({ side: 'client', serverName, alpn: DOT_ALPN }, (result) => {
      if (!isFailure(result)) this.#begin()
    })
  }

  received(inbox: Inbox): boolean {
    const bytes = takeFramed(inbox)
    if (bytes === undefined) return false
    const message = decodeMessage(bytes)
    const waiting = isMalformed(message) ? undefined : this.#waiting.get(message.id)
    if (isMalformed(message) || waiting === undefined || answers(message, waiting.question) === 'no') {
      this.#close('what came is no answer')
      this.#io?.reset('no answer to any question')
      return true
    }
    const caseless = answers(message, waiting.question) === 'caseless'
    const rttMs = this.#time.nowMs - waiting.sentMs
    this.#settle(message.id, caseless ? { kind: 'caseless' } : { kind: 'message', message, rttMs })
    return true
  }

  ended(): void {
    this.#close('the stream ended')
    this.#io?.end()
  }

  closed(reason: CloseReason): void {
    this.#close(reason.detail ?? reason.kind)
  }

  stop(): void {
    for (const { deadline } of this.#waiting.values()) this.#time.cancel(deadline)
    this.#time.cancel(this.#idle)
    this.#waiting.clear()
    this.#closed = true
    this.#io?.reset('stopped')
  }

  #begin(): void {
    this.#ready = true
    for (const bytes of this.#unsent.splice(0)) this.#io?.send(bytes)
  }

  #freshId(): number {
    for (;;) {
      const id = this.#time.pair()
      if (!this.#waiting.has(id)) return id
    }
  }

  /** A server that leaves one question unanswered has none of the others answered over this stream either. */
  #expire(id: number, waitedMs: number): void {
    this.#over()
    this.#settle(id, { kind: 'silence', waitedMs })
  }

  #settle(id: number, heard: Heard): void {
    const waiting = this.#waiting.get(id)
    if (waiting === undefined) return
    this.#waiting.delete(id)
    this.#time.cancel(waiting.deadline)
    if (this.#waiting.size === 0) this.#idle = this.#time.after(STREAM_IDLE_MS, () => this.#rest())
    waiting.done(heard)
  }

  #rest(): void {
    this.#close('idle')
    this.#io?.end()
  }

  #close(why: string): void {
    this.#over()
    this.#closed = true
    this.#time.cancel(this.#idle)
    for (const id of this.#waiting.keys()) this.#settle(id, { kind: 'closed', why })
    this.#time.cancel(this.#idle)
  }
}
