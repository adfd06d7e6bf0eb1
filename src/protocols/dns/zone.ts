// Zones as an index of names, and what a zone says of one name (RFC 1034 §4.3.2, RFC 4592). Answers
// lookups only: following chains from zone to zone is resolve.ts' work.

import type { NamedRecord, Zone } from '../../core/world-view.ts'
import {
  CLASS,
  TTL_MAX_SECONDS,
  TYPE,
  isMalformed,
  typeNumber,
  type DomainName,
  type ResourceRecord,
} from '../../shared/dns/messages.ts'
import { foldName, isWithin, parentOf, parseName } from '../../shared/dns/codec/name.ts'
import { parseRdata } from '../../shared/dns/codec/rdata.ts'

/** Record data of one type at one name; all share one TTL (RFC 2181 §5.2). */
export interface RecordSet {
  readonly type: number
  readonly ttlSeconds: number
  readonly data: readonly Uint8Array[]
}

/** A name that exists; one without sets is an empty non-terminal (RFC 8020). Sets stand in file order. */
export interface Node {
  readonly name: DomainName
  readonly sets: ReadonlyMap<number, RecordSet>
}

export interface ZoneIndex {
  /** Folded. */
  readonly apex: DomainName
  readonly nodes: ReadonlyMap<DomainName, Node>
}

/**
 * What a zone says of a name: data at it (or at the wildcard that stands for it), a delegation at or above it,
 * or that there is no such name.
 */
export type Finding =
  | { readonly kind: 'node'; readonly node: Node }
  | { readonly kind: 'delegation'; readonly node: Node }
  | { readonly kind: 'no-name' }

const NO_NAME: Finding = { kind: 'no-name' }

interface GrowingSet {
  readonly type: number
  ttlSeconds: number
  readonly data: Uint8Array[]
}
type Nodes = Map<DomainName, { readonly name: DomainName; readonly sets: Map<number, GrowingSet> }>

/** Why a record cannot be served, in words for the world file; undefined for a good one. */
export function recordProblem(record: NamedRecord): string | undefined {
  const read = readRecord(record)
  return typeof read === 'string' ? read : undefined
}

function readRecord(record: NamedRecord): ResourceRecord | string {
  const name = parseName(record.name)
  if (typeof name !== 'string') return name.reason
  const type = typeNumber(record.type)
  if (type === undefined) return `${JSON.stringify(record.type)} is no record type`
  if (!(record.ttlSeconds >= 0 && record.ttlSeconds <= TTL_MAX_SECONDS)) return 'a TTL is 0 to 2147483647 seconds'
  const data = parseRdata(type, record.data)
  if (isMalformed(data)) return `${record.type} of ${record.name}: ${data.reason}`
  return { name: foldName(name), type, class: CLASS.IN, ttlSeconds: Math.floor(record.ttlSeconds), data }
}

/** `skipped` hears each record that is none, or lies outside of the zone. */
export function indexZone(zone: Zone, skipped: (record: NamedRecord, why: string) => void): ZoneIndex {
  const apex = foldName(zone.name)
  const nodes: Nodes = new Map()
  nodeAt(nodes, apex, apex)
  for (const record of zone.records) {
    const read = readRecord(record)
    if (typeof read === 'string') skipped(record, read)
    else if (!isWithin(read.name, apex)) skipped(record, `${record.name} lies outside of the zone ${zone.name}`)
    else addRecord(nodes, apex, read)
  }
  return { apex, nodes }
}

function addRecord(nodes: Nodes, apex: DomainName, record: ResourceRecord): void {
  const { sets } = nodeAt(nodes, apex, record.name)
  const set = sets.get(record.type)
  if (set === undefined) {
    sets.set(record.type, { type: record.type, ttlSeconds: record.ttlSeconds, data: [record.data] })
    return
  }
  set.ttlSeconds = Math.min(set.ttlSeconds, record.ttlSeconds)
  if (!set.data.some((data) => Buffer.compare(data, record.data) === 0)) set.data.push(record.data)
}

/** The node of `name`, made with all that lie between it and the apex. */
function nodeAt(nodes: Nodes, apex: DomainName, name: DomainName): { readonly sets: Map<number, GrowingSet> } {
  const known = nodes.get(name)
  if (known !== undefined) return known
  const node = { name, sets: new Map<number, GrowingSet>() }
  nodes.set(name, node)
  const parent = parentOf(name)
  if (name !== apex && parent !== undefined) nodeAt(nodes, apex, parent)
  return node
}

/** `name` is folded and within the zone. */
export function findInZone(zone: ZoneIndex, name: DomainName, type: number): Finding {
  const cut = delegationOf(zone, name, type)
  if (cut !== undefined) return { kind: 'delegation', node: cut }
  const node = zone.nodes.get(name)
  if (node !== undefined) return { kind: 'node', node }
  const wildcard = zone.nodes.get(wildcardOf(zone, name))
  return wildcard === undefined ? NO_NAME : { kind: 'node', node: wildcard }
}

/** The highest node with NS records below the apex, at or above `name`; its DS records are the parent's (RFC 4035 §3.1.4.1). */
function delegationOf(zone: ZoneIndex, name: DomainName, type: number): Node | undefined {
  let cut: Node | undefined
  for (let at = name; at !== zone.apex; at = parentOf(at) ?? zone.apex) {
    const node = zone.nodes.get(at)
    if (node?.sets.has(TYPE.NS) === true && !(at === name && type === TYPE.DS)) cut = node
  }
  return cut
}

/** The wildcard that would stand for a name that does not exist: below its closest encloser (RFC 4592 §3.3.1). */
function wildcardOf(zone: ZoneIndex, name: DomainName): DomainName {
  let encloser = parentOf(name) ?? ''
  while (encloser !== '' && !zone.nodes.has(encloser)) encloser = parentOf(encloser) ?? ''
  return encloser === '' ? '*' : `*.${encloser}`
}

/** The record sets as records with `owner` as their name: the name that was asked, where a wildcard stood for it. */
export function recordsOf(set: RecordSet, owner: DomainName): ResourceRecord[] {
  const { type, ttlSeconds } = set
  return set.data.map((data) => ({ name: owner, type, class: CLASS.IN, ttlSeconds, data }))
}
