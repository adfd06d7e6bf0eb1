// A folder of this machine as services see it: read-only, and nothing outside its root can be reached,
// whatever the path says and whatever is moved meanwhile. Regular files and folders only.

import { realpathSync, statSync, type Stats } from 'node:fs'
import { constants, open, readdir, readlink, realpath, stat, type FileHandle } from 'node:fs/promises'
import { join, sep } from 'node:path'
import {
  failure,
  failureFrom,
  isFailure,
  type Failure,
  type FileStat,
  type Folder,
  type OpenFile,
} from '../core/index.ts'

/** Where the kernel says what an open file is, by its descriptor. */
const DESCRIPTORS = '/proc/self/fd'
/**
 * Without waiting for the other end of a FIFO, and not through a link in the last place: links are
 * resolved before, and what is opened must be what they led to.
 */
const FLAGS = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0) | (constants.O_NOFOLLOW ?? 0)

/** Fails when `root` is no folder that can be read. */
export function openFolder(root: string): Folder | Failure {
  try {
    const real = realpathSync(root)
    if (!statSync(real).isDirectory()) return failure('ENOTDIR', `${root} is not a folder`)
    return new RootedFolder(real)
  } catch (thrown) {
    return failureFrom(thrown)
  }
}

class RootedFolder implements Folder {
  readonly #root: string

  constructor(root: string) {
    this.#root = root
  }

  async stat(path: string): Promise<FileStat | Failure> {
    return this.#with(path, async (_, stats) => fileStat(stats))
  }

  async open(path: string): Promise<OpenFile | Failure> {
    const opened = await this.#open(path)
    if (isFailure(opened)) return opened
    if (opened.stats.isFile()) return openFile(opened.handle, fileStat(opened.stats))
    await opened.handle.close()
    return failure('EISDIR', `${path} is a folder`)
  }

  async list(path: string): Promise<readonly string[] | Failure> {
    return this.#with(path, async (handle, _, real) => {
      const names = await readdir(await listable(handle, real))
      return names.toSorted(byCodePoint)
    })
  }

  async #with<T>(
    path: string,
    use: (handle: FileHandle, stats: Stats, real: string) => Promise<T>,
  ): Promise<T | Failure> {
    const opened = await this.#open(path)
    if (isFailure(opened)) return opened
    try {
      return await use(opened.handle, opened.stats, opened.real)
    } catch (thrown) {
      return failureFrom(thrown)
    } finally {
      await opened.handle.close()
    }
  }

  /** Opens first and asks afterwards what was opened: nothing can be swapped between the two. */
  async #open(path: string): Promise<Opened | Failure> {
    const asked = this.#locate(path)
    if (asked === undefined) return absent(path)
    let handle: FileHandle | undefined
    try {
      const real = await realpath(asked)
      if (!this.#isInside(real)) return absent(path)
      const before = await stat(real)
      if (!before.isFile() && !before.isDirectory()) return absent(path)
      handle = await open(real, FLAGS)
      const stats = await handle.stat()
      const isOurs = (stats.isFile() || stats.isDirectory()) && (await this.#isStill(handle, stats, real))
      if (isOurs) return { handle, stats, real }
      await handle.close()
      return absent(path)
    } catch (thrown) {
      await handle?.close().catch(() => {})
      return failureFrom(thrown)
    }
  }

  /** The kernel's own word for where the open file lies; where there is none, the same file must be found again. */
  async #isStill(handle: FileHandle, stats: Stats, real: string): Promise<boolean> {
    const actual = await readlink(`${DESCRIPTORS}/${handle.fd}`).catch(() => undefined)
    if (actual !== undefined) return this.#isInside(actual)
    const again = await realpath(real)
    const found = await stat(again)
    return this.#isInside(again) && found.ino === stats.ino && found.dev === stats.dev
  }

  #locate(path: string): string | undefined {
    const segments = path.split('/').filter((segment) => segment !== '')
    const isPlain = path.startsWith('/') && segments.every(isName)
    return isPlain ? join(this.#root, ...segments) : undefined
  }

  #isInside(real: string): boolean {
    const inside = this.#root.endsWith(sep) ? this.#root : `${this.#root}${sep}`
    return real === this.#root || real.startsWith(inside)
  }
}

interface Opened {
  readonly handle: FileHandle
  readonly stats: Stats
  readonly real: string
}

/** One name: no way up, no NUL, and where `\` separates too, neither that nor a drive's or stream's colon. */
function isName(segment: string): boolean {
  if (segment === '.' || segment === '..' || segment.includes('\0')) return false
  return sep === '/' || !/[\\:]/.test(segment)
}

/** A path for `readdir` that means the open folder itself, where the system has one. */
async function listable(handle: FileHandle, real: string): Promise<string> {
  const byDescriptor = `${DESCRIPTORS}/${handle.fd}/`
  return (await stat(byDescriptor).catch(() => undefined)) === undefined ? real : byDescriptor
}

function openFile(handle: FileHandle, stat: FileStat): OpenFile {
  return {
    stat,
    read: (offset, length) => readFully(handle, offset, length),
    close: () => handle.close(),
  }
}

/** One read of the system may stop early; ours stops at the end of the file only. */
async function readFully(handle: FileHandle, offset: number, length: number): Promise<Uint8Array> {
  const buffer = Buffer.allocUnsafeSlow(length)
  let filled = 0
  while (filled < length) {
    const { bytesRead } = await handle.read(buffer, filled, length - filled, offset + filled)
    if (bytesRead === 0) break
    filled += bytesRead
  }
  return buffer.subarray(0, filled)
}

function fileStat(stats: Stats): FileStat {
  return { kind: stats.isFile() ? 'file' : 'folder', size: stats.size, modifiedMs: stats.mtimeMs }
}

/** In UTF-8 the order of bytes is that of code points; in UTF-16 it is not. */
function byCodePoint(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b))
}

function absent(path: string): Failure {
  return failure('ENOENT', `no such file: ${path}`)
}
