// What a question gets: records, referral, or proof that there is nothing, over all zones of the world.
// Knows neither packets nor transports.

import { parseIp } from '../../shared/dns/codec/ip.ts'
import { foldName, isWithin, nameBytes, readName } from '../../shared/dns/codec/name.ts'
import { Reader } from '../../wire/reader.ts'
import {
  CLASS,
  CNAME_CHAIN_MAX,
  RCODE,
  TYPE,
  type DomainName,
  type Question,
  type ResourceRecord,
} from '../../shared/dns/messages.ts'
import { UNKNOWN_TTL_SECONDS, type DnsPolicy } from './policy.ts'
import { findInZone, recordsOf, type Node, type RecordSet, type ZoneIndex } from './zone.ts'

export interface Resolution {
  readonly rcode: number
  readonly authoritative: boolean
  readonly answers: readonly ResourceRecord[]
  readonly authorities: readonly ResourceRecord[]
  /** Addresses without which a referral leads nowhere (RFC 9471 §2). */
  readonly glue: readonly ResourceRecord[]
  /** Addresses that save another question. */
  readonly extras: readonly ResourceRecord[]
  /** The name that no zone holds, and whether the world had addresses for it all the same. */
  readonly unknown?: { readonly name: DomainName; readonly answered: boolean }
}

/** Query types that ask for no record: what they get (RFC 5936 §2 for transfers, which are not spoken here). */
const REFUSED_TYPES: ReadonlyMap<number, number> = new Map([
  [0, RCODE.FORMERR],
  [TYPE.OPT, RCODE.FORMERR],
  [TYPE.TSIG, RCODE.FORMERR],
  [TYPE.TKEY, RCODE.NOTIMP],
  [TYPE.MAILB, RCODE.NOTIMP],
  [TYPE.MAILA, RCODE.NOTIMP],
  [TYPE.AXFR, RCODE.REFUSED],
  [TYPE.IXFR, RCODE.REFUSED],
])

/** Where in its data a type names a host whose addresses the asker wants next. */
const TARGET_OFFSET: Readonly<Record<number, number>> = {
  [TYPE.NS]: 0,
  [TYPE.MX]: 2,
  [TYPE.SRV]: 6,
  [TYPE.SVCB]: 2,
  [TYPE.HTTPS]: 2,
}

const VERSION = 'portolan'

function refusal(rcode: number): Resolution {
  return { rcode, authoritative: false, answers: [], authorities: [], glue: [], extras: [] }
}

export function resolve(policy: DnsPolicy, question: Question): Resolution {
  const refused = REFUSED_TYPES.get(question.type)
  if (refused !== undefined) return refusal(refused)
  if (question.class === CLASS.CH) return chaos(policy, question)
  if (question.class !== CLASS.IN) return refusal(RCODE.REFUSED)
  return follow(policy, question.name, question.type)
}

/** Server identity (RFC 4892 §3): `version.bind` and its kin. */
function chaos(policy: DnsPolicy, question: Question): Resolution {
  const name = foldName(question.name)
  const text =
    name === 'version.bind' || name === 'version.server'
      ? VERSION
      : name === 'hostname.bind' || name === 'id.server'
        ? policy.hostName
        : undefined
  if (text === undefined || (question.type !== TYPE.TXT && question.type !== TYPE.ANY)) return refusal(RCODE.REFUSED)
  const data = Uint8Array.from([text.length, ...Buffer.from(text, 'latin1')])
  const answer = { name: question.name, type: TYPE.TXT, class: CLASS.CH, ttlSeconds: 0, data }
  return { ...refusal(RCODE.NOERROR), authoritative: true, answers: [answer] }
}

/** Follows aliases through every zone here; the last name decides the response code (RFC 6604 §3). */
function follow(policy: DnsPolicy, asked: DomainName, type: number): Resolution {
  const answers: ResourceRecord[] = []
  let owner = asked
  let authoritative = true
  for (let links = 0; ; links += 1) {
    const folded = foldName(owner)
    const zone = policy.zoneOf(folded, type)
    const finding = findInZone(zone, folded, type)
    const found = { policy, zone, owner, type, answers, authoritative }
    if (finding.kind === 'delegation') return referral(found, finding.node, links === 0)
    if (finding.kind === 'no-name') return absent(found)
    const set = wanted(finding.node, type)
    if (set !== undefined) return present(found, set)
    const alias = finding.node.sets.get(TYPE.CNAME)
    if (alias === undefined) return empty(found)
    answers.push(...recordsOf(alias, owner))
    owner = readName(new Reader(alias.data[0]!))
    if (links === CNAME_CHAIN_MAX || isAmong(answers, owner)) return endless(found)
  }
}

interface Found {
  readonly policy: DnsPolicy
  readonly zone: ZoneIndex
  readonly owner: DomainName
  readonly type: number
  readonly answers: readonly ResourceRecord[]
  readonly authoritative: boolean
}

/** ANY gets one set, the first (RFC 8482 §4.1). */
function wanted(node: Node, type: number): RecordSet | undefined {
  if (type !== TYPE.ANY) return node.sets.get(type)
  for (const set of node.sets.values()) return set
  return undefined
}

