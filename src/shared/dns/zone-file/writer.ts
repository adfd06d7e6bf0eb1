// Records as lines of a zone file (RFC 1035 §5.1) that any server reads: names whole, TTL and class stated.

import type { ZoneRecord } from '../../../core/zones.ts'
import { formatName } from '../codec/name.ts'
import { formatRdata } from '../codec/rdata.ts'
import { typeName } from '../messages.ts'

/** Without its line end. */
export function formatRecord({ name, ttlSeconds, type, data }: ZoneRecord): string {
  return `${formatName(name)}\t${ttlSeconds}\tIN\t${typeName(type)}\t${formatRdata(type, data)}`
}

/** Line by line, each with its end. */
export function* formatZoneFile(records: Iterable<ZoneRecord>): Generator<string> {
  for (const record of records) yield `${formatRecord(record)}\n`
}
