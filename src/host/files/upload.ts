// A file on its way: it grows under a hidden name beside where it will stand.

import { closeSync, fchmodSync, fstatSync, linkSync, renameSync, unlinkSync, type Stats } from 'node:fs'
import { failure, isFailure, type Failure } from '../../core/failure.ts'
import type { FileStat, Upload } from '../../core/files.ts'
import { closeFile, isLarge, WrittenFile } from './content.ts'
import { fileStat, idOf, MODE_MASK, partName } from './entry.ts'
import { hold, systemFailure, type Place } from './place.ts'
import { forgetPart } from './scan.ts'
import type { Inode, Tally } from './tally.ts'

/** Where an upload grows, and where it goes. The place is its own to leave. */
export interface Berth {
  readonly place: Place
  readonly hidden: string
  readonly name: string
  readonly exclusive: boolean
}

interface UploadParts {
  readonly fd: number
  readonly stat: FileStat
  readonly inode: Inode
  readonly tally: Tally
  readonly berth: Berth
  readonly offset: number
}

export class FileUpload extends WrittenFile implements Upload {
  readonly offset: number
  readonly #berth: Berth

  constructor({ fd, stat, inode, tally, berth, offset }: UploadParts) {
    super(fd, stat, inode, tally)
    this.#berth = berth
    this.offset = offset
  }

  async commit(): Promise<FileStat | Failure> {
    await this.quiet()
    if (this.fd < 0) return failure('EBADF', 'the upload has ended')
    this.date()
    const outcome = this.#putInPlace()
    this.#end(isFailure(outcome))
    return outcome
  }

  async interrupt(): Promise<void> {
    await this.quiet()
    if (this.fd < 0) return
    this.#end(!this.#keep())
  }

  override async close(): Promise<void> {
    await this.quiet()
    if (this.fd >= 0) this.#end(true)
  }

  #putInPlace(): FileStat | Failure {
    const { place, hidden, name, exclusive } = this.#berth
    try {
      const before = place.look(name)
      if (before !== undefined && exclusive) return failure('EEXIST', `there is one already: ${name}`)
      if (before?.isDirectory() === true) return failure('EISDIR', `a folder: ${name}`)
      if (before?.isFile() === true) this.#takeMode(before)
      if (exclusive) moveBeside(place, hidden, name)
      else this.#replace(before)
      if (before !== undefined) this.tally.unlinked(idOf(before), sizeOf(before), before.nlink)
      forgetPart(place, name, this.tally)
      return fileStat(fstatSync(this.fd))
    } catch (thrown) {
      return systemFailure(thrown, name)
    }
  }

  /** What is replaced goes when nobody waits for it. */
  #replace(before: Stats | undefined): void {
    const { place, hidden, name } = this.#berth
    const held = before?.isFile() === true && isLarge(before.size) ? hold(place, name) : undefined
    try {
      renameSync(place.at(hidden), place.at(name))
    } finally {
      if (held !== undefined) closeFile(held, before?.size ?? 0)
    }
  }

  #takeMode({ mode }: Stats): void {
    if ((fstatSync(this.fd).mode & MODE_MASK) !== (mode & MODE_MASK)) fchmodSync(this.fd, mode & MODE_MASK)
  }

  /** Whether it waits for its end under another name: not if it is empty, nor where it could not be gone on with. */
  #keep(): boolean {
    const { place, hidden, name } = this.#berth
    try {
      if (this.inode.bytes === 0 || place.look(name) !== undefined) return false
      forgetPart(place, name, this.tally)
      renameSync(place.at(hidden), place.at(partName(name)))
      this.tally.partKept()
      return true
    } catch {
      return false
    }
  }

  #end(dropped: boolean): void {
    const { place, hidden } = this.#berth
    const { fd } = this
    this.fd = -1
    try {
      if (dropped) unlinkSync(place.at(hidden))
    } catch {
      // Others have removed it.
    }
    if (dropped) this.tally.unlinked(this.inode.id, this.inode.bytes, 1)
    this.tally.closed(this.inode)
    if (dropped) closeFile(fd, this.inode.bytes)
    else closeSync(fd)
    place.leave()
  }
}

/** Fails with `EEXIST` if there is one meanwhile. */
function moveBeside(place: Place, hidden: string, name: string): void {
  try {
    linkSync(place.at(hidden), place.at(name))
  } catch (thrown) {
    const { code } = systemFailure(thrown, name)
    const lacksLinks = code === 'EACCES' || code === 'ENOTSUP' || code === 'EMLINK'
    if (!lacksLinks) throw thrown
    renameSync(place.at(hidden), place.at(name))
    return
  }
  unlinkSync(place.at(hidden))
}

export function sizeOf(stats: Stats): number {
  return stats.isFile() ? stats.size : 0
}
