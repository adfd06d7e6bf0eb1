// What of a zone outlives the process: its edits, behind the contents that they were made of, or the whole zone where it was put
// there by another server. After the contents have changed, the edits are made again over the new ones.

import { failure, isFailure, type Failure } from '../core/failure.ts'
import type { Journal } from '../core/journal.ts'
import type { Name } from '../core/name.ts'
import type { ZoneDifference, ZoneRecord } from '../core/zones.ts'
import type { Contents } from './contents.ts'
import { edited } from './edit.ts'
import {
  decodeEntry,
  encodeContents,
  encodeDifference,
  encodeSnapshot,
  type ContentsEntry,
  snapshotPart,
  type DifferenceEntry,
} from './entries.ts'
import { compacted, contentsOf } from './fill.ts'
import { JOURNAL_MAX_BYTES } from './limits.ts'
import { netOf } from './net-difference.ts'
import { nextSerial, serialOf, withSerial } from '../shared/dns/serial.ts'
import { Version } from './version.ts'

/** A zone as it is when it is first looked at. */
export interface Opened {
  readonly version: Version | undefined
  /** How it became so since the contents were read, where that is known. */
  readonly differences: readonly ZoneDifference[]
  readonly keeper: Keeper | undefined
  /** Why nothing can be changed. */
  readonly broken: Failure | undefined
}

/** The contents that what follows was made of, or one edit. */
type Step = ContentsEntry | DifferenceEntry

interface Kept {
  /** Entries of the zone that was put there whole; none: there is no such. */
  readonly snapshot: readonly Uint8Array[]
  readonly steps: readonly Step[]
  /** Octets of edits. */
  readonly bytes: number
}

const NONE_OF_OURS = failure('ECORRUPT', 'the journal of a zone has an entry that is none')

export class Keeper {
  readonly #journal: Journal
  /** What gives the digest of the contents that the zone began with in this process; undefined: the journal has them whole. */
  #began: Pick<Contents, 'digest'> | undefined
  /** Whether the journal names them already. */
  #named: boolean
  /** Octets of edits, and where they are put together. */
  #bytes: number
  #tidyAt: number
  #naming: Promise<void> | undefined

  constructor(journal: Journal, began: Contents | undefined, named: boolean, bytes: number) {
    this.#journal = journal
    this.#began = began
    this.#named = named
    this.#bytes = bytes
    this.#tidyAt = Math.max(JOURNAL_MAX_BYTES, bytes * 2)
  }

