// Folders of this machine held open, so that what is done in them is done there, whatever is moved or swapped meanwhile.
//
// On Linux a folder is a descriptor, and a name in it `/proc/self/fd/7/name`, with which the system takes one step from
// that folder as openat(2) does. It is never given a path of more than one name that a peer had a say in, and never follows
// a link. Where there is no such /proc, a folder is its real path, links are not followed at all, and who else may
// move folders of the tree on this machine could lead us astray.

import {
  closeSync,
  constants,
  existsSync,
  fstatSync,
  lstatSync,
  openSync,
  readlinkSync,
  realpathSync,
  type Stats,
} from 'node:fs'
import { sep } from 'node:path'
import { failure, failureFrom, type Failure } from '../../core/failure.ts'
import type { Ground, LinkTarget } from '../../core/walk.ts'
import { pathText, systemPath } from '../../wire/path-text.ts'

/** Where the kernel keeps the doors to what is open, by descriptor. */
const DESCRIPTORS = '/proc/self/fd'
/** open(2): a place in the tree of files, and nothing that could be read or written. Not among Node's constants. */
const O_PATH = 0x20_0000
const HAS_DESCRIPTORS = process.platform === 'linux' && existsSync(DESCRIPTORS)
const NO_FOLLOW = constants.O_NOFOLLOW ?? 0
/** A file that is opened is no link, and nobody waits for the other end of a FIFO. */
export const SAFELY = NO_FOLLOW | (constants.O_NONBLOCK ?? 0)
const FOLDER_FLAGS = O_PATH | NO_FOLLOW | (constants.O_DIRECTORY ?? 0)

/** A folder. It is held until `leave`, or, the root of a tree, for as long as anybody has it. */
export class Place {
  readonly isRoot: boolean
  /** What stands before a name in it. */
  readonly path: string
  readonly #fd: number | undefined

  constructor(path: string, fd?: number, isRoot = false) {
    this.isRoot = isRoot
    this.#fd = fd
    this.path = fd === undefined ? path : `${DESCRIPTORS}/${fd}`
    if (isRoot && fd !== undefined) abandoned.register(this, fd)
  }

  /** For `node:fs`: the entry `name`, which is one name, or `.`. */
  at(name: string): string | Buffer {
    return systemPath(`${this.path}/${name}`)
  }

  /** What stands there, a link as a link. */
  look(name: string): Stats | undefined {
    return lstatSync(this.at(name), { throwIfNoEntry: false })
  }

  /** A folder in it, which may not be a link. Throws what the system does. */
  inside(name: string): Place {
    if (HAS_DESCRIPTORS) return new Place('', openSync(this.at(name), FOLDER_FLAGS))
    return new Place(`${this.path}${sep}${name}`)
  }

  leave(): void {
    if (this.#fd !== undefined && !this.isRoot) closeSync(this.#fd)
  }
}

const abandoned = new FinalizationRegistry<number>((fd) => {
  try {
    closeSync(fd)
  } catch {}
})

/** Where a tree starts. */
export class Root {
  /** Without links. */
  readonly real: string
  #place: Place | undefined
  #identity = ''

  constructor(path: string) {
    this.real = realpathSync(path)
    if (!lstatSync(this.real).isDirectory()) throw notAFolder(path)
  }

