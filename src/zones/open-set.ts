// The one set that an edit is at, its records by what makes them the same, so that each of thousands in one set is not
// compared with each other. It goes back into the draft when the edit comes to another set.

import type { Name } from '../core/name.ts'
import { canonicalRdata } from '../shared/dns/codec/canonical.ts'
import { latin1 } from '../wire/text.ts'
import type { NodeDraft } from './node-draft.ts'

export class OpenSet {
  readonly #draft: NodeDraft
  #name: Name = ''
  #type = 0
  #ttlSeconds = 0
  #records = new Map<string, Uint8Array>()
  #isChanged = false

  constructor(draft: NodeDraft) {
    this.#draft = draft
  }

  get count(): number {
    return this.#records.size
  }

  /** Closes the one before. */
  open(name: Name, type: number): this {
    if (name === this.#name && type === this.#type) return this
    this.close()
    const set = this.#draft.setAt(name, type)
    this.#name = name
    this.#type = type
    this.#ttlSeconds = set?.ttlSeconds ?? 0
    this.#records = new Map((set?.data ?? []).map((data) => [this.#key(data), data]))
    return this
  }

  has(data: Uint8Array): boolean {
    return this.#records.has(this.#key(data))
  }

  /** One that is there stays as it was written; the time is that of the set. */
  add(data: Uint8Array, ttlSeconds: number): void {
    const key = this.#key(data)
    if (!this.#records.has(key)) this.#records.set(key, data)
    this.#ttlSeconds = ttlSeconds
    this.#isChanged = true
  }

  delete(data: Uint8Array): void {
    if (this.#records.delete(this.#key(data))) this.#isChanged = true
  }

  clear(): void {
    this.#records.clear()
  }

  close(): void {
    const type = this.#type
    this.#type = 0
    if (!this.#isChanged) return
    this.#isChanged = false
    const data = [...this.#records.values()]
    if (data.length === 0) this.#draft.keepSets(this.#name, (one) => one.type !== type)
    else this.#draft.putSet(this.#name, { type, ttlSeconds: this.#ttlSeconds, data })
  }

  /** Names in any case, all else octet by octet (RFC 4034 §6.2, RFC 2136 §1.1). */
  #key(data: Uint8Array): string {
    return latin1(canonicalRdata(this.#type, data))
  }
}
