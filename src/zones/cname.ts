// What may stand at one name with a CNAME (RFC 1034 §3.6.2).

import { TYPE } from '../shared/dns/messages.ts'

/** KEY, RRSIG and NSEC: they speak of the CNAME itself (RFC 4035 §2.5, RFC 3007 §3). */
const BESIDE_CNAME: ReadonlySet<number> = new Set([25, 46, 47])

/** Whether sets of two different types may be at one name. */
export function standsBesideCname(one: number, other: number): boolean {
  if (one !== TYPE.CNAME && other !== TYPE.CNAME) return true
  return BESIDE_CNAME.has(one === TYPE.CNAME ? other : one)
}
