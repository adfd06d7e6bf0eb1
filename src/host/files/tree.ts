// A rooted tree on this machine: core/files.ts to the letter. Each look and each change is one piece of work from the
// root to the entry, in which nobody else of this process has a turn.

import { constants, fchmodSync, fstatSync, openSync, closeSync, type Stats } from 'node:fs'
import { failure, isFailure, type Failure } from '../../core/failure.ts'
import type {
  Changes,
  EditedFile,
  EditOptions,
  Entry,
  FileStat,
  OpenFile,
  Space,
  Tree,
  Upload,
  UploadOptions,
} from '../../core/files.ts'
import { ReadFile, WrittenFile } from './content.ts'
import { absent, fileStat, idOf, MODE_MASK, statOf } from './entry.ts'
import type { Finder, Found, FoundEntry } from './finder.ts'
import { entriesOf, sortedNames } from './listing.ts'
import { makeFolder, move, removeFile, removeFolder, secondName, setChanges, symbolicLink } from './names.ts'
import { SAFELY, systemFailure, type Place } from './place.ts'
import { spaceOf } from './space.ts'
import { partBytes, startUpload } from './start-upload.ts'
import { overQuota, type Tally } from './tally.ts'

const FILE_MODE = 0o644
const NEW_FLAGS = constants.O_RDWR | constants.O_CREAT | constants.O_EXCL | SAFELY

interface RootedParts {
  readonly finder: Finder
  readonly tally: Tally
  readonly writable: boolean
  /** In the names of the uploads of this process. */
  readonly token: string
}

export class RootedTree implements Tree {
  readonly writable: boolean
  readonly root: string
  readonly #finder: Finder
  readonly #tally: Tally
  readonly #token: string

  constructor({ finder, tally, writable, token }: RootedParts) {
    this.#finder = finder
    this.#tally = tally
    this.#token = token
    this.writable = writable
    this.root = finder.root.real
  }

  async stat(path: string): Promise<FileStat | Failure> {
    return this.#finder.existing(path, true, ({ stats }) => statOf(stats, path))
  }

  async lstat(path: string): Promise<FileStat | Failure> {
    return this.#finder.existing(path, false, ({ stats }) => statOf(stats, path))
  }