function present(found: Found, set: RecordSet): Resolution {
  const answers = [...found.answers, ...recordsOf(set, found.owner)]
  const extras = addressesFor(found.policy, answers)
  return { rcode: RCODE.NOERROR, authoritative: true, answers, authorities: [], glue: [], extras }
}

/** The name exists, the type does not (RFC 2308 §2.2). */
function empty({ zone, answers }: Found): Resolution {
  return { ...refusal(RCODE.NOERROR), authoritative: true, answers, authorities: negativeSoa(zone) }
}

/** A chain that leads back into itself, or too far: what was found of it, as a failure (RFC 1034 §3.6.2 leaves it open). */
function endless({ answers }: Found): Resolution {
  return { ...refusal(RCODE.SERVFAIL), authoritative: true, answers }
}

function isAmong(answers: readonly ResourceRecord[], owner: DomainName): boolean {
  return answers.some((answer) => foldName(answer.name) === foldName(owner))
}

/** A name below a zone that another server holds (RFC 1034 §4.3.2, step 3b). */
function referral({ policy, zone, answers }: Found, cut: Node, first: boolean): Resolution {
  const servers = cut.sets.get(TYPE.NS)
  const authorities = servers === undefined ? [] : recordsOf(servers, cut.name)
  const addresses = addressesFor(policy, authorities, zone)
  const glue = addresses.filter((address) => isWithin(address.name, cut.name))
  const extras = addresses.filter((address) => !glue.includes(address))
  return { rcode: RCODE.NOERROR, authoritative: !first, answers, authorities, glue, extras }
}

/** No zone holds the name: the world may still have a name or addresses for it, else it does not exist (RFC 2308 §2.1). */
function absent(found: Found): Resolution {
  const { policy, zone, owner, type, answers } = found
  const name = foldName(owner)
  const hostName = policy.nameBehind(name)
  const addresses = zone.apex === '' && hostName === undefined ? policy.addressesOf(name) : undefined
  const base = { ...refusal(RCODE.NOERROR), authoritative: true }
  const known = hostName !== undefined || /(?:^|\.)localhost$/.test(name)
  const unknown = known ? {} : { unknown: { name, answered: addresses !== undefined } }
  if (hostName === undefined && addresses === undefined) {
    return { ...base, rcode: RCODE.NXDOMAIN, answers, authorities: negativeSoa(zone), ...unknown }
  }
  const made = hostName === undefined ? addressRecords(owner, type, addresses ?? []) : pointer(owner, type, hostName)
  const authorities = made.length === 0 ? negativeSoa(zone) : []
  return { ...base, answers: [...answers, ...made], authorities, ...unknown }
}

function addressRecords(owner: DomainName, type: number, addresses: readonly string[]): ResourceRecord[] {
  const records = addresses.flatMap((ip): ResourceRecord[] => {
    const data = parseIp(ip)
    if (data === undefined) return []
    return [made(owner, data.length === 4 ? TYPE.A : TYPE.AAAA, data)]
  })
  const chosen = type === TYPE.ANY ? records[0]?.type : type
  return records.filter((record) => record.type === chosen)
}

function pointer(owner: DomainName, type: number, hostName: DomainName): ResourceRecord[] {
  return type === TYPE.PTR || type === TYPE.ANY ? [made(owner, TYPE.PTR, nameBytes(hostName))] : []
}

function made(name: DomainName, type: number, data: Uint8Array): ResourceRecord {
  return { name, type, class: CLASS.IN, ttlSeconds: UNKNOWN_TTL_SECONDS, data }
}

/** Its TTL says how long there will be nothing: the lesser of its own and its last field (RFC 2308 §3). */
function negativeSoa(zone: ZoneIndex): ResourceRecord[] {
  const set = zone.nodes.get(zone.apex)?.sets.get(TYPE.SOA)
  const data = set?.data[0]
  if (set === undefined || data === undefined) return []
  const minimumSeconds = new Reader(data, data.length - 4).u32()
  return recordsOf({ ...set, data: [data], ttlSeconds: Math.min(set.ttlSeconds, minimumSeconds) }, zone.apex)
}

/** Addresses of the hosts that `records` name, as far as a zone here holds them; glue is looked for in `zone` alone. */
function addressesFor(policy: DnsPolicy, records: readonly ResourceRecord[], zone?: ZoneIndex): ResourceRecord[] {
  const targets = new Set<DomainName>()
  for (const record of records) {
    const offset = TARGET_OFFSET[record.type]
    if (offset === undefined) continue
    const target = foldName(readName(new Reader(record.data, offset)))
    targets.add(target === '' ? record.name : target)
  }
  return [...targets].flatMap((target) => {
    const node = (zone ?? policy.zoneOf(target, TYPE.A)).nodes.get(target)
    return [TYPE.A, TYPE.AAAA].flatMap((type) => {
      const set = node?.sets.get(type)
      return set === undefined || records.some((record) => record.name === target && record.type === type)
        ? []
        : recordsOf(set, target)
    })
  })
}
