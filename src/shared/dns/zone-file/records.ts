// Zone files read into a list: for small ones, where an object for each record does no harm.

import type { ZoneRecord } from '../../../core/zones.ts'
import { Reader } from '../../../wire/reader.ts'
import { readName } from '../codec/name.ts'
import { readZoneFile } from './reader.ts'
import type { ZoneFileOptions, ZoneFileProblem } from './sink.ts'

export function readRecords(
  bytes: Uint8Array,
  options: ZoneFileOptions,
): { readonly records: readonly ZoneRecord[]; readonly problems: readonly ZoneFileProblem[] } {
  const records: ZoneRecord[] = []
  const problems = readZoneFile(bytes, options, {
    record({ owner, ownerBytes, type, ttlSeconds, data, dataBytes }) {
      const name = readName(new Reader(owner, 0, ownerBytes))
      records.push({ name, type, ttlSeconds, data: new Uint8Array(data.subarray(0, dataBytes)) })
    },
  })
  return { records, problems }
}
