// Records of names, packed: those of one name follow one another by their places, those of one set side by side.

import type { RecordSet } from '../core/zones.ts'
import { FOLDED } from '../shared/dns/codec/canonical.ts'
import { Arena, CHUNK_BITS, CHUNK_MASK } from './arena.ts'
import { sameData } from './same-data.ts'

/** Words in front of the data: the place of the next record or 0, the TTL, the type above the octets of data. */
const NEXT = 0
const TTL = 1
const TYPE_AND_SIZE = 2
const HEADER_WORDS = 3
const SIZE_MASK = 0xffff

export class RecordChains {
  readonly arena = new Arena()

  next(place: number): number {
    return this.#word(place, NEXT)
  }

  type(place: number): number {
    return this.#word(place, TYPE_AND_SIZE) >>> 16
  }

  size(place: number): number {
    return this.#word(place, TYPE_AND_SIZE) & SIZE_MASK
  }

  setTtl(place: number, ttlSeconds: number): void {
    this.arena.words[place >>> CHUNK_BITS]![(place & CHUNK_MASK) + TTL] = ttlSeconds
  }

  setNext(place: number, next: number): void {
    this.arena.words[place >>> CHUNK_BITS]![(place & CHUNK_MASK) + NEXT] = next
  }

  /** A new record, with `next` behind it. */
  put(type: number, ttlSeconds: number, data: Uint8Array, size: number, next: number): number {
    const place = this.arena.take((HEADER_WORDS << 2) + size)
    const words = this.arena.words[place >>> CHUNK_BITS]!
    const at = place & CHUNK_MASK
    words[at + NEXT] = next
    words[at + TTL] = ttlSeconds
    words[at + TYPE_AND_SIZE] = (type << 16) | size
    const bytes = this.arena.bytes[place >>> CHUNK_BITS]!
    const start = (at + HEADER_WORDS) << 2
    if (size > 64) bytes.set(data.subarray(0, size), start)
    else for (let index = 0; index < size; index += 1) bytes[start + index] = data[index]!
    return place
  }

  /** Whether the record has the same data; case counts where it is no name's (RFC 4034 §6.2). */
  holds(place: number, data: Uint8Array, size: number): boolean {
    if (this.size(place) !== size) return false
    const bytes = this.arena.bytes[place >>> CHUNK_BITS]!
    const start = ((place & CHUNK_MASK) + HEADER_WORDS) << 2
    let index = 0
    while (index < size && bytes[start + index] === data[index]) index += 1
    if (index === size) return true
    while (index < size && FOLDED[bytes[start + index]!] === FOLDED[data[index]!]) index += 1
    return index === size && sameData(this.type(place), this.#data(place), data.subarray(0, size))
  }

  /** The sets of the chain that begins at `head`; their data is a view. */
  sets(head: number): RecordSet[] {
    const sets: RecordSet[] = []
    for (let place = head; place !== 0; place = this.#behindSet(place)) sets.push(this.#setFrom(place))
    return sets
  }

  set(head: number, type: number): RecordSet | undefined {
    for (let place = head; place !== 0; place = this.next(place))
      if (this.type(place) === type) return this.#setFrom(place)
    return undefined
  }

  #setFrom(first: number): RecordSet {
    const type = this.type(first)
    const data: Uint8Array[] = []
    for (let place = first; place !== 0 && this.type(place) === type; place = this.next(place))
      data.push(this.#data(place))
    return { type, ttlSeconds: this.#word(first, TTL), data }
  }

  #behindSet(first: number): number {
    const type = this.type(first)
    let place = first
    while (place !== 0 && this.type(place) === type) place = this.next(place)
    return place
  }

  #data(place: number): Uint8Array {
    const start = ((place & CHUNK_MASK) + HEADER_WORDS) << 2
    return this.arena.bytes[place >>> CHUNK_BITS]!.subarray(start, start + this.size(place))
  }

  #word(place: number, word: number): number {
    return this.arena.words[place >>> CHUNK_BITS]![(place & CHUNK_MASK) + word]!
  }
}
