// A hop in the life of a byte: recorder, faults, tracer. Protocols know nothing of layers, and a
// layer that declines a flow costs that flow nothing.

import type { Event } from './event.ts'
import type { Flow } from './flow.ts'

/** `inbound`: from the peer towards our machine. */
export type Direction = 'inbound' | 'outbound'

/** What a layer may do besides passing bytes on. */
export interface Link {
  readonly flow: Flow
  /** Monotonic milliseconds. */
  readonly now: number
  readonly wallMs: number
  /** Runs `run` once, at or after `atMs`; dropped when the flow closes. */
  at(atMs: number, run: () => void): void
  /** A number in [0, 1), from the world's seed. */
  random(): number
  /** Breaks the stream off (TCP RST). */
  reset(reason: string): void
  emit(event: Event): void
}

/** Bytes of a stream, or its end in that direction. Order is kept. */
export type Chunk = Uint8Array | 'end'

export interface StreamLayer {
  /** Passes `chunk` on at once, later, changed, or not at all. `chunk` is kept by reference: it is not overwritten afterwards. */
  chunk(direction: Direction, chunk: Chunk, pass: (chunk: Chunk) => void): void
  /** Bytes taken and not yet passed on; the driver stops reading the peer while it is high. */
  readonly held?: number
  closed?(): void
}

export interface DatagramLayer {
  packet(direction: Direction, packet: Uint8Array, pass: (packet: Uint8Array) => void): void
  closed?(): void
}

export interface Layer {
  readonly name: string
  /** `wire`: between socket and TLS; `plain`: between TLS and the machine. */
  readonly place: 'wire' | 'plain'
  /** `undefined`: this flow is of no interest. */
  stream?(link: Link): StreamLayer | undefined
  datagram?(link: Link): DatagramLayer | undefined
}
