// Denial for names that are made up when they are asked for (RFC 4470, RFC 7129 appendix B): each proof covers as
// little as can be, so that it denies nothing that somebody may ask for later.

import type { Name } from '../../../core/name.ts'
import type { Signing } from '../../../core/zones.ts'
import { nsec3Hash, nsec3Owner } from '../nsec3-hash.ts'
import { encodeNsec, encodeNsec3 } from '../records.ts'
import type { OwnedSet } from './denial.ts'
import { nameBefore, nameBehind, nameBeyond } from './neighbours.ts'
import { TYPE } from '../../dns/messages.ts'

/** That `name` has `types` and no others. */
export function minimalNoData(
  zone: Name,
  signing: Signing,
  name: Name,
  types: readonly number[],
  ttlSeconds: number,
): OwnedSet {
  if (signing.denial === 'nsec') {
    const data = encodeNsec(nameBehind(name), [...types, TYPE.RRSIG, TYPE.NSEC])
    return { name, set: { type: TYPE.NSEC, ttlSeconds, data: [data] } }
  }
  const digest = nsec3Hash(name, parametersOf(signing))
  return nsec3Between(zone, signing, digest, behind(digest), [...types, TYPE.RRSIG], ttlSeconds)
}

/** That there is no `name`, nor anything below it: the name right below the closest encloser (RFC 5155 §1.3). The closest encloser and its wildcard are further proofs, made like this one. */
export function minimalNoName(zone: Name, signing: Signing, name: Name, ttlSeconds: number): OwnedSet {
  if (signing.denial === 'nsec') {
    const data = encodeNsec(nameBeyond(name), [TYPE.RRSIG, TYPE.NSEC])
    return { name: nameBefore(name), set: { type: TYPE.NSEC, ttlSeconds, data: [data] } }
  }
  const digest = nsec3Hash(name, parametersOf(signing))
  return nsec3Between(zone, signing, before(digest), behind(digest), [], ttlSeconds)
}

/** The salt and iterations of a zone's NSEC3 records. */
export function parametersOf(signing: Signing): { readonly salt: Uint8Array; readonly iterations: number } {
  return { salt: Buffer.from(signing.salt, 'hex'), iterations: signing.iterations }
}

function nsec3Between(
  zone: Name,
  signing: Signing,
  from: Uint8Array,
  next: Uint8Array,
  types: readonly number[],
  ttlSeconds: number,
): OwnedSet {
  const data = encodeNsec3(parametersOf(signing), 0, next, types)
  return { name: nsec3Owner(from, zone), set: { type: TYPE.NSEC3, ttlSeconds, data: [data] } }
}

/** The next hash; the first one behind the last. */
function behind(digest: Uint8Array): Uint8Array {
  const next = new Uint8Array(digest)
  for (let at = next.length - 1; at >= 0; at -= 1) {
    next[at] = (next[at] ?? 0) + 1
    if (next[at] !== 0) break
  }
  return next
}

function before(digest: Uint8Array): Uint8Array {
  const last = new Uint8Array(digest)
  for (let at = last.length - 1; at >= 0; at -= 1) {
    last[at] = (last[at] ?? 0) - 1
    if (last[at] !== 0xff) break
  }
  return last
}
