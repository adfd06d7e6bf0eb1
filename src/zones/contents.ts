// What the contents of a zone are to those who read them, however they are kept.

import type { Name } from '../core/name.ts'
import type { RecordSet } from '../core/zones.ts'

/** A name that exists. Without sets it has children, or is the apex. */
export interface ZoneNode {
  readonly sets: readonly RecordSet[]
  /** Names right below it. */
  readonly children: number
}

/** Names in canonical order. */
export interface SortedNames {
  readonly length: number
  /** `index` is below `length`. */
  at(index: number): Name
  /** The first index whose name is not before `name`; `length` if all are. */
  lowerBound(name: Name): number
}

/** All of a zone, as it was read or put there. It never changes. */
export interface Contents {
  readonly apex: Name
  /** Empty non-terminals included. */
  readonly names: number
  readonly count: number
  /** 32 bits that other contents hardly have. */
  readonly digest: number
  node(name: Name): ZoneNode | undefined
  setAt(name: Name, type: number): RecordSet | undefined
  has(name: Name): boolean
  /** Made when it is first asked for. */
  readonly sorted: SortedNames
  /** In canonical order, those without sets left out. */
  nodes(): Iterable<{ readonly name: Name; readonly sets: readonly RecordSet[] }>
}
