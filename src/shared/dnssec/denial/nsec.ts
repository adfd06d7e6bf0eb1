// Denial by NSEC records (RFC 4034 §4, RFC 4035 §3.1.3), found in a version of a zone when they are asked for: nothing is
// made ahead, so an edit costs nothing.

import type { Name } from '../../../core/name.ts'
import type { ZoneVersion } from '../../../core/zones.ts'
import { TYPE } from '../../dns/messages.ts'
import { encodeNsec } from '../records.ts'
import { closestEncloser, hiddenBy, isEmpty, visibleNames } from './authority.ts'
import { distinct, wildcardOf, type Denial, type DenialView, type OwnedSet } from './denial.ts'
import { nameBefore } from './neighbours.ts'

export function nsecDenial(version: ZoneVersion, view: DenialView): Denial {
  const at = (owner: Name, next: Name): OwnedSet => ({ name: owner, set: nsecSet(view, owner, next) })
  const cover = (name: Name): OwnedSet => {
    const owner = ownerBefore(version, name)
    return at(owner, ownerBehind(version, owner))
  }
  const wildcard = (name: Name): OwnedSet => cover(wildcardOf(closestEncloser(version, name)))
  return {
    noData: (name) => [cover(name)],
    noName: (name) => distinct([cover(name), wildcard(name)]),
    wildcardAnswer: (name) => [cover(name)],
    wildcardNoData: (name) => distinct([cover(name), wildcard(name)]),
    *all() {
      let last: Name | undefined
      for (const name of visibleNames(version)) {
        if (isEmpty(version, name)) continue
        if (last !== undefined) yield at(last, name)
        last = name
      }
      if (last !== undefined) yield at(last, version.apex)
    },
  }
}

function nsecSet(view: DenialView, owner: Name, next: Name): OwnedSet['set'] {
  const data = encodeNsec(next, [...view.typesAt(owner), TYPE.RRSIG, TYPE.NSEC])
  return { type: TYPE.NSEC, ttlSeconds: view.ttlSeconds, data: [data] }
}

/** The last name at or before `name` that has an NSEC record: what is hidden or empty has none. */
function ownerBefore(version: ZoneVersion, name: Name): Name {
  let { at } = version.around(name)
  for (;;) {
    const hiding = hiddenBy(version, at)
    if (hiding !== undefined) return hiding
    if (at === version.apex || !isEmpty(version, at)) return at
    at = version.around(nameBefore(at)).at
  }
}

function ownerBehind(version: ZoneVersion, owner: Name): Name {
  let { next } = version.around(owner)
  while (next !== version.apex && (isEmpty(version, next) || hiddenBy(version, next) !== undefined))
    next = version.around(next).next
  return next
}

/** Seconds that a denial may be cached: RFC 9077 §3. */
export function denialTtlSeconds(version: ZoneVersion): number {
  const soa = version.setAt(version.apex, TYPE.SOA)
  const data = soa?.data[0]
  if (soa === undefined || data === undefined || data.length < 4) return 0
  return Math.min(soa.ttlSeconds, Buffer.from(data).readUInt32BE(data.length - 4))
}
