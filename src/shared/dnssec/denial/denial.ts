// What proofs that something does not exist have in common: the sets that make one up, and the questions they answer.

import type { Name } from '../../../core/name.ts'
import type { RecordSet } from '../../../core/zones.ts'

export { wildcardAt as wildcardOf } from '../../dns/codec/labels.ts'

/** A set and where it stands. */
export interface OwnedSet {
  readonly name: Name
  readonly set: RecordSet
}

/** Proofs from one version of a zone; each a few sets without their signatures. Names are folded, at or below the apex, not hidden by a delegation. */
export interface Denial {
  /** `name` exists, but not with the type that was asked for. Of a delegation: that there is no DS. */
  noData(name: Name): readonly OwnedSet[]
  /** There is no `name`, and no wildcard that would have made it. */
  noName(name: Name): readonly OwnedSet[]
  /** There is no `name`, so that a wildcard answered. */
  wildcardAnswer(name: Name): readonly OwnedSet[]
  /** There is no `name`, and the wildcard in its place has no such type. */
  wildcardNoData(name: Name): readonly OwnedSet[]
  /** Every NSEC or NSEC3 set of the zone. */
  all(): Iterable<OwnedSet>
}

/** What a proof needs to know of a zone. */
export interface DenialView {
  /** Types at a name, without those that signing itself adds. */
  typesAt(name: Name): readonly number[]
  /** Whether a name is a delegation without DS. */
  isInsecureCut(name: Name): boolean
  readonly ttlSeconds: number
}

/** One set for each owner. */
export function distinct(sets: readonly (OwnedSet | undefined)[]): readonly OwnedSet[] {
  const byOwner = new Map<Name, OwnedSet>()
  for (const each of sets) if (each !== undefined && !byOwner.has(each.name)) byOwner.set(each.name, each)
  return [...byOwner.values()]
}
