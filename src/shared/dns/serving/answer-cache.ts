// Encoded answers by question, found from a packet's own bytes. A hit makes no object. An entry is found until its time has
// come, or all are cleared; it holds whatever its server has to know of it besides. Knows no TTLs: what is kept counts
// them down itself.

import type { AnswerLayout } from './answer-writer.ts'
import { FOLDED } from '../codec/canonical.ts'
import type { QueryScan } from './query-scan.ts'
import { HEADER_BYTES, type DomainName } from '../messages.ts'

/** Places for answers: two for each of 262,144, so that a zone of 100,000 names that is asked evenly, with DO and without, fits. */
const SLOTS_MAX = 524_288
/** Bytes of all that is kept, objects reckoned in: 100,000 signed answers and as many plain ones. */
const BYTES_MAX = 128 * 1024 * 1024
/** What an entry takes besides its bytes, measured on Node 24: a typed array, the object around it, its places. */
const ENTRY_OVERHEAD_BYTES = 400
/** Longer answers are made anew each time. */
const ANSWER_MAX_BYTES = 4096
/** Places where one question's answer can stand; once they are taken and the cache cannot grow, another answer goes. */
const WAYS = 4
/** Share of taken places from which on a full set makes the cache grow; below it, its questions just collide. */
const GROW_FROM = 1 / 4
const FIRST_SLOTS = 1024

export interface CachedAnswer extends AnswerLayout {
  /** As `QueryScan` has them, for the question in `bytes`. */
  readonly hash: number
  readonly variant: number
  /** `Io.now` from which on it is not found any more; Infinity: never. */
  readonly untilMs: number
  /** For the log: a name that no zone holds, and whether it got an answer all the same. */
  readonly unknown: { readonly name: DomainName; readonly answered: boolean } | undefined
  /** Whether an event has told of the unknown name. */
  told: boolean
  /** The line for people, once someone wanted it. */
  summary: string | undefined
}

export class AnswerCache<Entry extends CachedAnswer = CachedAnswer> {
  #slots: (Entry | undefined)[] = Array.from({ length: FIRST_SLOTS })
  #count = 0
  #bytes = 0
  #turn = 0
  readonly #bytesMax: number

  /** `bytesMax`: of all that is kept, objects reckoned in. */
  constructor(bytesMax: number = BYTES_MAX) {
    this.#bytesMax = bytesMax
  }

  get count(): number {
    return this.#count
  }

  /** `nowMs` is `Io.now`. */
  find(packet: Uint8Array, scan: QueryScan, nowMs: number): Entry | undefined {
    const first = this.#firstSlot(scan.hash)
    for (let slot = first; slot < first + WAYS; slot += 1) {
      const entry = this.#slots[slot]
      if (entry === undefined) return undefined
      if (entry.hash === scan.hash && entry.variant === scan.variant && asks(packet, scan, entry))
        return entry.untilMs > nowMs ? entry : undefined
    }
    return undefined
  }

  /** In place of an entry for the same question, if there is one. */
  add(entry: Entry): void {
    const bytes = sizeOf(entry)
    if (entry.bytes.length > ANSWER_MAX_BYTES) return
    if (this.#bytes + bytes > this.#bytesMax) this.clear()
    this.#place(entry)
  }

  /** Places that have been made stay: what is asked next will want them again. */
  clear(): void {
    this.#slots.fill(undefined)
    this.#count = 0
    this.#bytes = 0
  }

  #firstSlot(hash: number): number {
    return ((hash ^ (hash >>> 15)) * WAYS) & (this.#slots.length - 1)
  }

  #place(entry: Entry): void {
    const first = this.#firstSlot(entry.hash)
    let slot = first
    while (slot < first + WAYS && !this.#isFree(slot, entry)) slot += 1
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

  #isFree(slot: number, entry: Entry): boolean {
    const there = this.#slots[slot]
    return there === undefined || (there.hash === entry.hash && isSameQuestion(there, entry))
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

function isSameQuestion(one: CachedAnswer, other: CachedAnswer): boolean {
  const { bytes, questionEnd, variant } = one
  if (questionEnd !== other.questionEnd || variant !== other.variant) return false
  for (let at = HEADER_BYTES; at < questionEnd; at += 1) {
    if (at < questionEnd - 4 ? FOLDED[bytes[at]!] !== FOLDED[other.bytes[at]!] : bytes[at] !== other.bytes[at])
      return false
  }
  return true
}

/** Whether the packet's question is the answer's, in whatever case either stands. */
function asks(packet: Uint8Array, scan: QueryScan, { bytes, questionEnd }: CachedAnswer): boolean {
  const { nameEnd } = scan
  if (questionEnd !== scan.questionEnd) return false
  for (let at = HEADER_BYTES; at < nameEnd; at += 1) if (FOLDED[packet[at]!] !== FOLDED[bytes[at]!]) return false
  for (let at = nameEnd; at < questionEnd; at += 1) if (packet[at] !== bytes[at]) return false
  return true
}
