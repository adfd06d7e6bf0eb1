// What a question comes to: a chain of links, and what it says as a whole.

import { RCODE, type DomainName } from '../../shared/dns/messages.ts'
import type { ExtendedError, Link } from './cache/links.ts'

export interface Outcome {
  readonly rcode: number
  /** In the order of the chain; none where they are withheld. */
  readonly links: readonly Link[]
  /** Whether all of it was validated (AD, RFC 4035 §3.2.3). */
  readonly secure: boolean
  readonly error: ExtendedError | undefined
  /** The name at the end of the chain. */
  readonly lastName: DomainName
  /** When the first of its links was stored and expires, by the world's clock: what is younger than either may be kept. */
  readonly storedMs: number
  readonly expiresMs: number
  /** It is past its time (RFC 8767). */
  readonly stale: boolean
}

const SERVFAIL_TTL_MS = 1000

/** `unchecked`: the asker judges for itself, so nothing is withheld (CD, RFC 4035 §3.2.2). */
export function outcomeOf(links: readonly Link[], unchecked: boolean): Outcome {
  const last = links.at(-1)
  const bogus = unchecked ? undefined : links.find((link) => link.security === 'bogus')
  const withheld = bogus ?? (last?.kind === 'failure' ? last : undefined)
  const storedMs = Math.max(...links.map((link) => link.storedMs))
  const found = {
    lastName: last?.name ?? '',
    storedMs,
    expiresMs: Math.min(...links.map((link) => link.expiresMs)),
    stale: false,
  }
  if (last === undefined || withheld !== undefined) {
    const expiresMs = Math.min(found.expiresMs, storedMs + SERVFAIL_TTL_MS)
    return { ...found, expiresMs, rcode: RCODE.SERVFAIL, links: [], secure: false, error: withheld?.error }
  }
  return {
    ...found,
    rcode: last.kind === 'no-name' ? RCODE.NXDOMAIN : RCODE.NOERROR,
    links,
    secure: links.every((link) => link.security === 'secure'),
    error: links.find((link) => link.error !== undefined)?.error,
  }
}

export function failed(outcome: Outcome): boolean {
  return outcome.rcode === RCODE.SERVFAIL
}
