// What a tree holds, against what it may hold: counted once, and kept by what is done through us. A content counts once
// however many names it has, and as long as it is open after its last name has gone.

import { failure, type Failure } from '../../core/failure.ts'
import type { TreeQuota } from '../../core/files.ts'

export interface Count {
  readonly bytes: number
  readonly files: number
  /** Interrupted uploads among them. */
  readonly parts: number
}

/** What looks through the tree. */
export interface Counter {
  count(): Promise<Count>
  /** Removes interrupted uploads, oldest first, while `isFull`. Resolves to how many. */
  makeRoom(isFull: () => boolean): Promise<number>
}

/** The content of a file that is open for writing, shared by all who have it open. */
export interface Inode {
  readonly id: string
  /** As counted: what it holds, and what is being written. */
  bytes: number
  /** Where the writes end that are under way. */
  readonly ends: Set<{ readonly end: number }>
  /** How many writes have begun. */
  writes: number
  handles: number
  /** Its last name has gone. */
  nameless: boolean
}

export class Tally {
  /** As in `TreeOptions`. */
  wallMs: () => number | undefined = () => undefined
  readonly quota: TreeQuota | undefined
  readonly #counter: Counter
  readonly #open = new Map<string, Inode>()
  #bytes = 0
  #files = 0
  #parts = 0
  #state: 'unknown' | 'stale' | 'known' = 'unknown'
  #counting: Promise<void> | undefined

  constructor(quota: TreeQuota | undefined, counter: Counter) {
    this.quota = quota
    this.#counter = counter
  }

  get bytesFree(): number {
    return Math.max(0, (this.quota?.bytesMax ?? Infinity) - this.#bytes)
  }

  get filesFree(): number {
    return Math.max(0, (this.quota?.filesMax ?? Infinity) - this.#files)
  }

  /** Before anything is changed. `undefined`: at once. Without a quota nobody waits for the first look through the tree. */
  ready(): Promise<void> | undefined {
    if (this.#state === 'known') return undefined
    if (this.#counting === undefined) {
      if (this.#state === 'stale' && this.#open.size > 0) return undefined
      this.#counting = this.#count()
    }
    return this.quota === undefined ? undefined : this.#counting
  }

  /** Others have changed the tree: it is counted anew before the next change that finds no file open for writing. */
  recount(): void {
    if (this.#state === 'known' && this.quota !== undefined) this.#state = 'stale'
  }

  /** Whether there was room; if so it is taken. */
  take(bytes: number, files: number): boolean {
    if (this.quota === undefined) return true
    if ((bytes > 0 && bytes > this.bytesFree) || (files > 0 && files > this.filesFree)) return false
    this.#bytes += bytes
    this.#files += files
    return true
  }

  give(bytes: number, files: number): void {
    this.#bytes = Math.max(0, this.#bytes - bytes)
    this.#files = Math.max(0, this.#files - files)
  }

  /** As `take`, at the cost of interrupted uploads. */
  async claim(bytes: number, files: number): Promise<Failure | undefined> {
    while (!this.take(bytes, files)) if (!(await this.makeRoom(bytes, files))) return overQuota()
    return undefined
  }

  /** Whether anything was removed for it. */
  async makeRoom(bytes: number, files: number): Promise<boolean> {
    if (this.#parts === 0) return false
    const removed = await this.#counter.makeRoom(() => bytes > this.bytesFree || files > this.filesFree)
    if (removed === 0) this.#parts = 0
    return removed > 0
  }

  /** Whether an interrupted upload may stand anywhere. */
  get mayHaveParts(): boolean {
    return this.#parts > 0 || this.quota === undefined
  }

  partKept(): void {
    this.#parts++
  }

  partGone(): void {
    this.#parts = Math.max(0, this.#parts - 1)
  }

  /** Every call is matched by one of `closed`. */
  opened(id: string, bytes: number): Inode {
    const inode = this.#open.get(id) ?? { id, bytes, ends: new Set(), writes: 0, handles: 0, nameless: false }
    inode.handles++
    this.#open.set(id, inode)
    return inode
  }

  closed(inode: Inode): void {
    if (--inode.handles > 0) return
    if (this.#open.get(inode.id) === inode) this.#open.delete(inode.id)
    if (inode.nameless) this.give(inode.bytes, 0)
  }

  /** A name of a content of `bytes` is gone, one of `links`. */
  unlinked(id: string, bytes: number, links: number): void {
    this.give(0, 1)
    if (links > 1) return
    const inode = this.#open.get(id)
    if (inode === undefined) this.give(bytes, 0)
    else inode.nameless = true
  }

  async #count(): Promise<void> {
    const { bytes, files, parts } = await this.#counter.count()
    if (this.quota !== undefined) {
      this.#bytes = bytes
      this.#files = files
      this.#parts = parts
    }
    this.#state = 'known'
    this.#counting = undefined
  }
}

export function overQuota(): Failure {
  return failure('EDQUOT', 'the quota of this tree is used up')
}
