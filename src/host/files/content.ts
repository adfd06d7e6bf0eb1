// Files that are open: read and written at any place by descriptor, which is never used once it is closed.

import {
  close,
  closeSync,
  fchmodSync,
  fstatSync,
  ftruncateSync,
  fsync,
  futimesSync,
  read,
  readSync,
  write,
  writeSync,
} from 'node:fs'
import { failure, type Failure } from '../../core/failure.ts'
import type { Changes, EditedFile, FileStat, OpenFile } from '../../core/files.ts'
import { fileStat, MODE_MASK } from './entry.ts'
import { Pace } from './pace.ts'
import { systemFailure } from './place.ts'
import { overQuota, type Inode, type Tally } from './tally.ts'

const reads = new Pace(() => performance.now())
const writes = new Pace(() => performance.now())
/** Bytes from which on the end of a file is a matter for a thread: the system gives its memory back page by page. */
const LARGE_BYTES = 1024 * 1024
/** What futimes(2) is told is cut off to microseconds; half of one keeps a millisecond that is no binary fraction. */
const HALF_A_MICROSECOND_S = 5e-7

export function isLarge(bytes: number): boolean {
  return bytes >= LARGE_BYTES
}

/** Closed at once if that is quick. */
export function closeFile(fd: number, bytes: number): void {
  if (isLarge(bytes)) close(fd, () => {})
  else closeSync(fd)
}

export function seconds(ms: number): number {
  return ms / 1000 + HALF_A_MICROSECOND_S
}

export class ReadFile implements OpenFile {
  readonly stat: FileStat
  /** -1: closed. */
  protected fd: number
  /** Bytes up to which the file reached when that was last asked. */
  #known: number
  #busy = 0
  #idle: PromiseWithResolvers<void> | undefined

  constructor(fd: number, stat: FileStat) {
    this.fd = fd
    this.stat = stat
    this.#known = stat.size
  }

  get descriptor(): number | undefined {
    return this.fd < 0 ? undefined : this.fd
  }

