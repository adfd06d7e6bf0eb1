// The start of an upload: with nothing, with what stands under the name, or with what was interrupted.

import {
  closeSync,
  constants,
  copyFile,
  fchmodSync,
  fstatSync,
  ftruncateSync,
  openSync,
  renameSync,
  unlinkSync,
  type Stats,
} from 'node:fs'
import type { Upload, UploadOptions } from '../../core/files.ts'
import { failure, isFailure, type Failure } from '../../core/failure.ts'
import { absent, fileStat, idOf, kindOf, MODE_MASK, partName, uploadName } from './entry.ts'
import type { Finder, Found } from './finder.ts'
import { againByDescriptor, SAFELY, systemFailure, type Place } from './place.ts'
import { isExpired } from './scan.ts'
import type { Tally } from './tally.ts'
import { FileUpload, type Berth } from './upload.ts'

const FILE_MODE = 0o644
const NEW_FLAGS = constants.O_RDWR | constants.O_CREAT | constants.O_EXCL | SAFELY

let count = 0

/** What a file that is to be gone on with begins with. */
interface Beginning {
  readonly berth: Berth
  /** Of what stands under the name, opened for reading; `undefined`: nothing of that. */
  readonly source: number | undefined
  /** What the hidden file is when it is opened: not there, what was interrupted, or a copy of what stands there. */
  readonly origin: 'new' | 'part' | 'copy'
  /** Bytes that it has then, and that count already. */
  readonly had: number
  /** What is kept of them. */
  readonly bytes: number
  readonly mode: number
}

export async function startUpload(
  finder: Finder,
  tally: Tally,
  token: string,
  path: string,
  options: UploadOptions,
): Promise<Upload | Failure> {
  const refused = await tally.claim(0, 1)
  if (refused !== undefined) return refused
  const hidden = uploadName(token, ++count)
  const begun = finder.at(path, true, (found) => begin(found, hidden, options, tally))
  if (isFailure(begun)) {
    tally.give(0, 1)
    return begun
  }
  const copying = begun.source === undefined ? undefined : await copied(begun, begun.source, tally)
  const upload = copying ?? opened(begun, tally)
  if (isFailure(upload)) {
    tally.give(copying === undefined ? begun.had : 0, 1)
    discard(begun.berth)
  }
  return upload
}

/** Bytes of what was interrupted under a name, if it is not too old. */
export function partBytes(place: Place, name: string): number | undefined {
  const stats = place.look(partName(name))
  return stats === undefined || isExpired(stats.mtimeMs) ? undefined : stats.size
}

function begin(found: Found, hidden: string, options: UploadOptions, tally: Tally): Beginning | Failure {
  const { name, stats, path } = found
  const { from = 0, exclusive = false, mode = FILE_MODE } = options
  if (found.isRoot || stats?.isDirectory() === true) return failure('EISDIR', `a folder: ${path}`)
  if (stats !== undefined && exclusive) return failure('EEXIST', `there is one already: ${path}`)
  if (stats !== undefined && kindOf(stats) === undefined) return absent(path)
  const there = from === 0 ? 0 : (stats?.size ?? partBytes(found.place, name) ?? 0)
  const bytes = from === 'end' ? there : from
  if (bytes > there) return failure('EINVAL', `only ${there} bytes are there: ${path}`)
  const source = stats !== undefined && bytes > 0 ? openSource(found) : undefined
  const origin = bytes === 0 ? 'new' : source === undefined ? 'part' : 'copy'
  if (origin === 'part') takePart(found.place, name, hidden, tally)
  const berth = { place: found.take(), hidden, name, exclusive }
  const had = origin === 'part' ? there : bytes
  return { berth, source, origin, had, bytes, mode: (stats?.mode ?? mode) & MODE_MASK }
}

function openSource({ place, name }: Found): number {
  const fd = openSync(place.at(name), constants.O_RDONLY | SAFELY)
  if (fstatSync(fd).isFile()) return fd
  closeSync(fd)
  throw Object.assign(new Error('no file'), { code: 'ENOENT' })
}

function takePart(place: Place, name: string, hidden: string, tally: Tally): void {
  renameSync(place.at(partName(name)), place.at(hidden))
  tally.give(0, 1)
  tally.partGone()
}

/** An upload over a hidden file of our own. */
function opened({ berth, origin, had, bytes, mode }: Beginning, tally: Tally): Upload | Failure {
  const { place, hidden } = berth
  try {
    const fd = openSync(place.at(hidden), origin === 'new' ? NEW_FLAGS : constants.O_RDWR | SAFELY, mode)
    const stats = fstatSync(fd)
    if ((stats.mode & MODE_MASK) !== mode) fchmodSync(fd, mode)
    if (stats.size !== bytes) ftruncateSync(fd, bytes)
    tally.give(had - bytes, 0)
    return uploadOf(fd, stats, bytes, berth, tally)
  } catch (thrown) {
    return systemFailure(thrown, berth.name)
  }
}

function uploadOf(fd: number, stats: Stats, bytes: number, berth: Berth, tally: Tally): Upload {
  const inode = tally.opened(idOf(stats), bytes)
  return new FileUpload({ fd, stat: { ...fileStat(stats), size: bytes }, inode, tally, berth, offset: bytes })
}

/** The system copies, or shares what both have; the copy counts besides what is there. Closes `source`. */
async function copied({ berth, bytes }: Beginning, source: number, tally: Tally): Promise<Failure | undefined> {
  const refused = await tally.claim(bytes, 0)
  const failed = refused ?? (await copy(source, berth)) ?? cutShort(source, bytes)
  closeSync(source)
  if (failed !== undefined && refused === undefined) tally.give(bytes, 0)
  return failed
}

/** Others have cut off what was to be gone on with. */
function cutShort(source: number, bytes: number): Failure | undefined {
  const { size } = fstatSync(source)
  return size < bytes ? failure('EINVAL', `only ${size} bytes are there`) : undefined
}

function discard({ place, hidden }: Berth): void {
  try {
    unlinkSync(place.at(hidden))
  } catch {
    // It was never made.
  }
  place.leave()
}

function copy(source: number, { place, hidden, name }: Berth): Promise<Failure | undefined> {
  const mode = constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE
  return new Promise((resolve) => {
    copyFile(againByDescriptor(source, place, name), place.at(hidden), mode, (error) => {
      resolve(error === null ? undefined : systemFailure(error, name))
    })
  })
}
