// One fault on one stream: each direction is a queue that lets bytes out late, slowly, up to a point,
// and in order. Not a place for datagrams.

import type { Chunk, Direction, Link, StreamLayer } from '../../core/layer.ts'
import type { FaultEffect } from '../world/model.ts'
import { TokenBucket } from './bucket.ts'
import { STREAM_HELD_MAX_BYTES } from './limits.ts'
import { oneWay } from './one-way.ts'

type Pass = (chunk: Chunk) => void

interface Waiting {
  readonly chunk: Chunk
  readonly readyMs: number
  readonly pass: Pass
}

export class StreamFault implements StreamLayer {
  readonly #inbound: Lane
  readonly #outbound: Lane

  constructor(effect: FaultEffect, link: Link, chance: () => number) {
    const resets = effect.resetAfterBytes !== undefined && chance() < (effect.resetChance ?? 1)
    const resetAfterBytes = resets ? effect.resetAfterBytes : undefined
    this.#inbound = new Lane(oneWay(effect, 'inbound'), resetAfterBytes ?? Infinity, link, chance)
    this.#outbound = new Lane(oneWay(effect, 'outbound'), resetAfterBytes ?? Infinity, link, chance)
  }

  /** Stalled bytes count although they are gone: a stalled peer must stop sending. */
  get held(): number {
    return this.#inbound.held + this.#outbound.held
  }

  chunk(direction: Direction, chunk: Chunk, pass: Pass): void {
    const lane = direction === 'inbound' ? this.#inbound : this.#outbound
    lane.take(chunk, pass)
  }

  closed(): void {
    this.#inbound.clear()
    this.#outbound.clear()
  }
}

/** One direction. */
class Lane {
  readonly #effect: FaultEffect
  readonly #resetAfterBytes: number
  readonly #stallAfterBytes: number
  readonly #link: Link
  readonly #chance: () => number
  readonly #bucket: TokenBucket | undefined
  #queue: Waiting[] = []
  /** Bytes of the first waiting chunk that have left. */
  #offset = 0
  #lastReadyMs = 0
  #passed = 0
  #state: 'open' | 'stalled' | 'over' = 'open'
  #armed = false
  held = 0

  constructor(effect: FaultEffect, resetAfterBytes: number, link: Link, chance: () => number) {
    const rate = effect.throttleBytesPerSecond
    this.#effect = effect
    this.#resetAfterBytes = resetAfterBytes
    this.#stallAfterBytes = effect.stallAfterBytes ?? Infinity
    this.#link = link
    this.#chance = chance
    this.#bucket = rate === undefined ? undefined : new TokenBucket(rate, link.now)
  }

  take(chunk: Chunk, pass: Pass): void {
    if (this.#state === 'over') return
    if (chunk !== 'end') this.held += chunk.length
    if (this.#state === 'stalled') return
    if (this.held > STREAM_HELD_MAX_BYTES) return this.#break(`more than ${STREAM_HELD_MAX_BYTES} bytes held back`)
    this.#queue.push({ chunk, readyMs: this.#readyMs(), pass })
    if (!this.#armed) this.#run()
  }

  clear(): void {
    this.#state = 'over'
    this.#queue = []
    this.held = 0
  }

  /** Never before what was sent earlier: TCP delivers in order, whatever the jitter. */
  #readyMs(): number {
    const { delayMs = 0, jitterMs = 0 } = this.#effect
    const jitter = jitterMs > 0 ? this.#chance() * jitterMs : 0
    this.#lastReadyMs = Math.max(this.#lastReadyMs, this.#link.now + delayMs + jitter)
    return this.#lastReadyMs
  }

  #run(): void {
    this.#armed = false
    for (let first = this.#queue[0]; first !== undefined && this.#state === 'open'; first = this.#queue[0]) {
      if (first.readyMs > this.#link.now) return this.#wakeAt(first.readyMs)
      if (first.chunk === 'end') this.#passEnd(first)
      else if (!this.#passBytes(first.chunk, first.pass)) return
    }
  }

  #passEnd(first: Waiting): void {
    this.#queue.shift()
    if (this.#passed >= this.#stallAfterBytes) this.#stall()
    else first.pass('end')
  }

  /** False when nothing more may leave now. */
  #passBytes(chunk: Uint8Array, pass: Pass): boolean {
    const rest = chunk.length - this.#offset
    const most = Math.min(rest, this.#stallAfterBytes - this.#passed, this.#resetAfterBytes - this.#passed)
    const allowed = this.#bucket === undefined ? most : Math.min(most, this.#bucket.available(this.#link.now))
    if (allowed > 0) this.#let(chunk.subarray(this.#offset, this.#offset + allowed), pass)
    if (this.#state !== 'open') return false
    if (this.#passed >= this.#resetAfterBytes) this.#break(`after ${this.#resetAfterBytes} bytes`)
    else if (this.#passed >= this.#stallAfterBytes && allowed < rest) this.#stall()
    else if (allowed < rest) this.#wakeAt(this.#bucket?.readyAt(rest - allowed) ?? this.#link.now)
    else return true
    return false
  }

  #let(bytes: Uint8Array, pass: Pass): void {
    this.#bucket?.take(bytes.length)
    this.#passed += bytes.length
    this.held -= bytes.length
    this.#offset += bytes.length
    const first = this.#queue[0]
    if (first !== undefined && this.#offset === first.chunk.length) {
      this.#queue.shift()
      this.#offset = 0
    }
    pass(bytes)
  }

  #wakeAt(atMs: number): void {
    this.#armed = true
    this.#link.at(atMs, () => this.#run())
  }

  #stall(): void {
    this.#state = 'stalled'
    this.#queue = []
    this.#tell('fault.stall', `stalled after ${this.#passed} bytes`)
  }

  #break(why: string): void {
    this.clear()
    this.#tell('fault.reset', `broken off ${why}`)
    this.#link.reset(`fault: broken off ${why}`)
  }

  #tell(kind: string, summary: string): void {
    this.#link.emit({ kind, summary, detail: { passedBytes: this.#passed } })
  }
}
