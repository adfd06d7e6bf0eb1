// One state of a zone: contents, and layers of what was edited since.

import type { Name } from '../core/name.ts'
import type { RecordSet, ZoneRecord, ZoneVersion } from '../core/zones.ts'
import { TYPE } from '../shared/dns/messages.ts'
import type { Contents, SortedNames, ZoneNode } from './contents.ts'
import { pushed, type Changed, type Layer } from './layer.ts'
import { canonicalKey } from '../shared/dns/codec/canonical.ts'
import { serialOf } from '../shared/dns/serial.ts'

export class Version implements ZoneVersion {
  readonly serial: number
  readonly count: number
  readonly #contents: Contents
  /** The newest first. */
  readonly #layers: readonly Layer[]

  /** There is an SOA at the apex. */
  constructor(contents: Contents, layers: readonly Layer[] = [], count: number = contents.count) {
    this.#contents = contents
    this.#layers = layers
    this.count = count
    this.serial = serialOf(this.soa.data) ?? 0
  }

  get apex(): Name {
    return this.#contents.apex
  }

  get soa(): ZoneRecord {
    const set = this.setAt(this.apex, TYPE.SOA)
    const data = set?.data[0]
    if (set === undefined || data === undefined) throw new Error(`${this.apex || '.'} has no SOA`)
    return { name: this.apex, type: TYPE.SOA, ttlSeconds: set.ttlSeconds, data }
  }

  /** Names that its layers hold, counted as often as they do, and those of the contents below. */
  get sizes(): { readonly overlay: number; readonly contents: number } {
    const overlay = this.#layers.reduce((sum, { changed }) => sum + changed.size, 0)
    return { overlay, contents: this.#contents.names }
  }

  /** This one with some names changed and `count` records in all. */
  with(changed: Changed, count: number): Version {
    return new Version(this.#contents, pushed(this.#layers, changed), count)
  }

  node(name: Name): ZoneNode | undefined {
    for (const { changed } of this.#layers) {
      const node = changed.get(name)
      if (node !== undefined || changed.has(name)) return node
    }
    return this.#contents.node(name)
  }

  setsAt(name: Name): readonly RecordSet[] | undefined {
    return this.node(name)?.sets
  }

  setAt(name: Name, type: number): RecordSet | undefined {
    for (const { changed } of this.#layers) {
      const node = changed.get(name)
      if (node !== undefined || changed.has(name)) return node?.sets.find((set) => set.type === type)
    }
    return this.#contents.setAt(name, type)
  }

  has(name: Name): boolean {
    for (const { changed } of this.#layers) {
      const node = changed.get(name)
      if (node !== undefined || changed.has(name)) return node !== undefined
    }
    return this.#contents.has(name)
  }

  around(name: Name): { readonly at: Name; readonly next: Name } {
    const exists = this.has(name)
    let at = this.apex
    let atKey = canonicalKey(at)
    let next: Name | undefined
    let nextKey = ''
    for (const sorted of this.#sources()) {
      const from = sorted.lowerBound(name)
      const before = exists ? undefined : this.#living(sorted, from - 1, -1)
      const behind = this.#living(sorted, from < sorted.length && sorted.at(from) === name ? from + 1 : from, 1)
      const beforeKey = canonicalKey(before ?? at)
      if (before !== undefined && beforeKey > atKey) [at, atKey] = [before, beforeKey]
      const behindKey = canonicalKey(behind ?? '')
      if (behind !== undefined && (next === undefined || behindKey < nextKey)) [next, nextKey] = [behind, behindKey]
    }
    return { at: exists ? name : at, next: next ?? this.apex }
  }

  *names(): Iterable<Name> {
    const cursors = this.#sources().map((sorted) => new Cursor(sorted))
    for (;;) {
      let least: Cursor | undefined
      for (const cursor of cursors)
        if (cursor.name !== undefined && (least === undefined || cursor.key < least.key)) least = cursor
      if (least?.name === undefined) return
      const { name, key } = least
      for (const cursor of cursors) if (cursor.key === key && cursor.name !== undefined) cursor.step()
      if (this.has(name)) yield name
    }
  }

  *records(): Iterable<ZoneRecord> {
    const { apex, soa } = this
    yield soa
    for (const { name, sets } of this.#layers.length === 0 ? this.#contents.nodes() : this.#nodes())
      for (const { type, ttlSeconds, data } of sets) {
        if (type === TYPE.SOA && name === apex) continue
        for (const one of data) yield { name, type, ttlSeconds, data: one }
      }
  }

  *#nodes(): Iterable<{ readonly name: Name; readonly sets: readonly RecordSet[] }> {
    for (const name of this.names()) yield { name, sets: this.setsAt(name) ?? [] }
  }

  #sources(): SortedNames[] {
    return [this.#contents.sorted, ...this.#layers.map(({ sorted }) => sorted)]
  }

  /** The first name from `index` on that exists. */
  #living(sorted: SortedNames, index: number, step: 1 | -1): Name | undefined {
    for (let at = index; at >= 0 && at < sorted.length; at += step) {
      const name = sorted.at(at)
      if (this.has(name)) return name
    }
    return undefined
  }
}

class Cursor {
  readonly #sorted: SortedNames
  #at = -1
  /** Undefined behind the last. */
  name: Name | undefined
  key = ''

  constructor(sorted: SortedNames) {
    this.#sorted = sorted
    this.step()
  }

  step(): void {
    this.#at += 1
    this.name = this.#at < this.#sorted.length ? this.#sorted.at(this.#at) : undefined
    this.key = canonicalKey(this.name ?? '')
  }
}
