// Contents of a zone from where records come from: a zone file, the world file, another server, a version that was edited much.

import { failure, isFailure, type Failure } from '../core/failure.ts'
import type { Name } from '../core/name.ts'
import type { ZoneRecord } from '../core/zones.ts'
import type { NamedRecord } from '../core/world-view.ts'
import { TYPE, isMalformed, typeName, typeNumber } from '../shared/dns/messages.ts'
import { foldName, parseName } from '../shared/dns/codec/name.ts'
import { parseRdata } from '../shared/dns/codec/rdata.ts'
import type { Contents } from './contents.ts'
import { OVERLAY_NAMES_MIN, OVERLAY_PART } from './limits.ts'
import { Version } from './version.ts'
import { ContentsBuilder } from './contents-builder.ts'

/** The first failure among `records`, or the first that is refused, is the outcome; `ENOSOA` without an SOA at the apex. */
export function contentsOf(apex: Name, records: Iterable<ZoneRecord | Failure>): Contents | Failure {
  const builder = new ContentsBuilder(apex)
  for (const record of records) {
    const problem = isFailure(record) ? record : builder.add(record)
    if (problem !== undefined) return problem
  }
  return builder.hasSet(apex, TYPE.SOA) ? builder.finish() : failure('ENOSOA', `${apex || '.'} has no SOA`)
}

/** The same version with new contents in place of layers, where those have grown. */
export function compacted(version: Version): Version {
  const { overlay, contents } = version.sizes
  if (overlay <= Math.max(OVERLAY_NAMES_MIN, contents / OVERLAY_PART)) return version
  const merged = contentsOf(version.apex, version.records())
  return isFailure(merged) ? version : new Version(merged)
}

/** A record of the world file; a failure: what is wrong with it. */
export function readRecord(record: NamedRecord): ZoneRecord | Failure {
  const name = parseName(record.name)
  if (typeof name !== 'string') return failure('EBADNAME', name.reason)
  const type = typeNumber(record.type)
  if (type === undefined) return failure('EBADTYPE', `${JSON.stringify(record.type)} is no record type`)
  const data = parseRdata(type, record.data)
  if (isMalformed(data)) return failure('EBADDATA', `${record.type} of ${record.name}: ${data.reason}`)
  return { name: foldName(name), type, ttlSeconds: Math.floor(record.ttlSeconds), data }
}

/** Sets of `records` stand where `builder` has none of their name and type. Gives those sets. */
export function putUnder(
  builder: ContentsBuilder,
  records: Iterable<NamedRecord>,
  problem: Heard,
): readonly ZoneRecord[] {
  const own = new Map<string, ZoneRecord>()
  for (const record of valid(records, problem)) {
    const key = `${record.type} ${record.name}`
    if (!own.has(key) && builder.hasSet(record.name, record.type)) continue
    const refused = builder.add(record)
    if (refused === undefined) own.set(key, record)
    else problem({ message: `${typeName(record.type)} of ${record.name}: ${refused.message}` })
  }
  return [...own.values()]
}

export type Heard = (problem: { readonly message: string }) => void

function* valid(records: Iterable<NamedRecord>, problem: Heard): Iterable<ZoneRecord> {
  for (const record of records) {
    const read = readRecord(record)
    if (isFailure(read)) problem(read)
    else yield read
  }
}
