// Layers over a wire: each chunk walks through them, wire side first when it comes in, last when it
// goes out. Only flows that a layer asked for pass through here.

import type { Duplex } from 'node:stream'
import type { Engine, Owner } from './engine.ts'
import type { Event } from './event.ts'
import type { Failure } from './failure.ts'
import type { Flow } from './flow.ts'
import type { CloseReason, TlsInfo } from './io.ts'
import type { Chunk, Layer, Link, StreamLayer } from './layer.ts'
import { BACKLOG_HIGH_BYTES } from './limits.ts'
import type { Secure, Wire, WireEvents } from './stream-wire.ts'
import { Deadline } from './timer-heap.ts'
import { WireDuplex } from './wire-duplex.ts'

/** A layer's view of one flow. Its deadlines go when the flow closes. */
export class FlowLink implements Link {
  readonly flow: Flow
  readonly #engine: Engine
  readonly #owner: Owner
  readonly #broken: (reason: string) => void
  readonly #deadlines = new Set<Deadline>()
  #closed = false

  constructor(engine: Engine, owner: Owner, flow: Flow, broken: (reason: string) => void) {
    this.flow = flow
    this.#engine = engine
    this.#owner = owner
    this.#broken = broken
  }

  get now(): number {
    return this.#engine.now()
  }

  get wallMs(): number {
    return this.#engine.wallMs()
  }

  at(atMs: number, run: () => void): void {
    if (this.#closed) return
    const deadline = new Deadline(() => {
      this.#deadlines.delete(deadline)
      run()
    })
    this.#deadlines.add(deadline)
    this.#engine.timers.set(deadline, atMs)
  }

  random(): number {
    const bytes = this.#engine.random(4)
    return (((bytes[0]! << 24) | (bytes[1]! << 16) | (bytes[2]! << 8) | bytes[3]!) >>> 0) / 2 ** 32
  }

  reset(reason: string): void {
    if (!this.#closed) this.#broken(reason)
  }

  emit(event: Event): void {
    this.#owner.gatekeeper.event(this.flow, this.#owner.service, event)
  }

  close(): void {
    this.#closed = true
    for (const deadline of this.#deadlines) this.#engine.timers.remove(deadline)
    this.#deadlines.clear()
  }
}

/** `wire` itself when no layer of that place wants the flow. */
export function layered(engine: Engine, owner: Owner, wire: Wire, place: 'wire' | 'plain' | 'both'): Wire {
  const { flow, gatekeeper } = owner
  if (flow === undefined || gatekeeper.layers.length === 0) return wire
  const over = new LayeredWire(wire)
  const link = new FlowLink(engine, owner, flow, (reason) => over.broken(reason))
  const fits = gatekeeper.layers.filter((layer) => place === 'both' || layer.place === place)
  const ordered = place === 'both' ? fits.toSorted(wireFirst) : fits
  const layers = ordered.map((layer) => layer.stream?.(link)).filter((layer) => layer !== undefined)
  if (layers.length === 0) return wire
  over.through(layers, link)
  return over
}

function wireFirst(a: Layer, b: Layer): number {
  return Number(a.place === 'plain') - Number(b.place === 'plain')
}

class LayeredWire implements Wire, WireEvents {
  events!: WireEvents
  readonly #below: Wire
  #layers: readonly StreamLayer[] = []
  #link: FlowLink | undefined
  #inbound: ((chunk: Chunk) => void)[] = []
  #outbound: ((chunk: Chunk) => void)[] = []
  #entered = 0
  #left = 0
  #tell = false
  #writing = false
  #pausedAbove = true
  #pausedBelow = true
  #closed = false

  constructor(below: Wire) {
    this.#below = below
  }

  through(layers: readonly StreamLayer[], link: FlowLink): void {
    this.#below.events = this
    this.#layers = layers
    this.#link = link
    this.#inbound = [...layers.map((_, index) => this.#hop('inbound', index, 1)), (chunk) => this.#arrive(chunk)]
    this.#outbound = layers.map((_, index) => this.#hop('outbound', index, -1))
  }

  get backlog(): number {
    return this.#below.backlog + this.#heldOutbound()
  }

  get bytesReceived(): number {
    return this.#below.bytesReceived
  }

  get bytesSent(): number {
    return this.#below.bytesSent
  }

  write(bytes: Uint8Array, tell: boolean): void {
    this.#tell = tell || this.#tell
    this.#entered += bytes.length
    this.#writing = true
    this.#outbound.at(-1)!(bytes)
    this.#writing = false
    if (this.backlog === 0) this.#tell = false
  }

  pause(): void {
    this.#pausedAbove = true
    this.#adjust()
  }

  resume(): void {
    this.#pausedAbove = false
    this.#adjust()
  }

  end(): void {
    this.#outbound.at(-1)!('end')
  }

  reset(): void {
    this.#below.reset()
    this.#close()
  }

  secure(secure: Secure, then: (result: TlsInfo | Failure) => void): void {
    this.#pausedAbove = true
    this.#pausedBelow = true
    this.#below.secure(secure, then)
  }

  adopt(unread: Uint8Array, abandoned: () => void): Duplex {
    return new WireDuplex(this, unread, abandoned)
  }

  /** A layer breaks the stream off. */
  broken(reason: string): void {
    if (this.#closed) return
    this.reset()
    this.events.closed({ kind: 'reset', detail: reason })
  }

  received(chunk: Uint8Array): void {
    this.#inbound[0]!(chunk)
    this.#adjust()
  }

  ended(): void {
    this.#inbound[0]!('end')
  }

  drained(): void {
    this.#tellDrained()
  }

  closed(reason: CloseReason): void {
    if (this.#closed) return
    this.#close()
    this.events.closed(reason)
  }

  #hop(direction: 'inbound' | 'outbound', index: number, step: 1 | -1): (chunk: Chunk) => void {
    const layer = this.#layers[index]!
    const pass = (chunk: Chunk) => {
      if (this.#closed) return
      if (direction === 'inbound') this.#inbound[index + step]!(chunk)
      else if (index === 0) this.#leave(chunk)
      else this.#outbound[index + step]!(chunk)
    }
    return (chunk) => layer.chunk(direction, chunk, pass)
  }

  #arrive(chunk: Chunk): void {
    if (chunk === 'end') this.events.ended()
    else this.events.received(chunk)
    this.#adjust()
  }

  #leave(chunk: Chunk): void {
    if (chunk === 'end') return this.#below.end()
    this.#left += chunk.length
    this.#below.write(chunk, this.#tell)
    this.#tellDrained()
  }

  #tellDrained(): void {
    if (!this.#tell || this.#writing || this.backlog > 0) return
    this.#tell = false
    this.events.drained()
  }

  #held(): number {
    let held = 0
    for (const layer of this.#layers) held += layer.held ?? 0
    return held
  }

  #heldOutbound(): number {
    const missing = this.#entered - this.#left
    if (missing === 0) return 0
    if (this.#held() > 0) return Math.max(0, missing)
    this.#left = this.#entered
    return 0
  }

  #adjust(): void {
    if (this.#closed) return
    const pause = this.#pausedAbove || this.#held() > BACKLOG_HIGH_BYTES
    if (pause === this.#pausedBelow) return
    this.#pausedBelow = pause
    if (pause) this.#below.pause()
    else this.#below.resume()
  }

  #close(): void {
    if (this.#closed) return
    this.#closed = true
    this.#link?.close()
    for (const layer of this.#layers) layer.closed?.()
  }
}
