// Names that are answered here and asked of nobody: RFC 6761 §6.3 and §6.4, RFC 7686 §2, and the canary by which Firefox asks
// whether to pass this resolver by. ANY gets next to nothing (RFC 8482 §4.2).

import { foldName, parentOf } from '../../shared/dns/codec/name.ts'
import { TYPE, type DomainName, type Question } from '../../shared/dns/messages.ts'
import type { Link } from './cache/links.ts'
import type { SignedSet } from './records.ts'
import { parseRdata } from '../../shared/dns/codec/rdata.ts'

/** Seconds; RFC 8482 §4.2 uses 3789 for its HINFO, and what never changes may last as long. */
const LOCAL_TTL_SECONDS = 3789
const NOBODY: ReadonlySet<DomainName> = new Set(['invalid', 'onion'])
const CANARY = 'use-application-dns.net'
const LOOPBACK: Readonly<Record<number, string>> = { [TYPE.A]: '127.0.0.1', [TYPE.AAAA]: '::1' }

/** Undefined: the name is looked up like any other. */
export function localLink(question: Question, wallMs: number): Link | undefined {
  const name = foldName(question.name)
  const { type } = question
  if (type === TYPE.ANY) return data(name, type, [set(name, TYPE.HINFO, '"RFC8482" ""')], wallMs)
  const top = topOf(name)
  if (NOBODY.has(top) || name === CANARY) return denial('no-name', name, type, NOBODY.has(top) ? top : CANARY, wallMs)
  if (top !== 'localhost') return undefined
  const ip = LOOPBACK[type]
  if (ip === undefined) return denial('no-data', name, type, 'localhost', wallMs)
  return data(name, type, [set(name, type, ip)], wallMs)
}

function topOf(name: DomainName): DomainName {
  let top = name
  for (let above = parentOf(top); above !== undefined && above !== ''; above = parentOf(above)) top = above
  return top
}

function data(name: DomainName, type: number, sets: readonly SignedSet[], wallMs: number): Link {
  return { ...lasting(name, type, wallMs), kind: 'data', sets, authorities: [] }
}

function denial(kind: 'no-name' | 'no-data', name: DomainName, type: number, zone: DomainName, wallMs: number): Link {
  const soa = set(zone, TYPE.SOA, `${zone}. hostmaster.invalid. 1 3600 600 86400 ${LOCAL_TTL_SECONDS}`)
  return { ...lasting(name, type, wallMs), kind, sets: [], authorities: [soa] }
}

function lasting(name: DomainName, type: number, wallMs: number) {
  const expiresMs = wallMs + LOCAL_TTL_SECONDS * 1000
  const held = { zone: 'localhost', security: 'insecure', ttlSeconds: LOCAL_TTL_SECONDS, storedMs: wallMs } as const
  return { name, type, ...held, expiresMs }
}

function set(name: DomainName, type: number, text: string): SignedSet {
  const parsed = parseRdata(type, text)
  if ('kind' in parsed) throw new Error(`${text}: ${parsed.reason}`)
  return { name, type, ttlSeconds: LOCAL_TTL_SECONDS, data: [parsed], signatures: [] }
}
