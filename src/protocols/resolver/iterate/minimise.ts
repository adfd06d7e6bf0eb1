// How much of a name a server is told (RFC 9156 §2.3): one label below the zone it has, later several at once.

import { parentOf } from '../../../shared/dns/codec/name.ts'
import { TYPE, type DomainName } from '../../../shared/dns/messages.ts'
import { MINIMISE_ONE_LABEL, MINIMISE_QUESTIONS_MAX } from '../limits.ts'

/**
 * What a server is asked of a part of a name. RFC 9156 §2.1 allows any type that the zone below has a say over; it prefers A, of which
 * the root of a world that answers for every name would make something up.
 */
export const MINIMISED_TYPE = TYPE.NS

/** The labels of `name` below `zone`, as the names that end in them: the shortest first, `name` itself last. */
export function namesBelow(zone: DomainName, name: DomainName): DomainName[] {
  const names: DomainName[] = []
  for (let at: DomainName | undefined = name; at !== undefined && at !== zone; at = parentOf(at)) names.unshift(at)
  return names
}

/** How many labels to add to what the last question told, when `left` are left and `asked` questions were sent. */
export function labelsToAdd(asked: number, left: number): number {
  if (asked < MINIMISE_ONE_LABEL) return 1
  return Math.max(1, Math.ceil(left / Math.max(1, MINIMISE_QUESTIONS_MAX - asked)))
}
