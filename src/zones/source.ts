// What a zone is read from besides the world file.

import type { Failure } from '../core/failure.ts'
import type { Name } from '../core/name.ts'
import type { RecordView } from '../shared/dns/zone-file/sink.ts'

/** Something that is not served as it was written. Line and column count from 1; without a path it stands in the world file. */
export interface ZoneProblem {
  readonly message: string
  readonly path?: string
  readonly line?: number
  readonly column?: number
}

/** Takes records in; a failure: why this one is left out. */
export interface RecordTaker {
  addView(view: RecordView): Failure | undefined
}

export interface ZoneSource {
  /** Hands all records over. A failure: there is nothing to read. */
  fill(taker: RecordTaker, apex: Name, problem: (problem: ZoneProblem) => void): Failure | undefined
}
