// Record sets as the resolver handles them: records of a message gathered by owner and type, each with the signatures
// that cover it. Knows no servers and no cache.

import { Reader } from '../../wire/reader.ts'
import { foldName, readName } from '../../shared/dns/codec/name.ts'
import { canonicalRdata } from '../../shared/dns/codec/canonical.ts'
import { CLASS, TYPE, type DomainName, type ResourceRecord } from '../../shared/dns/messages.ts'

/** All records of one type at one name, with their signatures (RFC 2181 §5, RFC 4035 §2.2). */
export interface SignedSet {
  /** In lower case. */
  readonly name: DomainName
  readonly type: number
  readonly ttlSeconds: number
  readonly data: readonly Uint8Array[]
  /** Data of the RRSIG records that cover it. */
  readonly signatures: readonly Uint8Array[]
}

interface Gathered {
  readonly name: DomainName
  readonly type: number
  ttlSeconds: number
  readonly data: Uint8Array[]
  readonly signatures: Uint8Array[]
}

/** A set's TTL is its shortest (RFC 2181 §5.2). Signatures of nothing that is there are dropped. */
export function setsIn(records: readonly ResourceRecord[]): SignedSet[] {
  const sets = new Map<string, Gathered>()
  for (const record of records) {
    if (record.class !== CLASS.IN) continue
    const covered = record.type === TYPE.RRSIG ? coveredBy(record.data) : record.type
    const name = foldName(record.name)
    const key = `${covered} ${name}`
    let set = sets.get(key)
    if (set === undefined) sets.set(key, (set = gather(name, covered, record.ttlSeconds)))
    set.ttlSeconds = Math.min(set.ttlSeconds, record.ttlSeconds)
    if (record.type === TYPE.RRSIG) set.signatures.push(record.data)
    else addOnce(set.data, TAILED.has(record.type) ? canonicalRdata(record.type, record.data) : record.data)
  }
  return [...sets.values()].filter((set) => set.data.length > 0)
}

/** Types in which names may point at the question, and come in its random case: they are kept in lower case (RFC 4034 §6.2). */
const TAILED: ReadonlySet<number> = new Set([TYPE.NS, TYPE.CNAME, TYPE.SOA, TYPE.PTR, TYPE.MX])

function addOnce(known: Uint8Array[], data: Uint8Array): void {
  if (!known.some((one) => Buffer.compare(one, data) === 0)) known.push(data)
}

function gather(name: DomainName, type: number, ttlSeconds: number): Gathered {
  return { name, type, ttlSeconds, data: [], signatures: [] }
}

function coveredBy(data: Uint8Array): number {
  return ((data[0] ?? 0) << 8) | (data[1] ?? 0)
}

/** The records of a set, its signatures behind it where they are wanted. */
export function recordsOf(set: SignedSet, ttlSeconds: number, signed: boolean): ResourceRecord[] {
  const { name, type } = set
  const one = (type: number) => (data: Uint8Array) => ({ name, type, class: CLASS.IN, ttlSeconds, data })
  const records = set.data.map(one(type))
  return signed ? [...records, ...set.signatures.map(one(TYPE.RRSIG))] : records
}

/** The name that data of a CNAME, DNAME, NS or PTR is, in lower case. */
export function nameIn(data: Uint8Array): DomainName {
  return foldName(readName(new Reader(data)))
}

/** Seconds for which a negative answer holds (RFC 2308 §5): the lesser of the SOA's TTL and its last field. */
export function negativeTtl(soa: SignedSet): number {
  const data = soa.data[0]
  if (data === undefined || data.length < 4) return 0
  return Math.min(soa.ttlSeconds, new Reader(data, data.length - 4).u32())
}

/** Whether one of the sets is a SOA. */
export function soaAmong(sets: readonly SignedSet[]): SignedSet | undefined {
  return sets.find((set) => set.type === TYPE.SOA)
}

/** Bytes that a set takes in memory, objects reckoned in. */
export function sizeOfSet(set: SignedSet): number {
  let size = 160 + set.name.length * 2
  for (const data of set.data) size += data.length + 100
  for (const data of set.signatures) size += data.length + 100
  return size
}
