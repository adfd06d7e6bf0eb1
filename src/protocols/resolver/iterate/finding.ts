// What a server's answer means for the zone that it was asked for. Data from outside of the zone is not looked at: neither
// further links of a chain nor addresses that nobody here may tell (RFC 2181 §5.4.1, RFC 5452 §6).

import { isWithin, nameBytes } from '../../../shared/dns/codec/name.ts'
import { formatIpv4, formatIpv6 } from '../../../shared/dns/codec/ip.ts'
import {
  NAME_MAX_BYTES,
  RCODE,
  TYPE,
  rcodeName,
  type DomainName,
  type Message,
  type ResourceRecord,
} from '../../../shared/dns/messages.ts'
import { ADDRESSES_PER_SERVER, SERVERS_PER_ZONE } from '../limits.ts'
import { nameIn, setsIn, soaAmong, type SignedSet } from '../records.ts'

/** A name server of a zone, and what addresses the zone above told of it. */
export interface NameServer {
  readonly name: DomainName
  readonly addresses: readonly string[]
}

export interface Referral {
  readonly kind: 'referral'
  readonly zone: DomainName
  readonly ttlSeconds: number
  readonly servers: readonly NameServer[]
  /** The DS set, or what proves that there is none (RFC 4035 §3.1.4). */
  readonly proof: readonly SignedSet[]
}

export type Finding =
  | { readonly kind: 'data'; readonly sets: readonly SignedSet[]; readonly authorities: readonly SignedSet[] }
  | {
      readonly kind: 'alias'
      readonly target: DomainName
      /** The CNAME, or a DNAME and the CNAME that follows from it (RFC 6672 §3.1). */
      readonly sets: readonly SignedSet[]
      readonly authorities: readonly SignedSet[]
    }
  | { readonly kind: 'no-data' | 'no-name'; readonly authorities: readonly SignedSet[] }
  | Referral
  | { readonly kind: 'too-long' }
  /** The server knows nothing of the zone (RFC 8499 §7). */
  | { readonly kind: 'lame'; readonly why: string }
  | { readonly kind: 'unhelpful'; readonly why: string; readonly rcode: number }

export interface Asked {
  readonly name: DomainName
  readonly type: number
  /** The zone for which the server was asked. */
  readonly zone: DomainName
  /** Asked of a resolver, which answers from beyond its zones. */
  readonly forwarded: boolean
}

const DENIALS: ReadonlySet<number> = new Set([TYPE.SOA, TYPE.NSEC, TYPE.NSEC3])

export function findingOf(message: Message, asked: Asked): Finding {
  const { rcode } = message
  if (rcode !== RCODE.NOERROR && rcode !== RCODE.NXDOMAIN && rcode !== RCODE.YXDOMAIN) {
    return { kind: 'unhelpful', why: rcodeName(rcode), rcode }
  }
  const answers = setsIn(message.answers).filter((set) => isWithin(set.name, asked.zone))
  const authorities = setsIn(message.authorities).filter((set) => isWithin(set.name, asked.zone))
  return (
    answerIn(
      answers,
      authorities.filter((set) => set.type === TYPE.NSEC || set.type === TYPE.NSEC3),
      asked,
    ) ?? withoutAnswer(message, authorities, asked)
  )
}

function answerIn(answers: readonly SignedSet[], authorities: readonly SignedSet[], asked: Asked): Finding | undefined {
  const set = answers.find((one) => one.name === asked.name && one.type === asked.type)
  if (set !== undefined) return { kind: 'data', sets: [set], authorities }
  const dname = answers.find(
    (one) => one.type === TYPE.DNAME && one.name !== asked.name && isWithin(asked.name, one.name),
  )
  if (dname !== undefined) return throughDname(dname, authorities, asked)
  const cname = answers.find((one) => one.name === asked.name && one.type === TYPE.CNAME)
  const target = cname?.data[0]
  if (cname === undefined || target === undefined || cname.data.length !== 1) return undefined
  return { kind: 'alias', target: nameIn(target), sets: [cname], authorities }
}

/** The CNAME that comes along is not read, but made anew (RFC 6672 §3.2). */
export function throughDname(
  dname: SignedSet,
  authorities: readonly SignedSet[],
  asked: { name: DomainName },
): Finding {
  const data = dname.data[0]
  if (data === undefined || dname.data.length !== 1) return { kind: 'unhelpful', why: 'two DNAMEs at a name', rcode: 0 }
  const below = asked.name.slice(0, dname.name === '' ? undefined : -dname.name.length - 1)
  const over = nameIn(data)
  const target = over === '' ? below : `${below}.${over}`
  const wire = nameBytes(target)
  if (wire.length > NAME_MAX_BYTES) return { kind: 'too-long' }
  const cname = { name: asked.name, type: TYPE.CNAME, ttlSeconds: dname.ttlSeconds, data: [wire], signatures: [] }
  return { kind: 'alias', target, sets: [dname, cname], authorities }
}

function withoutAnswer(message: Message, authorities: readonly SignedSet[], asked: Asked): Finding {
  const denial = authorities.filter((set) => DENIALS.has(set.type))
  if (message.rcode === RCODE.NXDOMAIN) return { kind: 'no-name', authorities: denial }
  const cut = soaAmong(authorities) === undefined ? authorities.find((set) => set.type === TYPE.NS) : undefined
  if (cut !== undefined && cut.name !== asked.zone && isWithin(asked.name, cut.name) && !asked.forwarded) {
    return referralTo(cut, message.additionals, authorities, asked)
  }
  if (soaAmong(authorities) !== undefined || message.authoritative || asked.forwarded) {
    return { kind: 'no-data', authorities: denial }
  }
  const upwards = message.authorities.some((record) => record.type === TYPE.NS)
  return { kind: 'lame', why: upwards ? 'a referral upwards' : 'an answer without authority' }
}

function referralTo(
  cut: SignedSet,
  additionals: readonly ResourceRecord[],
  authorities: readonly SignedSet[],
  asked: Asked,
): Referral {
  const names = [...new Set(cut.data.map(nameIn))].slice(0, SERVERS_PER_ZONE)
  const glue = setsIn(additionals).filter((set) => isWithin(set.name, asked.zone))
  const servers = names.map((name) => ({ name, addresses: addressesAt(glue, name) }))
  const proof = authorities.filter((set) => (set.type === TYPE.DS && set.name === cut.name) || DENIALS.has(set.type))
  return { kind: 'referral', zone: cut.name, ttlSeconds: cut.ttlSeconds, servers, proof }
}

function addressesAt(sets: readonly SignedSet[], name: DomainName): string[] {
  return sets
    .filter((set) => set.name === name)
    .flatMap(addressesOf)
    .slice(0, ADDRESSES_PER_SERVER)
}

/** The addresses that a set of A or AAAA holds; none of any other type. */
export function addressesOf(set: SignedSet): string[] {
  if (set.type === TYPE.A) return set.data.filter((data) => data.length === 4).map(formatIpv4)
  if (set.type === TYPE.AAAA) return set.data.filter((data) => data.length === 16).map(formatIpv6)
  return []
}
