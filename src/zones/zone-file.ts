// A zone file as where a zone comes from. Apart from the rest, since most worlds have none.

import { failure, isFailure, type Failure } from '../core/failure.ts'
import type { Name } from '../core/name.ts'
import { readName } from '../shared/dns/codec/name.ts'
import { typeName } from '../shared/dns/messages.ts'
import { readZoneFile } from '../shared/dns/zone-file/reader.ts'
import type { RecordView } from '../shared/dns/zone-file/sink.ts'
import { Reader } from '../wire/reader.ts'
import type { RecordTaker, ZoneProblem, ZoneSource } from './source.ts'

/** Records of one file that are told of one by one when they are refused; ours. */
const REFUSED_MAX = 100

/** `text` gives the file's bytes, and those of files that it includes, by the paths that stand there. */
export function zoneFile(path: string, text: (path: string) => Uint8Array | Failure): ZoneSource {
  return { fill: (taker, apex, problem) => fill(taker, apex, path, text, problem) }
}

function fill(
  taker: RecordTaker,
  apex: Name,
  path: string,
  text: (path: string) => Uint8Array | Failure,
  problem: (problem: ZoneProblem) => void,
): Failure | undefined {
  const bytes = text(path)
  if (isFailure(bytes)) return failure(bytes.code, `${path}: ${bytes.message}`)
  let refused = 0
  const record = (view: RecordView): void => {
    const why = taker.addView(view)
    if (why !== undefined && ++refused <= REFUSED_MAX) problem({ path, message: `${describe(view)}: ${why.message}` })
  }
  for (const one of readZoneFile(bytes, { origin: apex, path, include: text }, { record })) problem(one)
  if (refused > REFUSED_MAX) problem({ path, message: `${refused - REFUSED_MAX} more records are left out` })
  return undefined
}

function describe({ owner, type }: RecordView): string {
  return `${typeName(type)} of ${readName(new Reader(owner))}`
}
