// Signatures of a zone that holds them among its records (RFC 4035 §2): they are found, none is made. Of a zone that is not
// signed there is nothing to find.

import type { Name } from '../../core/name.ts'
import type { ZoneVersion } from '../../core/zones.ts'
import { parentOf } from '../../shared/dns/codec/name.ts'
import { TYPE } from '../../shared/dns/messages.ts'
import { closestEncloser } from '../../shared/dnssec/denial/authority.ts'
import { wildcardOf } from '../../shared/dnssec/denial/denial.ts'
import { nameBefore } from '../../shared/dnssec/denial/neighbours.ts'
import { nextCloser } from '../../shared/dnssec/denial/nsec3.ts'
import type { OwnedSet } from '../../shared/dnssec/index.ts'
import { nsec3Hash, nsec3Owner } from '../../shared/dnssec/nsec3-hash.ts'
import { decodeNsec3 } from '../../shared/dnssec/records.ts'
import type { Denied, ZoneSigner } from './signing.ts'

/** Where RRSIG data has its times (RFC 4034 §3.1). */
const EXPIRATION = 8
const INCEPTION = 12
/** Of signatures that have expired on purpose: beyond the day that validators forgive (Unbound's `val-sig-skew-max`). */
const EXPIRED_SINCE_SECONDS = 2 * 86_400

/** Owners of NSEC3 records in the order of their hashes, which is that of their names. */
const nsec3Owners = new WeakMap<ZoneVersion, readonly Name[]>()

export const recordSigner: ZoneSigner = {
  added: () => undefined,
  signsMore: (version) => version.setAt(version.apex, TYPE.DNSKEY) === undefined,
  signaturesOf(version, name, { type }, time) {
    const all = version.setAt(name, TYPE.RRSIG)
    const data = all?.data.filter((one) => ((one[0]! << 8) | one[1]!) === type) ?? []
    if (all === undefined || data.length === 0) return undefined
    return { ...all, data: time === 'past' ? data.map(past) : data }
  },
  denialOf(version, denied) {
    if (version.setAt(version.apex, TYPE.NSEC) !== undefined) return nsecProof(version, denied)
    return version.setAt(version.apex, TYPE.NSEC3PARAM) === undefined ? [] : nsec3Proof(version, denied)
  },
  freshUntilMs: () => Infinity,
}

/** With times before those that it has, as long and as long ago as if it had been made then. It fits nothing. */
function past(signature: Uint8Array): Uint8Array {
  const data = new Uint8Array(signature)
  const view = new DataView(data.buffer)
  const [expiration, inception] = [view.getUint32(EXPIRATION), view.getUint32(INCEPTION)]
  view.setUint32(EXPIRATION, (inception - EXPIRED_SINCE_SECONDS) >>> 0)
  view.setUint32(INCEPTION, (inception - EXPIRED_SINCE_SECONDS - ((expiration - inception) >>> 0)) >>> 0)
  return data
}

function nsecProof(version: ZoneVersion, { kind, name, encloser }: Denied): OwnedSet[] {
  const own = nsecAt(version, name)
  return kind === 'no-data' || kind === 'wildcard' ? own : [...own, ...nsecAt(version, wildcardOf(encloser))]
}

/** The NSEC record at or before a name. */
function nsecAt(version: ZoneVersion, name: Name): OwnedSet[] {
  for (let { at } = version.around(name); ; { at } = version.around(nameBefore(at))) {
    const set = version.setAt(at, TYPE.NSEC)
    if (set !== undefined) return [{ name: at, set }]
    if (at === version.apex) return []
  }
}

function nsec3Proof(version: ZoneVersion, { kind, name, encloser }: Denied): OwnedSet[] {
  if (kind === 'no-data') {
    const own = nsec3For(version, name, true)
    if (own.length > 0) return own
    const above = closestEncloser(version, parentOf(name) ?? '')
    return [...nsec3For(version, above, true), ...nsec3For(version, nextCloser(name, above), false)]
  }
  const covering = nsec3For(version, nextCloser(name, encloser), false)
  if (kind === 'wildcard') return covering
  const wildcard = nsec3For(version, wildcardOf(encloser), kind === 'wildcard-no-data')
  return [...nsec3For(version, encloser, true), ...covering, ...wildcard]
}

/** The NSEC3 record whose hash is that of a name, or that covers it. */
function nsec3For(version: ZoneVersion, name: Name, matching: boolean): OwnedSet[] {
  const owners = ownersIn(version)
  const first = version.setAt(owners[0] ?? '', TYPE.NSEC3)?.data[0]
  const parameters = first && decodeNsec3(first)
  if (parameters === undefined) return []
  const wanted = nsec3Owner(nsec3Hash(name, parameters), version.apex)
  const at = owners[placeOf(owners, wanted)] ?? ''
  const set = version.setAt(at, TYPE.NSEC3)
  return set === undefined || (matching && at !== wanted) ? [] : [{ name: at, set }]
}

/** The last name at or before `wanted`; the very last one where there is none. */
function placeOf(owners: readonly Name[], wanted: Name): number {
  let low = 0
  let high = owners.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((owners[middle] ?? '') <= wanted) low = middle + 1
    else high = middle
  }
  return (low === 0 ? owners.length : low) - 1
}

function ownersIn(version: ZoneVersion): readonly Name[] {
  const known = nsec3Owners.get(version)
  if (known !== undefined) return known
  const owners = [...version.names()].filter((name) => version.setAt(name, TYPE.NSEC3) !== undefined).toSorted()
  nsec3Owners.set(version, owners)
  return owners
}
