// Signatures that have been made, by name and type. One is good for exactly the records and the moment that it was made for, so
// that neither edits nor rolls of keys have to tell of themselves here.

import type { Name } from '../../core/name.ts'
import type { RecordSet } from '../../core/zones.ts'
import type { SigningMoment } from '../../shared/dnssec/index.ts'

/** Sets whose signatures are kept where a zone is signed as it is asked: answers are kept besides. Ours. */
const KEPT_MAX = 16_384

interface Kept {
  readonly set: RecordSet
  readonly inceptionMs: number
  readonly keys: SigningMoment['keys']
  readonly signatures: RecordSet
}

export class KeptSignatures {
  readonly #all: boolean
  readonly #kept = new Map<string, Kept>()

  /** `all`: those of a whole zone, however large. */
  constructor(all: boolean) {
    this.#all = all
  }

  get(name: Name, set: RecordSet, moment: SigningMoment): RecordSet | undefined {
    const kept = this.#kept.get(keyOf(name, set))
    if (kept === undefined || kept.inceptionMs !== moment.inceptionMs || kept.keys !== moment.keys) return undefined
    return isSame(kept.set, set) ? kept.signatures : undefined
  }

  /** `signatures`, which are kept. */
  add(name: Name, set: RecordSet, { inceptionMs, keys }: SigningMoment, signatures: RecordSet): RecordSet {
    const key = keyOf(name, set)
    if (!this.#all && this.#kept.size >= KEPT_MAX && !this.#kept.has(key)) this.#kept.clear()
    this.#kept.set(key, { set, inceptionMs, keys, signatures })
    return signatures
  }
}

function keyOf(name: Name, { type }: RecordSet): string {
  return `${type} ${name}`
}

function isSame(one: RecordSet, other: RecordSet): boolean {
  if (one === other) return true
  return (
    one.ttlSeconds === other.ttlSeconds &&
    one.data.length === other.data.length &&
    one.data.every((data, at) => Buffer.compare(data, other.data[at] ?? NONE) === 0)
  )
}

const NONE = new Uint8Array(0)
