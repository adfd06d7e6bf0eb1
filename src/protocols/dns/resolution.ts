// What a question gets, before it is signed and encoded: sets of records, and what has to be proved of those that are not there.

import type { Name } from '../../core/name.ts'
import type { RecordSet } from '../../core/zones.ts'
import { EXTENDED_ERROR, type ExtendedError } from '../../shared/dns/edns/extended-errors.ts'
import { RCODE } from '../../shared/dns/messages.ts'
import type { HostedZone } from './hosted-zone.ts'
import type { Denied } from './signing.ts'

/** A set as it goes out. */
export interface AnswerSet {
  /** The name it is given for. */
  readonly owner: Name
  readonly set: RecordSet
  /** What is signed, where the set goes out with another TTL (RFC 4034 §3.1.4). */
  readonly original?: RecordSet
  /** Whose authoritative data it is, and so who signs it; undefined for glue, delegations and what is synthesised. */
  readonly zone: HostedZone | undefined
  /** The name at which it stands in the zone: a wildcard's own for what it stands for (RFC 4035 §2.2). */
  readonly at: Name
}

/** What has to be proved of a zone. */
export interface Absence extends Denied {
  readonly zone: HostedZone
}

export interface Resolution {
  readonly rcode: number
  readonly authoritative: boolean
  readonly answers: readonly AnswerSet[]
  readonly authorities: readonly AnswerSet[]
  /** The DS set of a referral: for askers who understand it only (RFC 4035 §3.1.4). */
  readonly delegated: readonly AnswerSet[]
  readonly absences: readonly Absence[]
  /** Addresses without which a referral leads nowhere (RFC 9471 §2). */
  readonly glue: readonly AnswerSet[]
  /** Addresses that save another question. */
  readonly extras: readonly AnswerSet[]
  /** The name that no zone holds, and whether the world had addresses for it all the same. */
  readonly unknown?: { readonly name: Name; readonly answered: boolean }
  /** The world's time from which on its signatures are to be made anew. */
  readonly freshUntilMs?: number
  /** RFC 8914 */
  readonly extended?: ExtendedError
}

export function refusal(rcode: number, extended?: ExtendedError): Resolution {
  const nothing = { answers: [], authorities: [], delegated: [], absences: [], glue: [], extras: [] }
  return { rcode, authoritative: false, ...nothing, ...(extended && { extended }) }
}

export const NOT_AUTHORITATIVE = refusal(RCODE.REFUSED, { code: EXTENDED_ERROR.NOT_AUTHORITATIVE, text: '' })
export const NOT_READY = refusal(RCODE.SERVFAIL, {
  code: EXTENDED_ERROR.NOT_READY,
  text: 'the zone has no contents yet',
})
