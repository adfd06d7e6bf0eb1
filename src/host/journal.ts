// A journal (src/core/journal.ts) as a file: frames of a length, a checksum and the entries that came together. A frame that a kill
// cut, the last one only, is left out when the file is read, and the next one takes its place.

import {
  closeSync,
  constants,
  fdatasync,
  fstatSync,
  fsync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  writeSync,
} from 'node:fs'
import { dirname } from 'node:path'
import { promisify } from 'node:util'
import { crc32 } from 'node:zlib'
import { failure, failureFrom, isFailure, type Failure } from '../core/failure.ts'
import type { Journal } from '../core/journal.ts'

/** What a file begins with: whose it is, and the version of its form. */
const MAGIC = Buffer.from('portolan journal 1\n')
/** Octets of a frame's length and CRC-32, and of an entry's length. */
const FRAME_HEADER_BYTES = 8
const ENTRY_HEADER_BYTES = 4
/** What 32 bits can say, less what Buffers take on any machine: 2 GiB. */
const FRAME_MAX_BYTES = 0x7fff_ffff
const OWNER_ONLY_FILE = 0o600
const OWNER_ONLY_FOLDER = 0o700

const flushed = promisify(fdatasync)
const flushedWhole = promisify(fsync)

/**
 * Nothing is touched before the first call. Folders are made when the first entry comes. Failures: `ECORRUPT` the file is damaged, or
 * another program's; and those of the file system.
 */
export function openJournal(path: string): ClosableJournal {
  return new FileJournal(path)
}

export interface ClosableJournal extends Journal {
  /** Lets go of the file once what was asked for is done. */
  close(): Promise<void>
}

class FileJournal implements ClosableJournal {
  readonly #path: string
  #file: number | undefined
  /** Where the next frame goes; undefined: the file was not read yet. */
  #end: number | undefined
  /** Octets that the file has, as long as nobody else writes to it. */
  #size = 0
  #last: Promise<unknown> = Promise.resolve()

  constructor(path: string) {
    this.#path = path
  }

  read(): readonly Uint8Array[] | Failure {
    const bytes = bytesOf(this.#path)
    if (bytes === undefined) {
      this.#end = 0
      return []
    }
    if (isFailure(bytes)) return bytes
    const found = framesIn(bytes)
    if (isFailure(found)) return failure(found.code, `${this.#path}: ${found.message}`)
    this.#end = found.end
    this.#size = bytes.length
    return found.entries
  }

  append(entries: readonly Uint8Array[]): Promise<Failure | undefined> {
    return entries.length === 0 ? Promise.resolve(undefined) : this.#inTurn(() => this.#append(entries))
  }

  rewrite(entries: readonly Uint8Array[]): Promise<Failure | undefined> {
    return this.#inTurn(() => this.#rewrite(entries))
  }

  async close(): Promise<void> {
    await this.#inTurn(() => {
      if (this.#file !== undefined) closeSync(this.#file)
      this.#file = undefined
      return Promise.resolve(undefined)
    })
  }

