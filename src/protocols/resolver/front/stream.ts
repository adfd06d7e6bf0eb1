// Questions and answers over a stream, each behind its length (RFC 7766), plain or within TLS (RFC 7858). Answers leave when
// they are there, in whatever order (RFC 7766 §7).

import type { StreamIo, StreamMachine } from '../../../core/io.ts'
import type { WorldView } from '../../../core/world-view.ts'
import { framed, takeFramed } from '../../../shared/dns/framing.ts'
import { HEADER_BYTES } from '../../../shared/dns/messages.ts'
import { Mistakes, halfOf } from '../../../shared/dns/serving/mistakes.ts'
import type { Inbox } from '../../../wire/inbox.ts'
import { WAITING_PER_STREAM } from '../limits.ts'
import type { Asker } from './asker.ts'
import type { Front } from './front.ts'

const IDLE_TIMER = 'idle'

export class StreamFront implements StreamMachine {
  readonly #io: StreamIo
  readonly #front: Front
  readonly #idleMs: number
  readonly #mistakes: Mistakes
  readonly #asker: Asker
  #heardMs: number
  #waiting = 0
  #closed = false
  #isLast = false
  #goOn: (() => void) | undefined

  constructor(
    io: StreamIo,
    front: Front,
    idleMs: number,
    { lab, host, root }: Pick<WorldView, 'lab' | 'host' | 'root'>,
  ) {
    this.#io = io
    this.#front = front
    this.#idleMs = idleMs
    this.#heardMs = io.now
    this.#mistakes = new Mistakes(io, lab, host.name, root)
    const transport = io.tls === undefined ? 'tcp' : 'tls'
    this.#asker = { transport, ip: io.peer.ip, voice: io, reply: (bytes) => this.#reply(bytes) }
  }

  opened(): void {
    this.#heardMs = this.#io.now
    this.#io.wakeAt(IDLE_TIMER, this.#heardMs + this.#idleMs)
  }

  received(inbox: Inbox): boolean {
    const message = takeFramed(inbox)
    if (message === undefined) return false
    this.#heardMs = this.#io.now
    if (message.length < HEADER_BYTES || message[2]! >= 0x80) {
      this.#front.ask(new Uint8Array(message), this.#asker)
      this.#io.end()
      return true
    }
    this.#waiting += 1
    this.#front.ask(new Uint8Array(message), this.#asker)
    if (this.#waiting === WAITING_PER_STREAM) this.#holdBack()
    return true
  }

  /** What is asked already is still answered. */
  ended(): void {
    this.#isLast = true
    if (this.#waiting === 0) this.#io.end()
  }

  /** The deadline moves with each question only when it is reached: one timer a connection, not one a question. */
  woke(timer: string): void {
    if (this.#mistakes.woke(timer)) return
    const idleEndMs = this.#waiting > 0 ? this.#io.now + this.#idleMs : this.#heardMs + this.#idleMs
    if (this.#io.now >= idleEndMs) this.#io.end()
    else this.#io.wakeAt(IDLE_TIMER, idleEndMs)
  }

  closed(): void {
    this.#closed = true
  }

  #reply(bytes: Uint8Array): void {
    if (this.#closed) return
    const wasFull = this.#waiting === WAITING_PER_STREAM
    this.#waiting -= 1
    this.#heardMs = this.#io.now
    this.#leave(bytes)
    if (this.#isLast && this.#waiting === 0) this.#io.end()
    else if (wasFull) this.#goOn?.()
  }

  /** Nothing more is read until one is answered. */
  #holdBack(): void {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#goOn = resolve
    this.#io.ask(promise, () => undefined)
  }

  #leave(bytes: Uint8Array): void {
    const io = this.#io
    const send = (message: Uint8Array) => io.send(framed(message))
    if (!this.#mistakes.busy) return send(bytes)
    const half = (message: Uint8Array) => {
      io.send(halfOf(message))
      io.end()
    }
    this.#mistakes.leave(bytes, { transport: 'tcp', peer: io.peer, send, half })
  }
}
