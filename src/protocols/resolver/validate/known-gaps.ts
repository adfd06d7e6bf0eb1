// Proofs of denial that were seen and hold, used for other names than those that they were given for (RFC 8198). NSEC only: what
// an NSEC3 record covers can only be found by hashing every name that is asked for.

import { TYPE, type DomainName } from '../../../shared/dns/messages.ts'
import { parentOf } from '../../../shared/dns/codec/name.ts'
import { compareNames } from '../../../shared/dns/codec/canonical.ts'
import { wildcardOf } from '../../../shared/dnssec/denial/denial.ts'
import { encloserOf, nsecProver } from '../../../shared/dnssec/proofs/nsec.ts'
import type { OwnedNsec } from '../../../shared/dnssec/proofs/proof.ts'
import { decodeNsec, decodeRrsig } from '../../../shared/dnssec/records.ts'
import type { Link } from '../cache/links.ts'
import { GAPS_PER_ZONE, GAP_ZONES_MAX } from '../limits.ts'
import { soaAmong, type SignedSet } from '../records.ts'

interface Gap extends OwnedNsec {
  readonly set: SignedSet
  readonly storedMs: number
  readonly expiresMs: number
}

interface Zone {
  /** In canonical order of their owners. */
  readonly gaps: Gap[]
  soa: { readonly set: SignedSet; readonly storedMs: number; readonly expiresMs: number } | undefined
}

export class KnownGaps {
  readonly #zones = new Map<DomainName, Zone>()

  /** `link` has been validated. */
  learn(link: Link): void {
    const soa = soaAmong(link.authorities)
    for (const set of link.authorities) if (set.type === TYPE.NSEC) this.#add(set, soa, link)
  }

  /** A denial that nobody needs to be asked for. DS is the parent's matter, and never answered so. */
  proven(name: DomainName, type: number, wallMs: number): Link | undefined {
    if (this.#zones.size === 0 || type === TYPE.DS) return undefined
    for (let above: DomainName | undefined = name; above !== undefined; above = parentOf(above)) {
      const zone = this.#zones.get(above)
      if (zone?.soa !== undefined) return fromZone(zone, above, name, type, wallMs)
    }
    return undefined
  }

  clear(): void {
    this.#zones.clear()
  }

  #add(set: SignedSet, soa: SignedSet | undefined, { storedMs, expiresMs }: Link): void {
    const nsec = decodeNsec(set.data[0] ?? new Uint8Array(0))
    const signer = decodeRrsig(set.signatures[0] ?? new Uint8Array(0))?.signer
    if (nsec === undefined || signer === undefined) return
    const zone = this.#zoneAt(signer)
    const until = { storedMs, expiresMs: Math.min(expiresMs, storedMs + set.ttlSeconds * 1000) }
    if (soa !== undefined && soa.name === signer) zone.soa = { set: soa, ...until }
    const at = placeOf(zone.gaps, set.name)
    const there = zone.gaps[at]
    const replaced = there !== undefined && there.owner === set.name ? 1 : 0
    if (replaced === 0 && zone.gaps.length >= GAPS_PER_ZONE) zone.gaps.length = 0
    zone.gaps.splice(Math.min(at, zone.gaps.length), replaced, { owner: set.name, nsec, set, ...until })
  }

  #zoneAt(apex: DomainName): Zone {
    const known = this.#zones.get(apex)
    if (known !== undefined) return known
    if (this.#zones.size >= GAP_ZONES_MAX) this.#zones.clear()
    const fresh: Zone = { gaps: [], soa: undefined }
    this.#zones.set(apex, fresh)
    return fresh
  }
}

function fromZone(zone: Zone, apex: DomainName, name: DomainName, type: number, wallMs: number): Link | undefined {
  const { soa } = zone
  const found = atOrBefore(zone.gaps, name, wallMs)
  if (soa === undefined || !holds(soa, wallMs) || found === undefined) return undefined
  const wildcard = atOrBefore(zone.gaps, wildcardOf(encloserOf(found, name)), wallMs)
  const gaps = wildcard === undefined || wildcard === found ? [found] : [found, wildcard]
  const prover = nsecProver(apex, gaps)
  const isMatch = found.owner === name
  const kind = isMatch
    ? prover.noData(name, type) === 'proven' && 'no-data'
    : prover.noName(name) === 'proven' && 'no-name'
  if (kind === false) return undefined
  const used = isMatch ? [found] : gaps
  const expiresMs = Math.min(soa.expiresMs, ...used.map((gap) => gap.expiresMs))
  const authorities = [soa.set, ...used.map((gap) => gap.set)]
  const ttlSeconds = Math.ceil((expiresMs - wallMs) / 1000)
  return {
    name,
    type,
    kind,
    sets: [],
    authorities,
    zone: apex,
    security: 'secure',
    ttlSeconds,
    storedMs: wallMs,
    expiresMs,
  }
}

function holds(
  { storedMs, expiresMs }: { readonly storedMs: number; readonly expiresMs: number },
  wallMs: number,
): boolean {
  return storedMs <= wallMs && wallMs < expiresMs
}

function atOrBefore(gaps: readonly Gap[], name: DomainName, wallMs: number): Gap | undefined {
  const at = placeOf(gaps, name)
  const gap = gaps[at]?.owner === name ? gaps[at] : gaps[at - 1]
  return gap !== undefined && holds(gap, wallMs) ? gap : undefined
}

/** Where a name stands or would stand. */
function placeOf(gaps: readonly Gap[], name: DomainName): number {
  let low = 0
  let high = gaps.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (compareNames(gaps[middle]!.owner, name) < 0) low = middle + 1
    else high = middle
  }
  return low
}