  #inTurn(write: () => Promise<Failure | undefined>): Promise<Failure | undefined> {
    const done = this.#last.then(write).catch(failureFrom)
    this.#last = done
    return done
  }

  async #append(entries: readonly Uint8Array[]): Promise<Failure | undefined> {
    if (this.#end === undefined) {
      const read = this.read()
      if (isFailure(read)) return read
    }
    const frame = frameOf(entries)
    if (isFailure(frame)) return frame
    const file = (this.#file ??= openedFile(this.#path))
    const end = this.#end ?? 0
    if (fstatSync(file).size !== this.#size) return failure('EBUSY', `${this.#path}: another process writes to it`)
    try {
      if (end < this.#size) ftruncateSync(file, end)
      if (end === 0) writeAll(file, MAGIC, 0)
      const start = Math.max(end, MAGIC.length)
      writeAll(file, frame, start)
      await flushed(file)
      this.#size = this.#end = start + frame.length
      return undefined
    } catch (thrown) {
      ftruncateSync(file, end)
      this.#size = end
      return failureFrom(thrown)
    }
  }

  async #rewrite(entries: readonly Uint8Array[]): Promise<Failure | undefined> {
    const frame = frameOf(entries)
    if (isFailure(frame)) return frame
    mkdirSync(dirname(this.#path), { recursive: true, mode: OWNER_ONLY_FOLDER })
    const fresh = `${this.#path}.new`
    const file = openSync(fresh, 'w', OWNER_ONLY_FILE)
    try {
      writeAll(file, MAGIC, 0)
      writeAll(file, frame, MAGIC.length)
      await flushedWhole(file)
      renameSync(fresh, this.#path)
    } catch (thrown) {
      closeSync(file)
      throw thrown
    }
    syncFolder(dirname(this.#path))
    if (this.#file !== undefined) closeSync(this.#file)
    this.#file = file
    this.#size = this.#end = MAGIC.length + frame.length
    return undefined
  }
}

function openedFile(path: string): number {
  mkdirSync(dirname(path), { recursive: true, mode: OWNER_ONLY_FOLDER })
  const file = openSync(path, constants.O_RDWR | constants.O_CREAT, OWNER_ONLY_FILE)
  syncFolder(dirname(path))
  return file
}

function frameOf(entries: readonly Uint8Array[]): Buffer | Failure {
  const size = entries.reduce((sum, { length }) => sum + ENTRY_HEADER_BYTES + length, 0)
  if (size > FRAME_MAX_BYTES) return failure('ETOOBIG', `${FRAME_MAX_BYTES} octets at most are written at once`)
  const frame = Buffer.allocUnsafe(FRAME_HEADER_BYTES + size)
  let at = FRAME_HEADER_BYTES
  for (const entry of entries) {
    frame.writeUInt32BE(entry.length, at)
    frame.set(entry, at + ENTRY_HEADER_BYTES)
    at += ENTRY_HEADER_BYTES + entry.length
  }
  frame.writeUInt32BE(size, 0)
  frame.writeUInt32BE(crc32(frame.subarray(FRAME_HEADER_BYTES)), 4)
  return frame
}

/** All entries, and where what is good ends. Only the last frame may be cut: what is bad before others is damage. */
function framesIn(bytes: Buffer): { readonly entries: Uint8Array[]; readonly end: number } | Failure {
  const entries: Uint8Array[] = []
  if (bytes.length < MAGIC.length) return cutMagic(bytes) ? { entries, end: 0 } : failure('ECORRUPT', 'is no journal')
  if (!bytes.subarray(0, MAGIC.length).equals(MAGIC)) return failure('ECORRUPT', 'is no journal of this version')
  let at = MAGIC.length
  while (at + FRAME_HEADER_BYTES <= bytes.length) {
    const start = at + FRAME_HEADER_BYTES
    const end = start + bytes.readUInt32BE(at)
    const good = end > start && end <= bytes.length && crc32(bytes.subarray(start, end)) === bytes.readUInt32BE(at + 4)
    if (!good) return isCut(bytes, at, end) ? { entries, end: at } : failure('ECORRUPT', `is damaged at octet ${at}`)
    takeEntries(bytes.subarray(start, end), entries)
    at = end
  }
  return { entries, end: at }
}

function takeEntries(frame: Buffer, entries: Uint8Array[]): void {
  for (let at = 0; at < frame.length;) {
    const end = at + ENTRY_HEADER_BYTES + frame.readUInt32BE(at)
    entries.push(frame.subarray(at + ENTRY_HEADER_BYTES, end))
    at = end
  }
}

/** A frame that reaches to the end of the file or beyond, or whose header a file system has left zeros of. */
function isCut(bytes: Buffer, at: number, end: number): boolean {
  const mayBe = end >= bytes.length || bytes.subarray(at, at + FRAME_HEADER_BYTES).every((byte) => byte === 0)
  return mayBe && !isFrameBehind(bytes, at)
}

/** How far behind a frame that is not good the next one is looked for: some hundred edits. Ours. */
const SOUGHT_MAX_BYTES = 65_536

/** Whether a good frame begins behind `at`: then what stands there was not cut, its length is damaged. */
function isFrameBehind(bytes: Buffer, at: number): boolean {
  const last = Math.min(bytes.length - FRAME_HEADER_BYTES, at + SOUGHT_MAX_BYTES)
  for (let from = at + 1; from < last; from += 1) {
    const start = from + FRAME_HEADER_BYTES
    const end = start + bytes.readUInt32BE(from)
    if (end > start && end <= bytes.length && crc32(bytes.subarray(start, end)) === bytes.readUInt32BE(from + 4))
      return true
  }
  return false
}

function cutMagic(bytes: Buffer): boolean {
  return MAGIC.subarray(0, bytes.length).equals(bytes) || bytes.every((byte) => byte === 0)
}

/** Undefined: there is none. */
function bytesOf(path: string): Buffer | Failure | undefined {
  try {
    return readFileSync(path)
  } catch (thrown) {
    const failed = failureFrom(thrown)
    return failed.code === 'ENOENT' ? undefined : failed
  }
}

function writeAll(file: number, bytes: Uint8Array, position: number): void {
  for (let written = 0; written < bytes.length;)
    written += writeSync(file, bytes, written, bytes.length - written, position + written)
}

function syncFolder(path: string): void {
  if (process.platform === 'win32') return
  const folder = openSync(path, constants.O_RDONLY)
  try {
    fsyncSync(folder)
  } finally {
    closeSync(folder)
  }
}
