// Several differences as one that leads to the same zone (RFC 1995 §2: condensation).

import type { ZoneDifference, ZoneRecord } from '../core/zones.ts'
import { latin1 } from '../wire/text.ts'

/** What became of one record: as it was before all, and as it is behind all; undefined where it was not or is not there. */
interface Fate {
  before: ZoneRecord | undefined
  after: ZoneRecord | undefined
}

/** `differences` follow one another; undefined for none. */
export function netOf(differences: readonly ZoneDifference[]): ZoneDifference | undefined {
  const [first] = differences
  const last = differences.at(-1)
  if (first === undefined || last === undefined) return undefined
  const fates = new Map<string, Fate>()
  for (const { removed, added } of differences) {
    for (const record of removed) fateOf(fates, record, record).after = undefined
    for (const record of added) fateOf(fates, record, undefined).after = record
  }
  const changed = [...fates.values()].filter(({ before, after }) => before?.ttlSeconds !== after?.ttlSeconds)
  const removed = changed.flatMap(({ before }) => (before === undefined ? [] : [before]))
  const added = changed.flatMap(({ after }) => (after === undefined ? [] : [after]))
  return { from: first.from, to: last.to, removed, added }
}

/** `before` counts where nothing is known of the record. The last that was touched stands last. */
function fateOf(fates: Map<string, Fate>, record: ZoneRecord, before: ZoneRecord | undefined): Fate {
  const key = `${record.name} ${record.type} ${latin1(record.data)}`
  const fate = fates.get(key) ?? { before, after: undefined }
  fates.delete(key)
  fates.set(key, fate)
  return fate
}
