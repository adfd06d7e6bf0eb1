// One fault on one datagram flow: packets are lost, doubled, overtaken, delayed. Delay and jitter keep
// the order; `reorderChance` alone changes it. Not a place for streams.

import type { DatagramLayer, Direction, Link } from '../../core/layer.ts'
import type { FaultEffect } from '../world/model.ts'
import { TokenBucket } from './bucket.ts'
import { DATAGRAM_HELD_MAX_BYTES, REORDER_MAX_MS } from './limits.ts'
import { oneWay } from './one-way.ts'

type Pass = (packet: Uint8Array) => void

export class DatagramFault implements DatagramLayer {
  readonly #inbound: Lane
  readonly #outbound: Lane

  constructor(effect: FaultEffect, link: Link, chance: () => number) {
    this.#inbound = new Lane(oneWay(effect, 'inbound'), link, chance)
    this.#outbound = new Lane(oneWay(effect, 'outbound'), link, chance)
  }

  packet(direction: Direction, packet: Uint8Array, pass: Pass): void {
    const lane = direction === 'inbound' ? this.#inbound : this.#outbound
    lane.take(packet, pass)
  }

  closed(): void {
    this.#inbound.close()
    this.#outbound.close()
  }
}

/** A packet that lets one of a higher `order` pass first. */
interface Overtaken {
  readonly packet: Uint8Array
  readonly order: number
  readonly pass: Pass
}

/** One direction. Draws chances in a fixed order, so that one seed gives one story. */
class Lane {
  readonly #effect: FaultEffect
  readonly #link: Link
  readonly #chance: () => number
  readonly #bucket: TokenBucket | undefined
  #lastReadyMs = 0
  #heldBytes = 0
  #taken = 0
  #overtaken: Overtaken | undefined
  #closed = false

  constructor(effect: FaultEffect, link: Link, chance: () => number) {
    const rate = effect.throttleBytesPerSecond
    this.#effect = effect
    this.#link = link
    this.#chance = chance
    this.#bucket = rate === undefined ? undefined : new TokenBucket(rate, link.now)
  }

  take(packet: Uint8Array, pass: Pass): void {
    if (this.#draws(this.#effect.lossChance)) return this.#tell('fault.loss', 'packet lost', packet)
    const twice = this.#draws(this.#effect.duplicateChance)
    const late = this.#draws(this.#effect.reorderChance) && this.#overtaken === undefined
    if (late) this.#holdBack(packet, pass)
    else this.#send(packet, pass)
    if (!twice) return
    this.#tell('fault.duplicate', 'packet doubled', packet)
    this.#send(packet, pass)
  }

  close(): void {
    this.#closed = true
    this.#overtaken = undefined
  }

  #draws(chance: number | undefined): boolean {
    return chance !== undefined && chance > 0 && this.#chance() < chance
  }

  #readyMs(bytes: number): number {
    const { delayMs = 0, jitterMs = 0 } = this.#effect
    const jitter = jitterMs > 0 ? this.#chance() * jitterMs : 0
    const ready = Math.max(this.#lastReadyMs, this.#link.now + delayMs + jitter, this.#throttled(bytes))
    this.#lastReadyMs = ready
    return ready
  }

  #throttled(bytes: number): number {
    if (this.#bucket === undefined) return 0
    this.#bucket.available(this.#link.now)
    const ready = this.#bucket.readyAt(bytes)
    this.#bucket.take(bytes)
    return ready
  }

  #send(packet: Uint8Array, pass: Pass): void {
    if (this.#full(packet)) return
    const order = ++this.#taken
    const readyMs = this.#readyMs(packet.length)
    if (readyMs <= this.#link.now) return this.#pass(packet, order, pass)
    const kept = this.#keep(packet)
    this.#link.at(readyMs, () => {
      this.#heldBytes -= kept.length
      this.#pass(kept, order, pass)
    })
  }

  /** Passes, and what waited to be overtaken by it follows. */
  #pass(packet: Uint8Array, order: number, pass: Pass): void {
    if (this.#closed) return
    pass(packet)
    if (this.#overtaken !== undefined && order > this.#overtaken.order) this.#release()
  }

  #holdBack(packet: Uint8Array, pass: Pass): void {
    if (this.#full(packet)) return
    this.#tell('fault.reorder', 'packet held back to be overtaken', packet)
    const order = ++this.#taken
    this.#overtaken = { packet: this.#keep(packet), order, pass }
    this.#link.at(this.#readyMs(packet.length) + REORDER_MAX_MS, () => {
      if (this.#overtaken?.order === order) this.#release()
    })
  }

  #release(): void {
    const late = this.#overtaken
    this.#overtaken = undefined
    if (late === undefined || this.#closed) return
    this.#heldBytes -= late.packet.length
    late.pass(late.packet)
  }

  #full(packet: Uint8Array): boolean {
    const full = this.#heldBytes + packet.length > DATAGRAM_HELD_MAX_BYTES
    if (full) this.#tell('fault.loss', `packet lost: ${DATAGRAM_HELD_MAX_BYTES} bytes are held back already`, packet)
    return full
  }

  /** A copy, as a datagram is the caller's again when the call returns. A Buffer's own `slice` would be a view. */
  #keep(packet: Uint8Array): Uint8Array {
    this.#heldBytes += packet.length
    return new Uint8Array(packet)
  }

  #tell(kind: string, summary: string, packet: Uint8Array): void {
    this.#link.emit({ kind, summary, detail: { bytes: packet.length } })
  }
}
