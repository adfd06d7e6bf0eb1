// A file that grows by entries and survives a kill, as those see it who keep something in one. src/host has it on a disk.

import type { Failure } from './failure.ts'

export interface Journal {
  /** All entries that were acknowledged, oldest first; what was cut in the middle by a kill is left out. Called once, before all else. */
  read(): readonly Uint8Array[] | Failure
  /** Resolves once all of `entries` are durable. After a failure none of them is there. One call at a time. */
  append(entries: readonly Uint8Array[]): Promise<Failure | undefined>
  /** Puts `entries` in place of all there were, at once. Durable as `append`; after a failure the old ones stay. */
  rewrite(entries: readonly Uint8Array[]): Promise<Failure | undefined>
}
