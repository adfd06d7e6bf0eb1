// What one zone says of one name (RFC 1034 §4.3.2, RFC 4592, RFC 6672). Following chains from zone to zone is resolve.ts' work.

import type { Name } from '../../core/name.ts'
import type { RecordSet, ZoneVersion } from '../../core/zones.ts'
import { parentOf } from '../../shared/dns/codec/name.ts'
import { TYPE } from '../../shared/dns/messages.ts'

/**
 * Data at the name; data at the wildcard that stands for it; a delegation at or above it; a DNAME above it; or that there
 * is no such name. `encloser`: the closest name above it that exists.
 */
export type Finding =
  | { readonly kind: 'name'; readonly at: Name; readonly sets: readonly RecordSet[] }
  | { readonly kind: 'wildcard'; readonly at: Name; readonly sets: readonly RecordSet[]; readonly encloser: Name }
  | { readonly kind: 'delegation'; readonly at: Name; readonly servers: RecordSet }
  | { readonly kind: 'dname'; readonly at: Name; readonly set: RecordSet }
  | { readonly kind: 'no-name'; readonly encloser: Name }

/** `name` is folded and within the zone. */
export function findInZone(version: ZoneVersion, name: Name, type: number): Finding {
  const { apex } = version
  const own = version.setsAt(name)
  let barrier = own === undefined || name === apex || type === TYPE.DS ? undefined : delegationAt(name, own)
  let encloser = own === undefined ? undefined : name
  for (let at = name; at !== apex;) {
    at = parentOf(at) ?? apex
    const sets = version.setsAt(at)
    if (sets === undefined) continue
    encloser ??= at
    barrier = barrierAt(at, sets, at === apex) ?? barrier
  }
  if (barrier !== undefined) return barrier
  if (own !== undefined) return { kind: 'name', at: name, sets: own }
  return wildcardOr(version, encloser ?? apex)
}

/** The highest barrier above a name counts: nothing below it is this zone's to say. */
function barrierAt(at: Name, sets: readonly RecordSet[], isApex: boolean): Finding | undefined {
  const cut = isApex ? undefined : delegationAt(at, sets)
  if (cut !== undefined) return cut
  const set = setOf(sets, TYPE.DNAME)
  return set && { kind: 'dname', at, set }
}

function delegationAt(at: Name, sets: readonly RecordSet[]): Finding | undefined {
  const servers = setOf(sets, TYPE.NS)
  return servers && { kind: 'delegation', at, servers }
}

/** The wildcard that stands for a name that does not exist: below its closest encloser (RFC 4592 §3.3.1). */
function wildcardOr(version: ZoneVersion, encloser: Name): Finding {
  const at = wildcardBelow(encloser)
  const sets = version.setsAt(at)
  return sets === undefined ? { kind: 'no-name', encloser } : { kind: 'wildcard', at, sets, encloser }
}

function wildcardBelow(encloser: Name): Name {
  return encloser === '' ? '*' : `*.${encloser}`
}

export function setOf(sets: readonly RecordSet[], type: number): RecordSet | undefined {
  for (const set of sets) if (set.type === type) return set
  return undefined
}
