// Makes a copy of a zone what its source has by the differences that the source gave (RFC 1995): step by step, so that who has a
// copy of the copy can be told the same.

import { failure, isFailure, type Failure } from '../../../core/failure.ts'
import type { LiveZone, ZoneDifference, ZoneRecord, ZoneVersion } from '../../../core/zones.ts'
import { latin1 } from '../../../wire/text.ts'

/** A failure: the copy is not what they were made of, or cannot become what they lead to. There is one difference at least. */
export async function applyDifferences(
  zone: LiveZone,
  differences: readonly ZoneDifference[],
): Promise<ZoneVersion | Failure> {
  const { current } = zone
  if (current === undefined || !fits(current, differences))
    return failure('EMISMATCH', 'the differences are of another zone than is here')
  const changes = differences.map(({ removed, added, to }) =>
    zone.change({
      remove: removed.map(({ name, type, data }) => ({ name, type, data })),
      add: [...added, to],
    }),
  )
  const outcomes = await Promise.all(changes)
  return outcomes.find(isFailure) ?? outcomes.at(-1) ?? current
}

/** Whether all that is taken out is there by then. */
function fits(version: ZoneVersion, differences: readonly ZoneDifference[]): boolean {
  const changed = new Map<string, boolean>()
  for (const { removed, added } of differences) {
    for (const record of removed) {
      const key = keyOf(record)
      if (!(changed.get(key) ?? has(version, record))) return false
      changed.set(key, false)
    }
    for (const record of added) changed.set(keyOf(record), true)
  }
  return true
}

function has(version: ZoneVersion, { name, type, data }: ZoneRecord): boolean {
  return version.setAt(name, type)?.data.some((one) => Buffer.compare(one, data) === 0) ?? false
}

function keyOf({ name, type, data }: ZoneRecord): string {
  return `${type} ${name} ${latin1(data)}`
}
