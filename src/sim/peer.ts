// The far end of a simulated stream or datagram socket, for tests that read as a dialogue.

import type { Address } from '../core/address.ts'
import type { Failure } from '../core/failure.ts'
import type { CloseReason, TlsInfo, TlsSession } from '../core/io.ts'
import type { WireEvents } from '../core/stream-wire.ts'
import type { SimWire } from './pipe.ts'

export interface PeerTls {
  readonly serverName?: string
  readonly alpn?: readonly string[]
  /** Taken up from an earlier stream: that one's `tls.session`. */
  readonly session?: TlsSession
}

/** Every method returns when all that follows from it in memory has happened; answers by promise need `plane.settled()`. */
export class SimPeer implements WireEvents {
  readonly local: Address
  readonly remote: Address
  /** How the stream ended, once it has. */
  closeReason: CloseReason | undefined
  /** Whether the other side has said that it sends no more. */
  hasEnded = false
  tls: TlsInfo | Failure | undefined
  readonly #wire: SimWire
  readonly #run: () => void
  #chunks: Uint8Array[] = []

  constructor(wire: SimWire, local: Address, remote: Address, run: () => void) {
    this.#wire = wire
    this.#run = run
    this.local = local
    this.remote = remote
    wire.events = this
    wire.resume()
  }

  /** Bytes received and not yet taken. */
  get receivedBytes(): Uint8Array {
    return Buffer.concat(this.#chunks)
  }

  /** The same as text, one character a byte. */
  get receivedText(): string {
    return Buffer.concat(this.#chunks).toString('latin1')
  }

  /** Bytes sent that the other side has not yet read. */
  get unread(): number {
    return this.#wire.backlog
  }

  /** Bytes that the other side sent and this one, being paused, has not taken. */
  get untaken(): number {
    return this.#wire.other.backlog
  }

  /** What was received since the last `take`, as text. */
  take(): string {
    const text = this.receivedText
    this.#chunks = []
    return text
  }

  takeBytes(): Uint8Array {
    const bytes = this.receivedBytes
    this.#chunks = []
    return bytes
  }

  /** Text goes out as UTF-8. */
  send(...parts: (string | Uint8Array)[]): this {
    for (const part of parts) this.#wire.write(typeof part === 'string' ? Buffer.from(part) : part, false)
    this.#run()
    return this
  }

  end(): this {
    this.#wire.end()
    this.#run()
    return this
  }

  reset(): this {
    this.#wire.reset()
    this.closeReason ??= { kind: 'reset' }
    this.#run()
    return this
  }

  /** Stops reading, so that what the other side sends stays in its backlog. */
  pause(): this {
    this.#wire.pause()
    return this
  }

  resume(): this {
    this.#wire.resume()
    this.#run()
    return this
  }

  /** Starts TLS as a client. The outcome, once there is one, is in `tls` too. */
  secure(tls: PeerTls = {}): TlsInfo | Failure | undefined {
    this.#wire.secure({ ...tls, side: 'client', alpn: tls.alpn ?? [] }, (result) => {
      this.tls = result
    })
    this.#run()
    return this.tls
  }

  received(chunk: Uint8Array): void {
    this.#chunks.push(chunk)
  }

  drained(): void {}

  ended(): void {
    this.hasEnded = true
  }

  closed(reason: CloseReason): void {
    this.closeReason ??= reason
  }
}

export interface SimPacket {
  readonly packet: Uint8Array
  readonly from: Address
}

export class SimDatagramPeer {
  readonly local: Address
  /** All packets that came, oldest first. */
  readonly received: SimPacket[] = []
  readonly #send: (packet: Uint8Array, from: Address, to: Address) => void

  constructor(local: Address, send: (packet: Uint8Array, from: Address, to: Address) => void) {
    this.local = local
    this.#send = send
  }

  send(packet: string | Uint8Array, to: Address): this {
    this.#send(typeof packet === 'string' ? Buffer.from(packet) : packet, this.local, to)
    return this
  }

  /** The oldest packet that was not taken yet. */
  take(): Uint8Array | undefined {
    return this.received.shift()?.packet
  }
}
