// Hands updates that come to a secondary on to its source, and the answers back (RFC 2136 §6). Both stay as they are but for
// their ids, so that their signatures hold from end to end (RFC 8945 §5.4 calls that a forwarder).

import type { Io, StreamIo, StreamMachine } from '../../../core/io.ts'
import type { TransferSource } from '../../../core/zones.ts'
import { framed, takeFramed } from '../../../shared/dns/framing.ts'
import { FLAG, HEADER_BYTES } from '../../../shared/dns/messages.ts'
import type { Inbox } from '../../../wire/inbox.ts'
import type { DeskReply } from '../desk.ts'

/** At a time; ours. */
const FORWARDED_MAX = 64
/** For the answer of one source: BIND's `nsupdate` waits no longer. */
const ANSWER_MS = 20_000

export class Forwarding {
  readonly #io: Io
  #out = 0

  /** `io` is the service's. */
  constructor(io: Io) {
    this.#io = io
  }

  /** `failed`: no source has answered. */
  forward(packet: Uint8Array, sources: readonly TransferSource[], reply: DeskReply, failed: () => void): void {
    if (this.#out >= FORWARDED_MAX) return failed()
    this.#out += 1
    const release = reply.hold()
    this.#try(new Uint8Array(packet), sources, (answer) => {
      this.#out -= 1
      if (answer === undefined || answer.length > reply.roomBytes) failed()
      else reply.send(answer)
      release()
    })
  }

  #try(packet: Uint8Array, sources: readonly TransferSource[], then: (answer: Uint8Array | undefined) => void): void {
    const [source, ...rest] = sources
    if (source === undefined) return then(undefined)
    this.#io.connect(source.address, (io) => {
      return new ForwardedUpdate(io, packet, (answer) => {
        if (answer === undefined) this.#try(packet, rest, then)
        else then(answer)
      })
    })
  }
}

class ForwardedUpdate implements StreamMachine {
  readonly #io: StreamIo
  readonly #packet: Uint8Array
  readonly #id: Uint8Array
  #then: ((answer: Uint8Array | undefined) => void) | undefined

  constructor(io: StreamIo, packet: Uint8Array, then: (answer: Uint8Array | undefined) => void) {
    this.#io = io
    this.#packet = packet
    this.#id = io.random(2)
    this.#then = then
  }

  opened(): void {
    this.#io.wakeAt('answer', this.#io.now + ANSWER_MS)
    this.#io.send(framed(withId(this.#packet, this.#id)))
  }

  received(inbox: Inbox): boolean {
    const bytes = takeFramed(inbox)
    if (bytes === undefined) return false
    const isAnswer = bytes.length >= HEADER_BYTES && bytes[2]! << 8 >= FLAG.QR
    const isOurs = bytes[0] === this.#id[0] && bytes[1] === this.#id[1]
    this.#finish(isAnswer && isOurs ? withId(bytes, this.#packet.subarray(0, 2)) : undefined)
    this.#io.end()
    return true
  }

  woke(): void {
    this.#io.reset('no answer to an update')
  }

  closed(): void {
    this.#finish(undefined)
  }

  #finish(answer: Uint8Array | undefined): void {
    const then = this.#then
    this.#then = undefined
    then?.(answer)
  }
}

function withId(packet: Uint8Array, id: Uint8Array): Uint8Array {
  const copy = new Uint8Array(packet)
  copy.set(id)
  return copy
}
