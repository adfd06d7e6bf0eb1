// What is known of names: for each name and type one link, which is an answer, an alias, or proof that there is nothing.
// Bounded in bytes; what is not asked for goes first. Times are the world's, and a clock set back empties nothing but
// makes nothing last: what was stored in the future is not fresh.

import type { DomainName } from '../../../shared/dns/messages.ts'
import { sizeOfSet, type SignedSet } from '../records.ts'

/** RFC 4033 §5. `unchecked`: nobody has looked yet. */
export type Security = 'unchecked' | 'secure' | 'insecure' | 'bogus'

/** An extended error (RFC 8914). */
export interface ExtendedError {
  readonly code: number
  readonly text: string
}

export interface Link {
  /** In lower case. */
  readonly name: DomainName
  readonly type: number
  readonly kind: 'data' | 'alias' | 'no-data' | 'no-name' | 'failure'
  /** Of an alias. */
  readonly target?: DomainName
  readonly sets: readonly SignedSet[]
  /** SOA and proofs (RFC 4035 §3.1.3). */
  readonly authorities: readonly SignedSet[]
  /** The zone whose server said so, and that server's address. */
  readonly zone: DomainName
  readonly from?: string
  readonly security: Security
  readonly error?: ExtendedError
  readonly ttlSeconds: number
  readonly storedMs: number
  readonly expiresMs: number
}

/** What an entry takes besides its sets, measured on Node 24. */
const ENTRY_BYTES = 350
/** A bound on how many entries one addition looks at for one that nobody asked for. Ours. */
const LOOKS_MAX = 64

interface Entry {
  readonly link: Link
  readonly bytes: number
  asked: boolean
}

export class LinkCache {
  readonly #entries = new Map<string, Entry>()
  readonly #bytesMax: number
  #bytes = 0

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax
  }

  get bytes(): number {
    return this.#bytes
  }

  get count(): number {
    return this.#entries.size
  }

  /** Fresh or not: `isFresh` tells. */
  find(name: DomainName, type: number): Link | undefined {
    return this.#at(`${type} ${name}`)
  }

  /** What says that a name does not exist, whatever type was asked for (RFC 8020). */
  findNoName(name: DomainName): Link | undefined {
    return this.#at(`- ${name}`)
  }

  /** Beside what is known from before, which may still be given past its time (RFC 8767). */
  findFailure(name: DomainName, type: number): Link | undefined {
    return this.#at(`! ${type} ${name}`)
  }

  add(link: Link): void {
    const key = keyOf(link)
    const bytes = sizeOf(link)
    this.#remove(key)
    if (link.kind !== 'no-name' && link.kind !== 'failure') this.#remove(`- ${link.name}`)
    if (bytes > this.#bytesMax) return
    while (this.#bytes + bytes > this.#bytesMax) this.#makeRoom()
    this.#entries.set(key, { link, bytes, asked: false })
    this.#bytes += bytes
  }

  remove(name: DomainName, type: number): void {
    this.#remove(`${type} ${name}`)
  }

  clear(): void {
    this.#entries.clear()
    this.#bytes = 0
  }

  #at(key: string): Link | undefined {
    const entry = this.#entries.get(key)
    if (entry === undefined) return undefined
    entry.asked = true
    return entry.link
  }

  #remove(key: string): void {
    const entry = this.#entries.get(key)
    if (entry === undefined) return
    this.#bytes -= entry.bytes
    this.#entries.delete(key)
  }

  /** The oldest that was not asked for since it was last looked at goes; a few that were get another round. */
  #makeRoom(): void {
    let looks = 0
    for (const [key, entry] of this.#entries) {
      if (!entry.asked || looks === LOOKS_MAX) return this.#remove(key)
      entry.asked = false
      this.#entries.delete(key)
      this.#entries.set(key, entry)
      looks += 1
    }
  }
}

function keyOf({ kind, name, type }: Link): string {
  if (kind === 'no-name') return `- ${name}`
  return kind === 'failure' ? `! ${type} ${name}` : `${type} ${name}`
}

function sizeOf({ name, sets, authorities }: Link): number {
  let size = ENTRY_BYTES + name.length * 4
  for (const set of sets) size += sizeOfSet(set)
  for (const set of authorities) size += sizeOfSet(set)
  return size
}

export function isFresh(link: { readonly storedMs: number; readonly expiresMs: number }, wallMs: number): boolean {
  return link.storedMs <= wallMs && wallMs < link.expiresMs
}

/** Whole seconds that are left of a link. */
export function secondsLeft(link: Link, wallMs: number): number {
  return Math.max(0, Math.ceil((link.expiresMs - wallMs) / 1000))
}
