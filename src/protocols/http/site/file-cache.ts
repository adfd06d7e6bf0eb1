// What a site knows of its files: looked at once a second at most, small ones held whole.

import { isFailure, type FileStat, type Folder, type OpenFile } from '../../../core/index.ts'
import { mediaType } from './media-types.ts'

/** How long what was seen of a file counts. */
export const LOOK_MS = 1000
/** A file that is held whole, bytes. */
const HELD_FILE_MAX_BYTES = 65_536
/** Files known, and the bytes held of them, for one site. */
const FILES_MAX = 4096
const HELD_MAX_BYTES = 16 * 1024 * 1024

export interface KnownFile {
  readonly kind: 'file'
  /** Absolute within the folder. */
  readonly path: string
  readonly size: number
  readonly modifiedMs: number
  readonly etag: string
  readonly type: string
  /** All of it, when it is small. */
  readonly bytes: Uint8Array | undefined
  /** Monotonic ms until which this counts. */
  readonly freshUntilMs: number
}

export interface KnownFolder {
  readonly kind: 'folder'
  readonly path: string
}

export type Known = KnownFile | KnownFolder | 'absent'

export class FileCache {
  readonly #folder: Folder
  readonly #now: () => number
  readonly #files = new Map<string, KnownFile>()
  readonly #looking = new Map<string, Promise<Known>>()
  #heldBytes = 0

  constructor(folder: Folder, now: () => number) {
    this.#folder = folder
    this.#now = now
  }

  fresh(path: string): KnownFile | undefined {
    const file = this.#files.get(path)
    return file !== undefined && this.#now() < file.freshUntilMs ? file : undefined
  }

  /** Looks at the file itself; those who ask meanwhile get the same answer. */
  look(path: string): Promise<Known> {
    const looking = this.#looking.get(path)
    if (looking !== undefined) return looking
    const look = this.#look(path).finally(() => this.#looking.delete(path))
    this.#looking.set(path, look)
    return look
  }

  async #look(path: string): Promise<Known> {
    const stat = await this.#folder.stat(path)
    if (isFailure(stat)) return this.#gone(path)
    if (stat.kind === 'folder') {
      this.#gone(path)
      return { kind: 'folder', path }
    }
    const old = this.#files.get(path)
    const isSame = old !== undefined && old.size === stat.size && old.modifiedMs === stat.modifiedMs
    if (isSame) return this.#keep(path, { ...old, freshUntilMs: this.#now() + LOOK_MS })
    return stat.size <= HELD_FILE_MAX_BYTES ? this.#hold(path) : this.#keep(path, this.#known(path, stat, undefined))
  }

  /** Size and time are those of the open file, so that they are of the bytes that were read. */
  async #hold(path: string): Promise<Known> {
    const file = await this.#folder.open(path)
    if (isFailure(file)) return this.#gone(path)
    try {
      const bytes = file.stat.size <= HELD_FILE_MAX_BYTES ? await readWhole(file) : undefined
      return this.#keep(path, this.#known(path, file.stat, bytes))
    } catch {
      return this.#gone(path)
    } finally {
      await file.close()
    }
  }

  #known(path: string, stat: FileStat, bytes: Uint8Array | undefined): KnownFile {
    return knownFile(path, stat, bytes, this.#now() + LOOK_MS)
  }

  #keep(path: string, file: KnownFile): KnownFile {
    this.#gone(path)
    this.#files.set(path, file)
    this.#heldBytes += file.bytes?.length ?? 0
    for (const oldest of this.#files.keys()) {
      if (this.#files.size <= FILES_MAX && this.#heldBytes <= HELD_MAX_BYTES) break
      this.#gone(oldest)
    }
    return file
  }

  #gone(path: string): 'absent' {
    this.#heldBytes -= this.#files.get(path)?.bytes?.length ?? 0
    this.#files.delete(path)
    return 'absent'
  }
}

/** Size and modification time make the strong validator (RFC 9110 §8.8.1): a change of both to the same values goes unseen. */
export function knownFile(
  path: string,
  stat: FileStat,
  bytes: Uint8Array | undefined,
  freshUntilMs: number,
): KnownFile {
  const size = bytes?.length ?? stat.size
  const etag = `"${size.toString(16)}-${Math.floor(stat.modifiedMs).toString(16)}"`
  const { modifiedMs } = stat
  return { kind: 'file', path, size, modifiedMs, etag, type: mediaType(path), bytes, freshUntilMs }
}

/** All bytes of an open file, as many as there are by now. */
export async function readWhole(file: OpenFile): Promise<Uint8Array> {
  const pieces: Uint8Array[] = []
  let at = 0
  while (at < file.stat.size) {
    const piece = await file.read(at, file.stat.size - at)
    if (piece.length === 0) break
    pieces.push(piece)
    at += piece.length
  }
  return Buffer.concat(pieces)
}
