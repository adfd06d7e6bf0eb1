// A zone that is edited while it is served: one edit after the other, each durable before anybody sees it.

import { failure, isFailure, type Failure } from '../core/failure.ts'
import type { Name } from '../core/name.ts'
import type { LiveZone, ZoneDifference, ZoneEdit, ZoneRecord, ZoneVersion } from '../core/zones.ts'
import { Differences } from './differences.ts'
import { edited } from './edit.ts'
import { compacted, contentsOf } from './fill.ts'
import { EDITS_WAITING_MAX } from './limits.ts'
import type { Keeper, Opened } from './keeper.ts'
import { Version } from './version.ts'

type Change =
  | { readonly kind: 'edit'; readonly edit: ZoneEdit }
  | { readonly kind: 'replace'; readonly records: Iterable<ZoneRecord> }

interface Waiting {
  readonly change: Change
  readonly settle: (outcome: ZoneVersion | Failure) => void
  readonly reject: (thrown: unknown) => void
}

/** A change that waits for the disk; without a difference it came to nothing, or is everything anew. */
interface Made extends Pick<Waiting, 'settle'> {
  readonly version: Version
  readonly difference: ZoneDifference | undefined
}

export class Live implements LiveZone {
  readonly apex: Name
  readonly #open: () => Opened
  readonly #watchers = new Set<(version: ZoneVersion) => void>()
  readonly #differences = new Differences()
  #opened = false
  #current: Version | undefined
  #keeper: Keeper | undefined
  #broken: Failure | undefined
  #waiting: Waiting[] = []
  #busy = false

  /** `open` is called once, when the zone is first looked at. */
  constructor(apex: Name, open: () => Opened) {
    this.apex = apex
    this.#open = open
  }

  get current(): Version | undefined {
    this.#read()
    return this.#current
  }

  since(serial: number): readonly ZoneDifference[] | undefined {
    const { current } = this
    if (current === undefined) return undefined
    return serial === current.serial ? [] : this.#differences.since(serial)
  }

  change(edit: ZoneEdit): Promise<ZoneVersion | Failure> {
    return this.#ask({ kind: 'edit', edit })
  }

  replace(records: Iterable<ZoneRecord>): Promise<ZoneVersion | Failure> {
    return this.#ask({ kind: 'replace', records })
  }

  watch(then: (version: ZoneVersion) => void): () => void {
    const watcher = (version: ZoneVersion): void => then(version)
    this.#watchers.add(watcher)
    return () => void this.#watchers.delete(watcher)
  }

  #read(): void {
    if (this.#opened) return
    this.#opened = true
    const { version, differences, keeper, broken } = this.#open()
    this.#current = version
    this.#keeper = keeper
    this.#broken = broken
    for (const difference of differences) this.#differences.add(difference)
  }

  #ask(change: Change): Promise<ZoneVersion | Failure> {
    this.#read()
    return new Promise((settle, reject) => {
      if (this.#broken !== undefined) return settle(this.#broken)
      if (this.#waiting.length >= EDITS_WAITING_MAX) return settle(failure('EBUSY', `${EDITS_WAITING_MAX} edits wait`))
      this.#waiting.push({ change, settle, reject })
      if (!this.#busy) void this.#work()
    })
  }

  /** Edits that are asked for while others become durable are made together. */
  async #work(): Promise<void> {
    this.#busy = true
    while (this.#waiting.length > 0) {
      const end = this.#waiting.findIndex(({ change }) => change.kind !== 'edit')
      const taken = this.#waiting.splice(0, end === -1 ? this.#waiting.length : Math.max(1, end))
      try {
        const change = taken[0]?.change
        if (change?.kind === 'replace') await this.#replaceAll(change.records, taken)
        else await this.#edit(taken)
      } catch (thrown) {
        for (const { reject } of taken) reject(thrown)
      }
    }
    this.#busy = false
  }

  async #edit(taken: readonly Waiting[]): Promise<void> {
    const group = this.#make(taken)
    const differences = group.flatMap(({ difference }) => (difference === undefined ? [] : [difference]))
    const before = this.#current
    const failed = differences.length === 0 || !before ? undefined : await this.#keeper?.append(before, differences)
    for (const { version, difference, settle } of group) {
      if (failed === undefined && difference !== undefined) this.#publish(version, difference)
      settle(failed ?? version)
    }
    if (failed === undefined && this.#current !== undefined) await this.#keeper?.tidy(this.#current)
  }

  #make(waiting: readonly Waiting[]): Made[] {
    const group: Made[] = []
    let head = this.#current
    for (const { change, settle } of waiting) {
      if (change.kind !== 'edit') continue
      const made = head === undefined ? failure('ENOZONE', 'there is no zone to edit yet') : edited(head, change.edit)
      if (isFailure(made)) {
        settle(made)
        continue
      }
      head = made === undefined ? head : compacted(made.version)
      if (head !== undefined) group.push({ version: head, difference: made?.difference, settle })
    }
    return group
  }

  async #replaceAll(records: Iterable<ZoneRecord>, [taken]: readonly Waiting[]): Promise<void> {
    const settle = taken?.settle
    const contents = contentsOf(this.apex, records)
    if (isFailure(contents)) return settle?.(contents)
    const version = new Version(contents)
    const failed = await this.#keeper?.replace(version)
    if (failed === undefined) this.#publish(version, undefined)
    settle?.(failed ?? version)
  }

  #publish(version: Version, difference: ZoneDifference | undefined): void {
    this.#current = version
    if (difference === undefined) this.#differences.clear()
    else this.#differences.add(difference)
    for (const watcher of this.#watchers) tell(watcher, version)
  }
}

/** What a watcher throws is its own matter, not that of who changed the zone. */
function tell(watcher: (version: ZoneVersion) => void, version: ZoneVersion): void {
  try {
    watcher(version)
  } catch (thrown) {
    queueMicrotask(() => {
      throw thrown
    })
  }
}
