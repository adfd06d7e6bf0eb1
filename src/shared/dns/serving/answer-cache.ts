// Encoded answers by question, found from a packet's own bytes. A hit makes no object. Nothing expires:
// the answers are authoritative, and a world that changes makes a new server.

import type { Layout } from '../codec/message.ts'
import { FOLDED, type QueryScan } from './query-scan.ts'
import { HEADER_BYTES, type DomainName } from '../messages.ts'

/** Places for answers: two for each of 131,072, so that a zone of 100,000 names that is asked evenly fits. */
const SLOTS_MAX = 262_144
/** Bytes of all that is kept, objects reckoned in. */
const BYTES_MAX = 64 * 1024 * 1024
/** What an entry takes besides its bytes, measured on Node 24: a typed array, the object around it, its places. */
const ENTRY_OVERHEAD_BYTES = 400
/** Longer answers are made anew each time. */
const ANSWER_MAX_BYTES = 4096
/** Places where one question's answer can stand; once they are taken and the cache cannot grow, another answer goes. */
const WAYS = 4
/** Share of taken places from which on a full set makes the cache grow; below it, its questions just collide. */
const GROW_FROM = 1 / 4
const FIRST_SLOTS = 1024

export interface CachedAnswer extends Layout {
  /** As `QueryScan` has them, for the question in `bytes`. */
  readonly hash: number
  readonly variant: number
  readonly unknown: { readonly name: DomainName; readonly answered: boolean } | undefined
  /** Whether an event has told of the unknown name. */
  told: boolean
  /** The line for people, once someone wanted it. */
  summary: string | undefined
}

export class AnswerCache {
  #slots: (CachedAnswer | undefined)[] = Array.from({ length: FIRST_SLOTS })
  #count = 0
  #bytes = 0
  #turn = 0

  get count(): number {
    return this.#count
  }

  find(packet: Uint8Array, scan: QueryScan): CachedAnswer | undefined {
    const first = this.#firstSlot(scan.hash)
    for (let slot = first; slot < first + WAYS; slot += 1) {
      const entry = this.#slots[slot]
      if (entry === undefined) return undefined
      if (entry.hash === scan.hash && entry.variant === scan.variant && asks(packet, scan, entry)) return entry
    }
    return undefined
  }

  add(entry: CachedAnswer): void {
    const bytes = sizeOf(entry)
    if (entry.bytes.length > ANSWER_MAX_BYTES) return
    if (this.#bytes + bytes > BYTES_MAX) this.clear()
    this.#place(entry)
  }

  clear(): void {
    this.#slots = Array.from({ length: FIRST_SLOTS })
    this.#count = 0
    this.#bytes = 0
  }

  #firstSlot(hash: number): number {
    return ((hash ^ (hash >>> 15)) * WAYS) & (this.#slots.length - 1)
  }

  #place(entry: CachedAnswer): void {
    const first = this.#firstSlot(entry.hash)
    let slot = first
    while (slot < first + WAYS && this.#slots[slot] !== undefined) slot += 1
    if (slot === first + WAYS) {
      if (this.#count > this.#slots.length * GROW_FROM && this.#slots.length < SLOTS_MAX) {
        this.#grow()
        return this.#place(entry)
      }
      slot = first + (this.#turn++ % WAYS)
    }
    const gone = this.#slots[slot]
    if (gone === undefined) this.#count += 1
    else this.#bytes -= sizeOf(gone)
    this.#slots[slot] = entry
    this.#bytes += sizeOf(entry)
  }

  #grow(): void {
    const entries = this.#slots
    this.#slots = Array.from({ length: entries.length * 2 })
    this.#count = 0
    this.#bytes = 0
    for (const entry of entries) if (entry !== undefined) this.#place(entry)
  }
}

function sizeOf(entry: CachedAnswer): number {
  return entry.bytes.length + ENTRY_OVERHEAD_BYTES
}

/** Whether the packet's question is the answer's, in whatever case either stands. */
function asks(packet: Uint8Array, scan: QueryScan, { bytes, questionEnd }: CachedAnswer): boolean {
  const { nameEnd } = scan
  if (questionEnd !== scan.questionEnd) return false
  for (let at = HEADER_BYTES; at < nameEnd; at += 1) if (FOLDED[packet[at]!] !== FOLDED[bytes[at]!]) return false
  for (let at = nameEnd; at < questionEnd; at += 1) if (packet[at] !== bytes[at]) return false
  return true
}
