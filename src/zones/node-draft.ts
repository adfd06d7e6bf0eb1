// Names of a version while they are edited: those that were touched, with what they have now. Names between the apex and a name
// with records exist as well (RFC 8020 §1), and go with the last name below them.

import type { Name } from '../core/name.ts'
import type { RecordSet, ZoneRecord } from '../core/zones.ts'
import { parentOf } from '../shared/dns/codec/name.ts'
import { TYPE } from '../shared/dns/messages.ts'
import { latin1 } from '../wire/text.ts'
import type { ZoneNode } from './contents.ts'

interface Nodes {
  readonly apex: Name
  node(name: Name): ZoneNode | undefined
}

const NOTHING: readonly RecordSet[] = []

export class NodeDraft {
  readonly changed = new Map<Name, ZoneNode | undefined>()
  readonly #before: Nodes

  constructor(before: Nodes) {
    this.#before = before
  }

  get apex(): Name {
    return this.#before.apex
  }

  node(name: Name): ZoneNode | undefined {
    return this.changed.get(name) ?? (this.changed.has(name) ? undefined : this.#before.node(name))
  }

  setsAt(name: Name): readonly RecordSet[] {
    return this.node(name)?.sets ?? NOTHING
  }

  setAt(name: Name, type: number): RecordSet | undefined {
    return this.setsAt(name).find((set) => set.type === type)
  }

  /** In place of the set of its type, or behind the others. */
  putSet(name: Name, set: RecordSet): void {
    const sets = this.setsAt(name)
    const there = sets.some(({ type }) => type === set.type)
    this.#put(name, there ? sets.map((one) => (one.type === set.type ? set : one)) : [...sets, set])
  }

  keepSets(name: Name, isKept: (set: RecordSet) => boolean): void {
    const sets = this.setsAt(name)
    const kept = sets.filter(isKept)
    if (kept.length < sets.length) this.#put(name, kept)
  }

  /** Records that went and that came, the SOA left out. Another TTL makes a record another one. */
  differences(): { removed: ZoneRecord[]; added: ZoneRecord[] } {
    const removed: ZoneRecord[] = []
    const added: ZoneRecord[] = []
    for (const [name, node] of this.changed) {
      const old = this.#before.node(name)?.sets ?? NOTHING
      const now = node?.sets ?? NOTHING
      if (old === now) continue
      for (const set of now) if (set.type !== TYPE.SOA) missingFrom(old, set, name, added)
      for (const set of old) if (set.type !== TYPE.SOA) missingFrom(now, set, name, removed)
    }
    return { removed, added }
  }

  #put(name: Name, sets: readonly RecordSet[]): void {
    const node = this.node(name)
    this.changed.set(name, { sets, children: node?.children ?? 0 })
    if (node === undefined) this.#linked(name, 1)
    else this.#dropEmpty(name)
  }

  #linked(child: Name, step: 1 | -1): void {
    const name = child === this.apex ? undefined : parentOf(child)
    if (name === undefined) return
    const node = this.node(name)
    this.changed.set(name, { sets: node?.sets ?? NOTHING, children: (node?.children ?? 0) + step })
    if (node === undefined) this.#linked(name, 1)
    else this.#dropEmpty(name)
  }

  #dropEmpty(name: Name): void {
    const node = this.node(name)
    if (node === undefined || name === this.apex || node.sets.length > 0 || node.children > 0) return
    this.changed.set(name, undefined)
    this.#linked(name, -1)
  }
}

/** Puts the records of `set` that `sets` has not, with their TTL, into `missing`. */
function missingFrom(sets: readonly RecordSet[], set: RecordSet, name: Name, missing: ZoneRecord[]): void {
  const other = sets.find(({ type }) => type === set.type)
  if (other === set) return
  const { type, ttlSeconds } = set
  const known = new Set(other?.ttlSeconds === ttlSeconds ? other.data.map((one) => latin1(one)) : [])
  for (const data of set.data) if (!known.has(latin1(data))) missing.push({ name, type, ttlSeconds, data })
}
