// The zones of a world: read when they are first looked at, edited while they are served, kept where the world keeps anything.

import { failure } from '../core/failure.ts'
import type { Journal } from '../core/journal.ts'
import type { Name } from '../core/name.ts'
import type { NamedRecord } from '../core/world-view.ts'
import type { LiveZone } from '../core/zones.ts'
import { TYPE } from '../shared/dns/messages.ts'
import type { Contents } from './contents.ts'
import { putUnder, type Heard } from './fill.ts'
import { openKept, type Opened } from './keeper.ts'
import { Live } from './live-zone.ts'
import { ContentsBuilder } from './contents-builder.ts'
import type { ZoneProblem, ZoneSource } from './source.ts'
import { Version } from './version.ts'

export interface ZoneOptions {
  readonly apex: Name
  /** What the world file says: each set takes the place of the file's set of its name and type. */
  readonly records?: Iterable<NamedRecord>
  /** What follows from the world, SOA and NS: each set stands where neither `records` nor the file have one of its name and type. */
  readonly derived?: Iterable<NamedRecord>
  /** See `zoneFile` in zone-file.ts. */
  readonly file?: ZoneSource
  /**
   * Where edits outlive the process: they are made again over whatever `records` and `file` say then. After a `replace` the kept
   * zone stands alone, and those are not read. Absent: edits go with the process.
   */
  readonly kept?: Journal
  problems(problem: ZoneProblem): void
}

export type { ZoneProblem, ZoneSource }

/** A zone that others may copy. Nothing is read before it is looked at. `current` is undefined where there is no SOA to be had. */
export function openZone(options: ZoneOptions): LiveZone {
  const { apex, kept } = options
  const read = (): Contents | undefined => readContents(options)
  return new Live(apex, () => (kept === undefined ? openedBare(read()) : openKept(apex, kept, read)))
}

/** The copy that a secondary has: nothing until `replace`, then what was put there last, after a restart too where it is kept. */
export function openCopy({ apex, kept }: Pick<ZoneOptions, 'apex' | 'kept'>): LiveZone {
  return new Live(apex, () => (kept === undefined ? openedBare(undefined) : openKept(apex, kept, () => undefined)))
}

function openedBare(contents: Contents | undefined): Opened {
  const version = contents === undefined ? undefined : new Version(contents)
  return { version, differences: [], keeper: undefined, broken: undefined }
}

function readContents({ apex, records = [], derived = [], file, problems }: ZoneOptions): Contents | undefined {
  const builder = new ContentsBuilder(apex)
  const heard: Heard = ({ message }) => problems({ message })
  builder.fix(putUnder(builder, records, heard))
  const unread = file?.fill(builder, apex, problems)
  if (unread !== undefined) {
    heard(unread)
    return undefined
  }
  putUnder(builder, derived, heard)
  if (builder.hasSet(apex, TYPE.SOA)) return builder.finish()
  heard(failure('ENOSOA', `${apex || '.'} has no SOA`))
  return undefined
}