  /** Writes down that these contents are served under `serial` before anything is made of them. */
  name(serial: number): void {
    const digest = this.#digest()
    this.#naming = this.#journal.append([encodeContents(digest, serial)]).then((failed) => {
      this.#named = failed === undefined
    })
  }

  /** `before`: what the first of `differences` was made of. */
  async append(before: Version, differences: readonly ZoneDifference[]): Promise<Failure | undefined> {
    await this.#naming
    const entries = differences.map(encodeDifference)
    if (this.#began !== undefined && !this.#named) entries.unshift(encodeContents(this.#digest(), before.serial))
    const failed = await this.#journal.append(entries)
    if (failed !== undefined) return failed
    this.#named = true
    this.#bytes += sizeOf(entries)
    return undefined
  }

  async replace(version: Version): Promise<Failure | undefined> {
    await this.#naming
    const failed = await this.#journal.rewrite(encodeSnapshot(version.records()))
    if (failed !== undefined) return failed
    this.#began = undefined
    this.#startOver(0)
    return undefined
  }

  /** Writes the journal anew where it has grown. When that fails the old one stays, and is tried again once it is twice as large. */
  async tidy(version: Version): Promise<void> {
    if (this.#bytes <= this.#tidyAt) return
    if (this.#began === undefined) {
      const failed = await this.replace(version)
      if (failed !== undefined) this.#startOver(this.#bytes)
      return
    }
    const kept = keptIn(this.#journal)
    const net = isFailure(kept) ? undefined : netOf(kept.steps.flatMap((step) => differencesIn(step)))
    if (net === undefined) return this.#startOver(this.#bytes)
    const entries = [encodeDifference(net), encodeContents(this.#digest(), version.serial)]
    const failed = await this.#journal.rewrite(entries)
    this.#startOver(failed === undefined ? sizeOf(entries) : this.#bytes)
  }

  /** Lets go of the contents: they may be merged with edits meanwhile. */
  #digest(): number {
    const digest = this.#began?.digest ?? 0
    this.#began = { digest }
    return digest
  }

  #startOver(bytes: number): void {
    this.#bytes = bytes
    this.#tidyAt = Math.max(JOURNAL_MAX_BYTES, bytes * 2)
  }
}

/** `read` gives what the zone is without the journal; it is not called where the journal has the zone whole. */
export function openKept(apex: Name, journal: Journal, read: () => Contents | undefined): Opened {
  const kept = keptIn(journal)
  if (isFailure(kept)) return broken(kept)
  const isWhole = kept.snapshot.length > 0
  const contents = isWhole ? contentsOf(apex, recordsIn(kept.snapshot)) : read()
  if (isFailure(contents)) return broken(contents)
  const began = isWhole ? undefined : contents
  const named = kept.steps.findLast((step) => step.kind === 'contents')
  const same = began === undefined || named === undefined || named.digest === began.digest
  const keeper = new Keeper(journal, began, named !== undefined && same, kept.bytes)
  if (contents === undefined) return { version: undefined, differences: [], keeper, broken: undefined }
  const replayed = replay(new Version(contents), kept.steps)
  if (same) return { version: replayed.version, differences: replayed.differences, keeper, broken: undefined }
  const { version, served } = replayed
  const fresh = version.serial === served ? withLater(version, nextSerial(served)) : version
  keeper.name(fresh.serial)
  return { version: fresh, differences: [], keeper, broken: undefined }
}

function broken(why: Failure): Opened {
  return { version: undefined, differences: [], keeper: undefined, broken: why }
}

interface Replayed {
  version: Version
  /** The last serial that anybody has seen. */
  served: number
  /** Since the contents were the last to change: what was before led to other zones. */
  differences: ZoneDifference[]
}

function replay(from: Version, steps: readonly Step[]): Replayed {
  const replayed: Replayed = { version: from, served: from.serial, differences: [] }
  for (const step of steps) {
    if (step.kind === 'contents') {
      replayed.version = withLater(replayed.version, step.serial)
      replayed.differences = []
      replayed.served = step.serial
    } else again(replayed, step.difference)
  }
  return replayed
}

function again(replayed: Replayed, { to, removed, added }: ZoneDifference): void {
  replayed.served = serialOf(to.data) ?? 0
  const made = edited(replayed.version, { remove: removed, add: [...added, to] })
  if (made === undefined || isFailure(made)) return
  replayed.version = compacted(made.version)
  replayed.differences.push(made.difference)
}

/** The same zone under `serial`, if that is a later one. */
function withLater(version: Version, serial: number): Version {
  const soa = { ...version.soa, data: withSerial(version.soa.data, serial) }
  const made = edited(version, { remove: [], add: [soa] })
  return made === undefined || isFailure(made) ? version : made.version
}

function keptIn(journal: Journal): Kept | Failure {
  const read = journal.read()
  if (isFailure(read)) return read
  const start = read.findLastIndex((bytes) => snapshotPart(bytes) === 'first')
  const rest = read.slice(Math.max(start, 0))
  const snapshot = rest.filter((bytes) => snapshotPart(bytes) !== undefined)
  const steps: Step[] = []
  let size = 0
  for (const bytes of rest) {
    if (snapshotPart(bytes) !== undefined) continue
    const entry = decodeEntry(bytes)
    if (entry === undefined || entry.kind === 'snapshot') return NONE_OF_OURS
    steps.push(entry)
    size += bytes.length
  }
  return { snapshot, steps, bytes: size }
}

/** One entry after the other: all of a large zone as objects would be larger than the zone. */
function* recordsIn(snapshot: readonly Uint8Array[]): Iterable<ZoneRecord | Failure> {
  for (const bytes of snapshot) {
    const entry = decodeEntry(bytes)
    if (entry?.kind === 'snapshot') yield* entry.records
    else yield NONE_OF_OURS
  }
}

function sizeOf(entries: readonly Uint8Array[]): number {
  return entries.reduce((sum, entry) => sum + entry.length, 0)
}

function differencesIn(step: Step): readonly ZoneDifference[] {
  return step.kind === 'difference' ? [step.difference] : []
}
