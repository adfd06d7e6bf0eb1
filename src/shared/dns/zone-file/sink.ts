// What the reader of zone files gives its records to, and what it is asked with. No record makes an object or a string of
// its own: a view is filled again for each.

import type { Failure } from '../../../core/failure.ts'
import type { DomainName } from '../messages.ts'

/** One record of class IN. Everything in it is overwritten by the next one: a sink copies what it keeps. */
export interface RecordView {
  /** The owner on the wire, folded to lower case, not compressed: its first `ownerBytes` bytes, the root's zero among them. */
  readonly owner: Uint8Array
  readonly ownerBytes: number
  /** The owner is that of the record handed over before, so nothing need be looked up again. False for the first. */
  readonly sameOwner: boolean
  readonly type: number
  readonly ttlSeconds: number
  /** The data on the wire, valid for its type, names as they were written: its first `dataBytes` bytes. */
  readonly data: Uint8Array
  readonly dataBytes: number
}

export interface ZoneSink {
  /** Called for each record in the order of the file, those of includes where they stand. */
  record(record: RecordView): void
}

export interface ZoneFileOptions {
  /** What names without a trailing dot are completed with until $ORIGIN says otherwise. */
  readonly origin: DomainName
  /** What the file is called in problems, and what `include` is told. */
  readonly path: string
  /** For records before the first $TTL that state none, and have no SOA before them (RFC 2308 §4). */
  readonly ttlSeconds?: number
  /** The text of an $INCLUDE as it is written in the file `from`. Without it, includes are problems. */
  readonly include?: (path: string, from: string) => Uint8Array | Failure
}

/** Something wrong in a zone file; reading goes on behind it. Line and column count from 1, columns in bytes. */
export interface ZoneFileProblem {
  readonly path: string
  readonly line: number
  readonly column: number
  readonly message: string
}
