// What a zone has authority over, among all that stands in it: delegations and what they hide (RFC 4035 §2.2, §2.3).

import type { Name } from '../../../core/name.ts'
import type { ZoneVersion } from '../../../core/zones.ts'
import { isWithin, parentOf } from '../../dns/codec/name.ts'
import { TYPE } from '../../dns/messages.ts'

/** Whether the zone ends at `name`: a delegation. */
export function isCut(version: ZoneVersion, name: Name): boolean {
  return name !== version.apex && version.setAt(name, TYPE.NS) !== undefined
}

/** The topmost delegation or DNAME above `name` that hides it; undefined: none does. */
export function hiddenBy(version: ZoneVersion, name: Name): Name | undefined {
  let found: Name | undefined
  for (let at = name; at !== version.apex;) {
    const above = parentOf(at)
    if (above === undefined) break
    at = above
    if (isCut(version, at) || version.setAt(at, TYPE.DNAME) !== undefined) found = at
  }
  return found
}

/** The closest name at or above `name` that exists (RFC 4592 §3.3.1). */
export function closestEncloser(version: ZoneVersion, name: Name): Name {
  let at = name
  while (!version.has(at) && at !== version.apex) at = parentOf(at) ?? version.apex
  return at
}

/** The names that are not hidden, in canonical order, empty ones included. */
export function* visibleNames(version: ZoneVersion): Generator<Name> {
  let hiding: Name | undefined
  for (const name of version.names()) {
    if (hiding !== undefined && name !== hiding && isWithin(name, hiding)) continue
    hiding = isCut(version, name) || version.setAt(name, TYPE.DNAME) !== undefined ? name : undefined
    yield name
  }
}

/** Whether nothing stands at `name` itself. */
export function isEmpty(version: ZoneVersion, name: Name): boolean {
  return (version.setsAt(name)?.length ?? 0) === 0
}
