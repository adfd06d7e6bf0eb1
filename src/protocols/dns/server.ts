// The two machines of a DNS server: packets over UDP, and over TCP messages behind a length (RFC 1035
// §4.2, RFC 7766). What they answer is responder.ts' matter.

import type { Address } from '../../core/address.ts'
import type { DatagramIo, DatagramMachine, StreamIo, StreamMachine } from '../../core/io.ts'
import type { Inbox } from '../../wire/inbox.ts'
import { framed, takeFramed } from '../../shared/dns/framing.ts'
import { HEADER_BYTES } from '../../shared/dns/messages.ts'
import type { Responder } from './responder.ts'

const IDLE_TIMER = 'idle'

export class DnsUdpServer implements DatagramMachine {
  readonly #io: DatagramIo
  readonly #responder: Responder

  constructor(io: DatagramIo, responder: Responder) {
    this.#io = io
    this.#responder = responder
  }

  received(packet: Uint8Array, from: Address): void {
    const answer = this.#responder.answer(packet, 'udp', this.#io)
    if (answer !== undefined) this.#io.send(answer, from)
  }
}

export class DnsTcpServer implements StreamMachine {
  readonly #io: StreamIo
  readonly #responder: Responder
  readonly #idleMs: number
  #heardMs: number

  constructor(io: StreamIo, responder: Responder, idleMs: number) {
    this.#io = io
    this.#responder = responder
    this.#idleMs = idleMs
    this.#heardMs = io.now
  }

  opened(): void {
    this.#heardMs = this.#io.now
    this.#io.wakeAt(IDLE_TIMER, this.#heardMs + this.#idleMs)
  }

  /** Answers leave in the order of their questions; each is ready at once. */
  received(inbox: Inbox): boolean {
    const message = takeFramed(inbox)
    if (message === undefined) return false
    this.#heardMs = this.#io.now
    const answer = this.#responder.answer(message, 'tcp', this.#io)
    if (answer !== undefined) this.#io.send(framed(answer))
    else if (message.length < HEADER_BYTES) this.#io.end()
    return true
  }

  /** The deadline moves with each question only when it is reached: one timer a connection, not one a question. */
  woke(): void {
    const idleEndMs = this.#heardMs + this.#idleMs
    if (this.#io.now >= idleEndMs) this.#io.end()
    else this.#io.wakeAt(IDLE_TIMER, idleEndMs)
  }
}
