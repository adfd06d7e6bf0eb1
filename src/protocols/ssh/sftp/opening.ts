// OPEN (draft-ietf-secsh-filexfer-02 §6.3): which of the ways to open a file in a tree the flags mean.

import { failure, isFailure, type Failure } from '../../../core/failure.ts'
import type { EditOptions, Tree } from '../../../core/files.ts'
import { OPEN, type Attributes } from './messages.ts'
import type { FileUse } from './open-entry.ts'

/** Rights that a new file or folder never gives to others than its owner, as systems have it by default: their umask. */
export const MASKED = 0o022
const MODE_MASK = 0o777
const FILE_MODE = 0o666
const { read: READ, write: WRITE, append: APPEND, create: CREATE, truncate: TRUNCATE, exclusive: EXCLUSIVE } = OPEN
const UPLOADS = WRITE | CREATE | TRUNCATE

/** What a new entry may be, of what the client asks for. */
export function newMode(attributes: Attributes, otherwise: number): number {
  return (attributes.permissions ?? otherwise) & MODE_MASK & ~MASKED
}

export async function openFile(
  tree: Tree,
  path: string,
  flags: number,
  attributes: Attributes,
): Promise<FileUse | Failure> {
  const mode = newMode(attributes, FILE_MODE)
  if ((flags & (WRITE | CREATE | TRUNCATE)) === 0) return openToRead(tree, path)
  if ((flags & (UPLOADS | READ | APPEND | EXCLUSIVE)) === UPLOADS) return openUpload(tree, path, 0, mode)
  if ((flags & (WRITE | CREATE | READ | TRUNCATE | EXCLUSIVE)) === (WRITE | CREATE) && (await isAbsent(tree, path))) {
    return openUpload(tree, path, 'end', mode)
  }
  return openToEdit(tree, path, flags, mode)
}

async function openToRead(tree: Tree, path: string): Promise<FileUse | Failure> {
  const reads = await tree.open(path)
  return isFailure(reads) ? reads : { reads, writes: undefined, upload: undefined, appends: false }
}

/** Takes up what was interrupted, with `from: 'end'`. */
async function openUpload(tree: Tree, path: string, from: 0 | 'end', mode: number): Promise<FileUse | Failure> {
  const upload = await tree.upload(path, { from, mode })
  return isFailure(upload) ? upload : { reads: undefined, writes: upload, upload, appends: false }
}

async function openToEdit(tree: Tree, path: string, flags: number, mode: number): Promise<FileUse | Failure> {
  const create = (flags & CREATE) !== 0
  const options: EditOptions = { create, exclusive: create && (flags & EXCLUSIVE) !== 0, mode }
  const edited = await tree.edit(path, options)
  if (isFailure(edited)) return edited
  const cut = (flags & TRUNCATE) === 0 ? undefined : await edited.change({ size: 0 })
  if (cut !== undefined) {
    await edited.close()
    return cut
  }
  const reads = (flags & READ) !== 0 || (flags & WRITE) === 0 ? edited : undefined
  return { reads, writes: edited, upload: undefined, appends: (flags & APPEND) !== 0 }
}

async function isAbsent(tree: Tree, path: string): Promise<boolean> {
  const stat = await tree.stat(path)
  return isFailure(stat) && stat.code === 'ENOENT'
}

/** A handle too many. */
export const TOO_MANY_OPEN = failure('EMFILE', 'too many open handles')