  async read(offset: number, length: number): Promise<Uint8Array> {
    if (this.fd < 0) throw Object.assign(new Error('the file is closed'), { code: 'EBADF' })
    if (offset + length > this.#known) this.#known = fstatSync(this.fd).size
    const buffer = Buffer.allocUnsafeSlow(Math.max(0, Math.min(length, this.#known - offset)))
    let filled = 0
    while (filled < buffer.length) {
      const got = await this.#fill(buffer, filled, offset + filled)
      if (got === 0) break
      filled += got
    }
    return filled === buffer.length ? buffer : buffer.subarray(0, filled)
  }

  async close(): Promise<void> {
    if (this.fd < 0) return
    const fd = this.fd
    this.fd = -1
    await this.quiet()
    closeSync(fd)
  }

  /** Nothing reads or writes any more. */
  protected quiet(): Promise<void> | undefined {
    if (this.#busy === 0) return undefined
    this.#idle ??= Promise.withResolvers()
    return this.#idle.promise
  }

  protected begin(): void {
    this.#busy++
  }

  protected done(): void {
    if (--this.#busy > 0) return
    this.#idle?.resolve()
    this.#idle = undefined
  }

  #fill(buffer: Buffer, at: number, offset: number): number | Promise<number> {
    const length = buffer.length - at
    const fd = this.fd
    if (reads.isAtOnce(length)) return reads.run(() => readSync(fd, buffer, at, length, offset))
    this.begin()
    return new Promise((resolve, reject) => {
      read(fd, buffer, at, length, offset, (error, got) => {
        this.done()
        if (error === null) resolve(got)
        else reject(error)
      })
    })
  }
}

export class WrittenFile extends ReadFile implements EditedFile {
  protected readonly inode: Inode
  protected readonly tally: Tally
  /** Writes of the inode that have their date. */
  #datedWrites: number

  /** Takes a handle of the inode over. */
  constructor(fd: number, stat: FileStat, inode: Inode, tally: Tally) {
    super(fd, stat)
    this.inode = inode
    this.tally = tally
    this.#datedWrites = inode.writes
  }

  async write(offset: number, bytes: Uint8Array): Promise<Failure | undefined> {
    if (this.fd < 0) return closed()
    const end = offset + bytes.length
    const room = this.#grow(end) ? undefined : await this.#growLater(end)
    if (room !== undefined) return room
    if (this.fd < 0) return this.#settled(closed())
    const under = { end }
    const { inode } = this
    const isAlone = inode.ends.size === 0
    const write = ++inode.writes
    inode.ends.add(under)
    this.begin()
    const { fd } = this
    const before = new Before(fd, offset, end)
    try {
      await writeAll(fd, offset, bytes)
      return undefined
    } catch (thrown) {
      inode.ends.delete(under)
      before.restore(fd, isAlone && inode.writes === write)
      return this.#settled(systemFailure(thrown, 'what was to be written'))
    } finally {
      inode.ends.delete(under)
      this.done()
    }
  }

  /** Room is taken for all that may come; the count then follows what has. */
  fill(offset: number, length: number, move: (descriptor: number, room: number) => number): number {
    const { fd, inode, tally } = this
    if (fd < 0 || !writes.isAtOnce(0)) return 0
    const before = inode.bytes
    const room = Math.min(length, before + tally.bytesFree - offset)
    if (room <= 0 || !this.#grow(offset + room)) return 0
    inode.writes++
    const moved = writes.run(() => move(fd, room))
    const bytes = Math.max(before, offset + moved)
    tally.give(inode.bytes - bytes, 0)
    inode.bytes = bytes
    return moved
  }

  async change(changes: Changes): Promise<Failure | undefined> {
    const { size } = changes
    if (this.fd < 0) return closed()
    if (size !== undefined && size > this.inode.bytes && !this.#grow(size)) {
      const room = await this.#growLater(size)
      if (room !== undefined) return room
      if (this.fd < 0) return this.#settled(closed())
    }
    try {
      if (size !== undefined) ftruncateSync(this.fd, size)
      this.#changeRest(changes)
      return size === undefined ? undefined : this.#settled(undefined)
    } catch (thrown) {
      return this.#settled(systemFailure(thrown, 'what was to be changed'))
    }
  }

  sync(): Promise<Failure | undefined> {
    if (this.fd < 0) return Promise.resolve(closed())
    this.begin()
    return new Promise((resolve) => {
      fsync(this.fd, (error) => {
        this.done()
        resolve(error === null ? undefined : systemFailure(error, 'what was to be kept'))
      })
    })
  }

  async current(): Promise<FileStat | Failure> {
    this.date()
    return this.fd < 0 ? closed() : fileStat(fstatSync(this.fd))
  }

  override async close(): Promise<void> {
    if (this.fd < 0) return
    this.date()
    await super.close()
    this.tally.closed(this.inode)
  }

  /** Gives what was written the time that the tree is told, unless somebody has given it another. */
  protected date(): void {
    if (this.fd < 0 || this.inode.writes === this.#datedWrites) return
    this.#datedWrites = this.inode.writes
    const modifiedMs = this.tally.wallMs()
    if (modifiedMs !== undefined) this.#changeRest({ modifiedMs })
  }

  #changeRest({ mode, modifiedMs, accessedMs }: Changes): void {
    if (mode !== undefined) fchmodSync(this.fd, mode & MODE_MASK)
    if (modifiedMs === undefined && accessedMs === undefined) return
    this.#datedWrites = this.inode.writes
    const now = fstatSync(this.fd)
    futimesSync(this.fd, seconds(accessedMs ?? now.atimeMs), seconds(modifiedMs ?? now.mtimeMs))
  }

  /** Whether the quota has room for a file that reaches to `end`; it is taken. */
  #grow(end: number): boolean {
    const { inode } = this
    if (end <= inode.bytes) return true
    if (!this.tally.take(end - inode.bytes, 0)) return false
    inode.bytes = end
    return true
  }

  async #growLater(end: number): Promise<Failure | undefined> {
    while (!this.#grow(end)) if (!(await this.tally.makeRoom(end - this.inode.bytes, 0))) return overQuota()
    return undefined
  }

  /** The count follows the file, and the writes that are under way. */
  #settled<T>(outcome: T): T {
    if (this.fd < 0) return outcome
    const ends = [...this.inode.ends].map(({ end }) => end)
    const bytes = Math.max(fstatSync(this.fd).size, ...ends)
    if (bytes < this.inode.bytes) this.tally.give(this.inode.bytes - bytes, 0)
    this.inode.bytes = bytes
    return outcome
  }
}

async function writeAll(fd: number, offset: number, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) {
    const length = bytes.length - at
    const from = at
    if (writes.isAtOnce(length)) at += writes.run(() => writeSync(fd, bytes, from, length, offset + from))
    else at += await writeLater(fd, bytes, at, offset + at)
  }
}

/** What a write that fails in the middle is undone by. */
class Before {
  readonly #offset: number
  readonly #end: number
  readonly #size: number
  /** What stood there, where the system might lack room to write over it: in a file with holes. */
  readonly #bytes: Uint8Array | undefined

  constructor(fd: number, offset: number, end: number) {
    const stats = fstatSync(fd)
    this.#offset = offset
    this.#end = end
    this.#size = stats.size
    const overlap = Math.min(end, stats.size) - offset
    if (overlap > 0 && stats.blocks * 512 < stats.size) {
      const bytes = Buffer.alloc(overlap)
      readSync(fd, bytes, 0, overlap, offset)
      this.#bytes = bytes
    }
  }

  /** `alone`: nobody else has written meanwhile; what others wrote stays. */
  restore(fd: number, alone: boolean): void {
    try {
      const { size } = fstatSync(fd)
      const kept = alone ? this.#size : Math.max(this.#size, this.#offset)
      if (size > kept && (alone || size <= this.#end)) ftruncateSync(fd, kept)
      if (this.#bytes !== undefined) writeSync(fd, this.#bytes, 0, this.#bytes.length, this.#offset)
    } catch {
      // The disk takes nothing back either.
    }
  }
}

function writeLater(fd: number, bytes: Uint8Array, at: number, offset: number): Promise<number> {
  return new Promise((resolve, reject) => {
    write(fd, bytes, at, bytes.length - at, offset, (error, written) => {
      if (error === null) resolve(written)
      else reject(error)
    })
  })
}

function closed(): Failure {
  return failure('EBADF', 'the file is closed')
}
