// The two machines of a DNS server: packets over UDP, and over TCP messages behind a length (RFC 1035
// §4.2, RFC 7766). What they answer is responder.ts' matter.

import type { Address } from '../../core/address.ts'
import type { DatagramIo, DatagramMachine, StreamIo, StreamMachine } from '../../core/io.ts'
import type { WorldView } from '../../core/world-view.ts'
import type { Inbox } from '../../wire/inbox.ts'
import { framed, takeFramed } from '../../shared/dns/framing.ts'
import { HEADER_BYTES, MESSAGE_MAX_BYTES, type Message } from '../../shared/dns/messages.ts'
import { Mistakes, halfOf } from '../../shared/dns/serving/mistakes.ts'
import type { DeskReply } from './desk.ts'
import type { Door } from './door.ts'
import type { Responder } from './responder.ts'

const IDLE_TIMER = 'idle'

export class DnsUdpServer implements DatagramMachine, Door {
  readonly transport = 'udp'
  readonly roomBytes = MESSAGE_MAX_BYTES
  readonly io: DatagramIo
  readonly #responder: Responder
  readonly #mistakes: Mistakes

  constructor(io: DatagramIo, responder: Responder, world: WorldView) {
    this.io = io
    this.#responder = responder
    this.#mistakes = new Mistakes(io, world.lab, world.host.name, world.root)
  }

  received(packet: Uint8Array, from: Address): void {
    const answer = this.#responder.answer(packet, from, this)
    if (answer === undefined) return
    if (this.#mistakes.busy) this.#err(answer, packet, from)
    else this.io.send(answer, from)
  }

  woke(timer: string): void {
    this.#mistakes.woke(timer)
  }

  replyTo(peer: Address, roomBytes: number): DeskReply {
    const { io } = this
    return {
      transport: 'udp',
      peer,
      io,
      roomBytes,
      isGone: false,
      tell: (event) => this.#responder.tell(io.now, () => io.emit(event, peer)),
      backlog: 0,
      send: (message) => io.send(message, peer),
      whenDrained: (then) => then(),
      hold: () => () => undefined,
      ...deskAnswers(this.#responder, this, peer, (message) => io.send(message, peer)),
    }
  }

  #err(answer: Uint8Array, packet: Uint8Array, peer: Address): void {
    const send = (message: Uint8Array): void => this.io.send(message, peer)
    const expired = (): Uint8Array | undefined => this.#responder.expired(packet, this.io)
    this.#mistakes.leave(answer, { transport: 'udp', peer, send, half: send, expired })
  }
}

export class DnsTcpServer implements StreamMachine, Door {
  readonly transport = 'tcp'
  readonly roomBytes = MESSAGE_MAX_BYTES
  readonly io: StreamIo
  readonly #responder: Responder
  readonly #mistakes: Mistakes
  readonly #idleMs: number
  #heardMs: number
  #drained: (() => void) | undefined
  #ended = false
  #closed = false
  /** What the desk has not finished. */
  #held = 0
  /** Unsent bytes when they were last seen to have changed. */
  #seenBacklog = 0
  #movedMs = 0

  constructor(io: StreamIo, responder: Responder, world: WorldView, idleMs: number) {
    this.io = io
    this.#responder = responder
    this.#mistakes = new Mistakes(io, world.lab, world.host.name, world.root)
    this.#idleMs = idleMs
    this.#heardMs = io.now
  }

  opened(): void {
    this.#heardMs = this.io.now
    this.io.wakeAt(IDLE_TIMER, this.#heardMs + this.#idleMs)
  }

  /** Answers leave in the order of their questions, but those of the desk, which may take longer (RFC 7766 §6.2.1.1). */
  received(inbox: Inbox): boolean {
    const message = takeFramed(inbox)
    if (message === undefined) return false
    this.#heardMs = this.io.now
    const answer = this.#responder.answer(message, this.io.peer, this)
    if (answer !== undefined) this.#leave(answer, message)
    else if (message.length < HEADER_BYTES) this.io.end()
    return true
  }

  closed(): void {
    this.#closed = true
    this.#drained?.()
  }

  drained(): void {
    const then = this.#drained
    this.#drained = undefined
    then?.()
    if (this.#ended) this.ended()
  }

  /** Who says no more may still wait for the rest of a transfer. */
  ended(): void {
    this.#ended = true
    if (this.#drained === undefined && this.#held === 0) this.io.end()
  }

  /** The deadline moves with each question only when it is reached: one timer a connection, not one a question. */
  woke(timer: string): void {
    if (timer !== IDLE_TIMER) return void this.#mistakes.woke(timer)
    const idleEndMs = this.#heardMs + this.#idleMs
    if (this.io.now < idleEndMs) this.io.wakeAt(IDLE_TIMER, idleEndMs)
    else if (this.io.backlog > 0) this.#lookForStall()
    else if (this.#held > 0) this.io.wakeAt(IDLE_TIMER, this.io.now + IDLE_AGAIN_MS)
    else this.io.end()
  }

  /** The last answers have not left yet. What the desk sends it gives up itself. */
  #lookForStall(): void {
    const { io } = this
    if (io.backlog !== this.#seenBacklog) {
      this.#seenBacklog = io.backlog
      this.#movedMs = io.now
    }
    const isStalled = io.now - Math.max(this.#movedMs, this.#heardMs) >= STALL_MS
    if (isStalled && this.#held === 0) io.reset('it takes nothing of its answers')
    else io.wakeAt(IDLE_TIMER, io.now + IDLE_AGAIN_MS)
  }

  replyTo(peer: Address, roomBytes: number): DeskReply {
    const { io } = this
    const isGone = (): boolean => this.#closed
    const send = (message: Uint8Array): void => {
      this.#heardMs = io.now
      io.send(framed(message))
    }
    return {
      transport: 'tcp',
      peer,
      io,
      roomBytes,
      get isGone() {
        return isGone()
      },
      tell: (event) => this.#responder.tell(io.now, () => io.emit(event)),
      get backlog() {
        return io.backlog
      },
      send,
      whenDrained: (then) => {
        if (io.backlog === 0 || this.#closed) then()
        else this.#drained = then
      },
      hold: () => {
        this.#held += 1
        return () => {
          this.#held -= 1
          if (this.#ended) this.ended()
        }
      },
      ...deskAnswers(this.#responder, this, peer, send),
    }
  }

  #leave(answer: Uint8Array, packet: Uint8Array): void {
    const { io } = this
    if (!this.#mistakes.busy) return io.send(framed(answer))
    this.#mistakes.leave(answer, {
      transport: 'tcp',
      peer: io.peer,
      send: (message) => io.send(framed(message)),
      half: (message) => {
        io.send(halfOf(message))
        io.end()
      },
      expired: () => this.#responder.expired(packet, io),
    })
  }
}

/** A connection whose last answer has not left yet is looked at again so much later. */
const IDLE_AGAIN_MS = 1000
/** For which a peer may take nothing of its answers: as long as a closing stream may (core/limits.ts). */
const STALL_MS = 30_000

/** What the desk has of the server itself. */
function deskAnswers(
  responder: Responder,
  door: Door,
  peer: Address,
  send: (message: Uint8Array) => void,
): Pick<DeskReply, 'answerTo' | 'refuse'> {
  return {
    answerTo(question, roomBytes) {
      const { transport, io } = door
      const narrow: Door = { transport, io, roomBytes, replyTo: (to, room) => door.replyTo(to, room) }
      const answer = responder.answer(question, peer, narrow)
      return answer && new Uint8Array(answer)
    },
    refuse: (message: Message, rcode) => send(responder.refuse(message, rcode, door.io)),
  }
}