  async open(path: string): Promise<OpenFile | Failure> {
    return this.#finder.existing(path, true, (found) => {
      const opened = openFound(found, constants.O_RDONLY)
      return isFailure(opened) ? opened : new ReadFile(opened.fd, fileStat(opened.stats))
    })
  }

  async list(path: string): Promise<readonly string[] | Failure> {
    return this.#inFolder(path, sortedNames)
  }

  async entries(path: string): Promise<readonly Entry[] | Failure> {
    return this.#inFolder(path, entriesOf)
  }

  /** The last name need not stand there. */
  async resolve(path: string): Promise<string | Failure> {
    return this.#finder.at(path, true, (found) => found.path)
  }

  async readLink(path: string): Promise<string | Failure> {
    return this.#finder.existing(path, false, ({ place, name, stats }) =>
      stats.isSymbolicLink() ? this.#finder.root.target(place, name) : failure('EINVAL', `no link: ${path}`),
    )
  }

  async upload(path: string, options: UploadOptions = {}): Promise<Upload | Failure> {
    const refused = await this.#mayWrite()
    return refused ?? startUpload(this.#finder, this.#tally, this.#token, path, options)
  }

  async interrupted(path: string): Promise<number | Failure> {
    return this.#finder.at(path, true, ({ place, name, stats }) => {
      const bytes = stats === undefined ? partBytes(place, name) : undefined
      return bytes ?? absent(path)
    })
  }

  async edit(path: string, options: EditOptions = {}): Promise<EditedFile | Failure> {
    const refused = await this.#mayWrite()
    if (refused !== undefined) return refused
    for (;;) {
      const outcome = this.#finder.at(path, true, (found) => this.#editFound(found, options))
      const isFull = isFailure(outcome) && outcome.code === 'EDQUOT'
      if (!isFull || !(await this.#tally.makeRoom(0, 1))) return outcome
    }
  }

  async change(path: string, changes: Changes): Promise<Failure | undefined> {
    const refused = await this.#mayWrite()
    if (refused !== undefined) return refused
    const { size, ...rest } = changes
    if (size !== undefined) {
      const file = await this.edit(path)
      if (isFailure(file)) return file
      const failed = await file.change({ size })
      await file.close()
      if (failed !== undefined) return failed
    }
    return this.#finder.existing(path, true, (found) => setChanges(found, rest))
  }

  makeFolder(path: string, mode?: number): Promise<Failure | undefined> {
    return this.#add(() => this.#finder.at(path, false, (found) => makeFolder(found, mode, this.#tally.wallMs())))
  }

  link(existing: string, path: string): Promise<Failure | undefined> {
    return this.#add(() =>
      this.#finder.existing(existing, false, (one) => this.#finder.at(path, false, (other) => secondName(one, other))),
    )
  }

  symlink(target: string, path: string): Promise<Failure | undefined> {
    return this.#add(() => this.#finder.at(path, false, (found) => symbolicLink(target, found)))
  }

  async removeFolder(path: string): Promise<Failure | undefined> {
    const refused = await this.#mayWrite()
    return refused ?? this.#finder.existing(path, false, (found) => removeFolder(found, this.#tally))
  }

  async removeFile(path: string): Promise<Failure | undefined> {
    const refused = await this.#mayWrite()
    return refused ?? this.#finder.at(path, false, (found) => removeFile(found, this.#tally))
  }

  async rename(from: string, to: string, replace: boolean): Promise<Failure | undefined> {
    const refused = await this.#mayWrite()
    if (refused !== undefined) return refused
    return this.#finder.existing(from, false, (source) =>
      this.#finder.at(to, false, (target) => move(source, target, replace, this.#tally)),
    )
  }

  async space(): Promise<Space | Failure> {
    if (this.writable) await this.#tally.ready()
    return this.#finder.at('/', false, ({ place }) => spaceOf(place, this.#tally))
  }

  recount(): void {
    this.#tally.recount()
  }

  async #mayWrite(): Promise<Failure | undefined> {
    if (!this.writable) return failure('EROFS', 'this tree is read-only')
    const counting = this.#tally.ready()
    if (counting !== undefined) await counting
    return undefined
  }

  /** One more entry, if `make` makes it. */
  async #add(make: () => Failure | undefined): Promise<Failure | undefined> {
    const refused = (await this.#mayWrite()) ?? (await this.#tally.claim(0, 1))
    if (refused !== undefined) return refused
    const outcome = make()
    if (outcome !== undefined) this.#tally.give(0, 1)
    return outcome
  }

  async #inFolder<T>(path: string, use: (place: Place, size: number) => Promise<T>): Promise<T | Failure> {
    const folder = this.#finder.existing(path, true, ({ place, name, stats, isRoot }) => {
      if (!stats.isDirectory()) return failure('ENOTDIR', `no folder: ${path}`)
      return { place: isRoot ? place : place.inside(name), size: stats.size }
    })
    if (isFailure(folder)) return folder
    try {
      return await use(folder.place, folder.size)
    } catch (thrown) {
      return systemFailure(thrown, path)
    } finally {
      folder.place.leave()
    }
  }

  #editFound(found: Found, { create = false, exclusive = false, mode }: EditOptions): EditedFile | Failure {
    const { stats, path } = found
    if (stats !== undefined && exclusive) return failure('EEXIST', `there is one already: ${path}`)
    if (stats === undefined && !create) return absent(path)
    const opened = stats === undefined ? this.#makeFile(found, mode) : openFound({ ...found, stats }, constants.O_RDWR)
    return isFailure(opened) ? opened : this.#written(opened)
  }

  /** `mode` left out: what the process gives to all. */
  #makeFile({ place, name }: Found, mode: number | undefined): Opened | Failure {
    if (!this.#tally.take(0, 1)) return overQuota()
    try {
      const fd = openSync(place.at(name), NEW_FLAGS, (mode ?? FILE_MODE) & MODE_MASK)
      if (mode !== undefined) fchmodSync(fd, mode & MODE_MASK)
      return { fd, stats: fstatSync(fd) }
    } catch (thrown) {
      this.#tally.give(0, 1)
      return systemFailure(thrown, name)
    }
  }

  #written({ fd, stats }: Opened): EditedFile {
    const inode = this.#tally.opened(idOf(stats), stats.size)
    return new WrittenFile(fd, fileStat(stats), inode, this.#tally)
  }
}

interface Opened {
  readonly fd: number
  readonly stats: Stats
}

/** What was opened is asked again what it is: others may have put something else there. */
function openFound({ place, name, stats, path }: FoundEntry, flags: number): Opened | Failure {
  if (stats.isDirectory()) return failure('EISDIR', `a folder: ${path}`)
  if (!stats.isFile()) return absent(path)
  const fd = openSync(place.at(name), flags | SAFELY)
  const now = fstatSync(fd)
  if (now.isFile()) return { fd, stats: now }
  closeSync(fd)
  return absent(path)
}
