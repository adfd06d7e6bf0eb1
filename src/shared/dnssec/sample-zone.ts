// Versions of zones for tests: from lines of a zone file without its shorthands, in memory.

import type { Name } from '../../core/name.ts'
import type { RecordSet, ZoneRecord, ZoneVersion } from '../../core/zones.ts'
import { isWithin, parentOf } from '../dns/codec/name.ts'
import { TYPE } from '../dns/messages.ts'
import { canonicalOrder } from './canonical.ts'
import { sampleRecords } from './sample-sets.ts'

/** Each line is `owner. ttl TYPE data`; throws for any that is not. */
export function sampleZone(apex: Name, text: string): ZoneVersion {
  return zoneOf(apex, sampleRecords(text))
}

export function zoneOf(apex: Name, records: readonly ZoneRecord[]): ZoneVersion {
  const sets = setsOf(apex, records)
  const order = [...sets.keys()].toSorted(canonicalOrder)
  const setAt = (name: Name, type: number): RecordSet | undefined => sets.get(name)?.find((set) => set.type === type)
  return {
    apex,
    serial: Buffer.from(setAt(apex, TYPE.SOA)?.data[0] ?? Buffer.alloc(20)).readUInt32BE(
      (setAt(apex, TYPE.SOA)?.data[0]?.length ?? 20) - 20,
    ),
    count: records.length,
    setsAt: (name) => sets.get(name),
    setAt,
    has: (name) => sets.has(name),
    around(name) {
      const at = order.findLastIndex((other) => canonicalOrder(other, name) <= 0)
      return { at: order[at] ?? apex, next: order[at + 1] ?? apex }
    },
    names: () => order,
    records: () => records,
  }
}

function setsOf(apex: Name, records: readonly ZoneRecord[]): Map<Name, RecordSet[]> {
  const found = new Map<Name, RecordSet[]>([[apex, []]])
  for (const { name, type, ttlSeconds, data } of records) {
    for (let at: Name | undefined = name; at !== undefined && isWithin(at, apex); at = parentOf(at))
      if (!found.has(at)) found.set(at, [])
    const sets = found.get(name) ?? []
    const known = sets.findIndex((set) => set.type === type)
    const joined = { type, ttlSeconds, data: [...(sets[known]?.data ?? []), data] }
    if (known === -1) sets.push(joined)
    else sets[known] = joined
  }
  return found
}

/** ECDSA and NSEC, rolled each quarter and year. */
export const SAMPLE_SIGNING = {
  algorithm: 13,
  denial: 'nsec',
  salt: '',
  iterations: 0,
  optOut: false,
  validityMs: 14 * 86_400_000,
  zoneKeyMs: 90 * 86_400_000,
  keyKeyMs: 365 * 86_400_000,
  ahead: false,
} as const
