// Findings as links: how long each holds (RFC 1035 §3.2.1, RFC 2308 §5, RFC 9520 §3.2).

import { TYPE, type DomainName } from '../../../shared/dns/messages.ts'
import type { ExtendedError, Link } from '../cache/links.ts'
import { FAILURE_FIRST_SECONDS, FAILURE_MAX_SECONDS, FAILURE_TEXT_MAX } from '../limits.ts'
import { negativeTtl, soaAmong, type SignedSet } from '../records.ts'
import type { IterationContext } from './context.ts'
import type { Finding, Referral } from './finding.ts'

type Held = Pick<IterationContext, 'time' | 'ttlMinSeconds' | 'ttlMaxSeconds' | 'negativeTtlMaxSeconds' | 'links'>

export function linkFrom(
  held: Held,
  name: DomainName,
  type: number,
  finding: Extract<Finding, { kind: 'data' | 'alias' | 'no-data' | 'no-name' }>,
  zone: DomainName,
  from?: string,
): Link {
  const { kind, authorities } = finding
  const sets = 'sets' in finding ? finding.sets : []
  const found = {
    name,
    type: kind === 'alias' ? TYPE.CNAME : type,
    kind,
    sets,
    authorities,
    zone,
    ...(from !== undefined && { from }),
  } as const
  const ttl = 'sets' in finding ? shortest(held, finding.sets) : negative(held, authorities)
  return { ...found, ...(finding.kind === 'alias' && { target: finding.target }), ...lasting(held, ttl) }
}

/** What the zone above said of a zone's keys; undefined: nothing. */
export function proofLink(held: Held, referral: Referral, parent: DomainName): Link | undefined {
  const ds = referral.proof.find((set) => set.type === TYPE.DS)
  const authorities = referral.proof.filter((set) => set.type !== TYPE.DS && set.type !== TYPE.SOA)
  const found = { name: referral.zone, type: TYPE.DS, zone: parent } as const
  if (ds !== undefined)
    return { ...found, kind: 'data', sets: [ds], authorities: [], ...lasting(held, shortest(held, [ds])) }
  if (authorities.length === 0) return undefined
  return { ...found, kind: 'no-data', sets: [], authorities, ...lasting(held, shortest(held, authorities)) }
}

/** Each failure in a row lasts twice as long as the one before. */
export function failureLink(held: Held, name: DomainName, type: number, { code, text }: ExtendedError): Link {
  const error = { code, text: text.slice(0, FAILURE_TEXT_MAX) }
  const before = held.links.findFailure(name, type)
  const repeated = before !== undefined && held.time.wallMs - before.expiresMs < before.ttlSeconds * 1000
  const ttl = repeated ? Math.min(FAILURE_MAX_SECONDS, before.ttlSeconds * 2) : FAILURE_FIRST_SECONDS
  return { name, type, kind: 'failure', sets: [], authorities: [], zone: '', error, ...lasting(held, ttl) }
}

function lasting(held: Held, ttlSeconds: number): Pick<Link, 'security' | 'ttlSeconds' | 'storedMs' | 'expiresMs'> {
  const storedMs = held.time.wallMs
  return { security: 'unchecked', ttlSeconds, storedMs, expiresMs: storedMs + ttlSeconds * 1000 }
}

function shortest({ ttlMinSeconds, ttlMaxSeconds }: Held, sets: readonly SignedSet[]): number {
  const ttl = Math.min(...sets.map((set) => set.ttlSeconds))
  return Math.min(ttlMaxSeconds, Math.max(ttlMinSeconds, ttl))
}

/** Without a SOA it is not kept (RFC 2308 §5). */
function negative({ negativeTtlMaxSeconds }: Held, authorities: readonly SignedSet[]): number {
  const soa = soaAmong(authorities)
  return soa === undefined ? 0 : Math.min(negativeTtlMaxSeconds, negativeTtl(soa))
}
