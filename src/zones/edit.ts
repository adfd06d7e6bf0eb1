// What an edit makes of a version: which names change to what, and the records that differ. The rules are those of dynamic
// update (RFC 2136 §3.4.2); what they say is ignored is ignored.

import { failure, isFailure, type Failure } from '../core/failure.ts'
import type { RecordSet, Removal, ZoneDifference, ZoneEdit, ZoneRecord } from '../core/zones.ts'
import { TYPE } from '../shared/dns/messages.ts'
import { changeProblem } from './change-problem.ts'
import { standsBesideCname } from './cname.ts'
import { RECORDS_MAX, RECORD_OVERHEAD_BYTES, SETS_PER_NAME_MAX, SET_MAX_BYTES } from './limits.ts'
import { NodeDraft } from './node-draft.ts'
import { OpenSet } from './open-set.ts'
import { isLater, nextSerial, serialOf, withSerial } from '../shared/dns/serial.ts'
import type { Version } from './version.ts'

export interface Edited {
  readonly version: Version
  readonly difference: ZoneDifference
}

/** Of these a name has one; another one takes its place (RFC 2136 §3.4.2.2, RFC 6672 §5.2). */
const SINGLE: ReadonlySet<number> = new Set([TYPE.CNAME, TYPE.DNAME])

/** Undefined: it changes nothing. Failures: `EOUTSIDE`, `EBADNAME`, `EBADTYPE`, `EBADTTL`, `ETOOBIG`. */
export function edited(version: Version, edit: ZoneEdit): Edited | Failure | undefined {
  const problem = changeProblem(version.apex, edit)
  if (problem !== undefined) return problem
  const draft = new NodeDraft(version)
  const servers = edit.add.some(({ name, type }) => name === version.apex && type === TYPE.NS)
  const at = new OpenSet(draft)
  for (const removal of edit.remove) remove(draft, at, removal, servers)
  let soa: ZoneRecord | undefined
  for (const record of edit.add) {
    if (record.type !== TYPE.SOA) add(draft, at, record)
    else if (record.name === version.apex && bringsLater(soa ?? version.soa, record)) soa = record
  }
  at.close()
  return finished(version, draft, soa)
}

function finished(version: Version, draft: NodeDraft, brought: ZoneRecord | undefined): Edited | Failure | undefined {
  const { soa } = version
  const { removed, added } = draft.differences()
  if (removed.length + added.length === 0 && brought === undefined) return undefined
  const to = brought ?? { ...soa, data: withSerial(soa.data, nextSerial(version.serial)) }
  const count = version.count - removed.length + added.length
  const tooBig =
    count > RECORDS_MAX ? failure('ETOOBIG', `a zone has ${RECORDS_MAX} records at most`) : oversized(draft)
  if (isFailure(tooBig)) return tooBig
  draft.putSet(version.apex, { type: TYPE.SOA, ttlSeconds: to.ttlSeconds, data: [to.data] })
  return { version: version.with(draft.changed, count), difference: { from: soa, to, removed, added } }
}

function bringsLater(soa: ZoneRecord, brought: ZoneRecord): boolean {
  return isLater(serialOf(brought.data) ?? 0, serialOf(soa.data) ?? 0)
}

function remove(draft: NodeDraft, at: OpenSet, { name, type, data }: Removal, replacesServers: boolean): void {
  const kept = (one: number): boolean =>
    name === draft.apex && (one === TYPE.SOA || (one === TYPE.NS && !replacesServers))
  if (type !== undefined && data !== undefined) return removeOne(draft, at.open(name, type), { name, type, data }, kept)
  at.close()
  draft.keepSets(name, (set) => (type !== undefined && set.type !== type) || kept(set.type))
}

function removeOne(
  draft: NodeDraft,
  at: OpenSet,
  { name, type, data }: Required<Removal>,
  kept: (type: number) => boolean,
): void {
  if ((name === draft.apex && type === TYPE.SOA) || !at.has(data)) return
  if (at.count > 1 || !kept(type)) at.delete(data)
}

function add(draft: NodeDraft, at: OpenSet, { name, type, ttlSeconds, data }: ZoneRecord): void {
  at.open(name, type)
  if (draft.setsAt(name).some((set) => set.type !== type && !standsBesideCname(type, set.type))) return
  if (SINGLE.has(type)) at.clear()
  at.add(data, ttlSeconds)
}

function oversized(draft: NodeDraft): Failure | undefined {
  for (const [name, node] of draft.changed) {
    const sets = node?.sets ?? []
    if (sets.length > SETS_PER_NAME_MAX) return failure('ETOOBIG', `${name} has more than ${SETS_PER_NAME_MAX} types`)
    const large = sets.find((set) => sizeOf(set) > SET_MAX_BYTES)
    if (large) return failure('ETOOBIG', `a set at ${name} is larger than ${SET_MAX_BYTES} octets`)
  }
  return undefined
}

function sizeOf({ data }: RecordSet): number {
  return data.reduce((sum, one) => sum + RECORD_OVERHEAD_BYTES + one.length, 0)
}