  /** The folder that has its path now: one that was removed and made again is found again. Throws when there is none. */
  place(): Place {
    const stats = lstatSync(this.real)
    const identity = `${stats.dev}:${stats.ino}`
    if (!HAS_DESCRIPTORS && realpathSync(this.real) !== this.real) throw notAFolder(this.real)
    if (this.#place !== undefined && identity === this.#identity) return this.#place
    this.#place = openRoot(this.real)
    this.#identity = identity
    return this.#place
  }

  /** The target of a link in the tree, as text: a path of this machine that leads into the tree becomes one of the tree. */
  target(place: Place, name: string): string {
    const target = pathText(readlinkSync(place.at(name), { encoding: 'buffer' }))
    if (target === this.real) return '/'
    return this.real !== '/' && target.startsWith(`${this.real}/`) ? target.slice(this.real.length) : target
  }
}

function notAFolder(path: string): Error {
  return Object.assign(new Error(`no folder: ${path}`), { code: 'ENOTDIR' })
}

/** Step by step from the top, and through no link: a folder above may belong to another tree, whose users move things. */
function openRoot(real: string): Place {
  if (!HAS_DESCRIPTORS) return new Place(real, undefined, true)
  let fd = openSync('/', FOLDER_FLAGS)
  for (const name of real.split('/')) {
    if (name === '') continue
    const above = fd
    try {
      fd = openSync(`${DESCRIPTORS}/${above}/${name}`, FOLDER_FLAGS)
    } finally {
      closeSync(above)
    }
  }
  return new Place(real, fd, true)
}

/** The folders of one tree, for a walk. */
export class FolderGround implements Ground<Place> {
  readonly #root: Root

  constructor(root: Root) {
    this.#root = root
  }

  enter(place: Place, name: string): { readonly kind: 'folder'; readonly place: Place } | LinkTarget | Failure {
    if (!isOneName(name)) return failure('ENOENT', `no such file: ${name}`)
    if (HAS_DESCRIPTORS) {
      try {
        return { kind: 'folder', place: place.inside(name) }
      } catch (thrown) {
        const because = systemFailure(thrown, name)
        return because.code === 'ENOTDIR' || because.code === 'ELOOP' ? this.#other(place, name) : because
      }
    }
    const stats = place.look(name)
    if (stats?.isDirectory() === true) return { kind: 'folder', place: place.inside(name) }
    return stats === undefined ? failure('ENOENT', `no such file: ${name}`) : failure('ENOTDIR', `no folder: ${name}`)
  }

  leave(place: Place): void {
    place.leave()
  }

  #other(place: Place, name: string): LinkTarget | Failure {
    if (place.look(name)?.isSymbolicLink() !== true) return failure('ENOTDIR', `no folder: ${name}`)
    return { kind: 'link', target: this.#root.target(place, name) }
  }
}

/** Whether links lead on. */
export const FOLLOWS_LINKS = HAS_DESCRIPTORS

/** Where `\` separates too, neither that nor a drive's or stream's colon. */
export function isOneName(name: string): boolean {
  return sep === '/' || !/[\\:]/.test(name)
}

/** A file or a folder held still, so that what is changed of it is changed of this one; and the path that means it. */
export function pinned<T>(place: Place, name: string, use: (path: string | Buffer, stats: Stats) => T): T {
  const fd = openSync(place.at(name), (HAS_DESCRIPTORS ? O_PATH : constants.O_RDONLY) | SAFELY)
  try {
    return use(HAS_DESCRIPTORS ? `${DESCRIPTORS}/${fd}` : place.at(name), fstatSync(fd))
  } finally {
    closeSync(fd)
  }
}

/** Keeps what a name stands for alive. Undoing a large file takes long: that is for who closes the descriptor. */
export function hold(place: Place, name: string): number {
  return openSync(place.at(name), (HAS_DESCRIPTORS ? O_PATH : constants.O_RDONLY) | SAFELY)
}

/** For `node:fs`, another way to what is open. */
export function againByDescriptor(fd: number, place: Place, name: string): string | Buffer {
  return HAS_DESCRIPTORS ? `${DESCRIPTORS}/${fd}` : place.at(name)
}

/** What the system refused, without the paths that it was given. Its `EPERM` is `EACCES` here. */
export function systemFailure(thrown: unknown, path: string): Failure {
  const { code, message } = failureFrom(thrown)
  const reason = message.replace(/^[A-Z0-9]+: /, '').replace(/, [a-z]+( '.*)?$/s, '')
  return failure(code === 'EPERM' ? 'EACCES' : code, `${reason}: ${path}`)
}
