// Requests that name paths (draft-ietf-secsh-filexfer-02 §6.5, §6.6, §6.8 to §6.11).

import { failure, isFailure, type Failure } from '../../../core/failure.ts'
import type { FileStat } from '../../../core/files.ts'
import { attributesOf, changesOf } from './file-attributes.ts'
import type { FileOperation } from './file-operation.ts'
import { FILE_TYPE, type Attributes, type Reply } from './messages.ts'
import { settleUpload } from './on-handles.ts'
import { newMode } from './opening.ts'
import { absolute } from './paths.ts'
import type { Place } from './place.ts'
import { done, failed } from './statuses.ts'

const FOLDER_MODE = 0o777
/** Permissions of what was interrupted: a file that its owner alone has to do with. */
const INTERRUPTED_MODE = 0o600

export async function stat(place: Place, id: number, path: string, follow: boolean): Promise<Reply> {
  const at = absolute(path)
  const upload = place.handles.upload(at)
  const found = await (upload !== undefined ? upload.current() : follow ? place.tree.stat(at) : place.tree.lstat(at))
  if (!isFailure(found)) return { kind: 'attrs', id, attributes: attributesOf(found) }
  const bytes = found.code === 'ENOENT' ? await place.tree.interrupted(at) : found
  return typeof bytes === 'number' ? interruptedFile(id, bytes) : failed(id, found)
}

export async function setstat(
  place: Place,
  id: number,
  path: string,
  attributes: Attributes,
  follow: boolean,
): Promise<Reply> {
  const at = absolute(path)
  const changes = changesOf(attributes)
  if (isFailure(changes)) return failed(id, changes)
  const upload = place.handles.upload(at)
  const refused = follow || upload !== undefined ? undefined : unlessLink(await place.tree.lstat(at))
  const outcome = refused ?? (await (upload ?? place.tree).change(at, changes))
  return told(place, id, { kind: 'change', path: at }, outcome)
}

export async function remove(place: Place, id: number, path: string): Promise<Reply> {
  const at = absolute(path)
  await settleUpload(place, at)
  return told(place, id, { kind: 'remove', path: at }, await place.tree.removeFile(at))
}

export async function mkdir(place: Place, id: number, path: string, attributes: Attributes): Promise<Reply> {
  const at = absolute(path)
  const outcome = await place.tree.makeFolder(at, newMode(attributes, FOLDER_MODE))
  return told(place, id, { kind: 'make-folder', path: at }, outcome)
}

export async function rmdir(place: Place, id: number, path: string): Promise<Reply> {
  const at = absolute(path)
  return told(place, id, { kind: 'remove-folder', path: at }, await place.tree.removeFolder(at))
}

/** Over a file that stands there only where the client says so (posix-rename@openssh.com). */
export async function rename(place: Place, id: number, from: string, to: string, replace: boolean): Promise<Reply> {
  const [source, target] = [absolute(from), absolute(to)]
  await settleUpload(place, source)
  await settleUpload(place, target)
  const outcome = await place.tree.rename(source, target, replace)
  return told(place, id, { kind: 'rename', path: source, to: target }, outcome)
}

export async function hardlink(place: Place, id: number, from: string, to: string): Promise<Reply> {
  const [existing, path] = [absolute(from), absolute(to)]
  await settleUpload(place, existing)
  await settleUpload(place, path)
  return told(place, id, { kind: 'link', path: existing, to: path }, await place.tree.link(existing, path))
}

export async function symlink(place: Place, id: number, target: string, path: string): Promise<Reply> {
  const at = absolute(path)
  await settleUpload(place, at)
  return told(place, id, { kind: 'symlink', path: at, to: target }, await place.tree.symlink(target, at))
}

export async function readlink(place: Place, id: number, path: string): Promise<Reply> {
  const target = await place.tree.readLink(absolute(path))
  return isFailure(target) ? failed(id, target) : named(id, target)
}

/** What stands last need not exist, as in OpenSSH: clients ask where a new file would be. */
export async function realpath(place: Place, id: number, path: string): Promise<Reply> {
  const resolved = await place.tree.resolve(absolute(path))
  return isFailure(resolved) ? failed(id, resolved) : named(id, resolved)
}

function named(id: number, path: string): Reply {
  return { kind: 'name', id, files: [{ name: path, longName: path, attributes: {} }] }
}

/** Stands in no list, and can be gone on with: that is what a client that would resume asks. */
function interruptedFile(id: number, size: number): Reply {
  return { kind: 'attrs', id, attributes: { size, permissions: FILE_TYPE.file | INTERRUPTED_MODE } }
}

/** Times and modes of links themselves cannot be changed. */
function unlessLink(found: FileStat | Failure): Failure | undefined {
  if (isFailure(found)) return found
  return found.kind === 'link' ? failure('ENOTSUP', 'a link has none of its own') : undefined
}

function told(
  place: Place,
  id: number,
  operation: Omit<FileOperation, 'outcome'>,
  outcome: Failure | undefined,
): Reply {
  place.log({ ...operation, outcome: outcome?.code ?? 'done' })
  return done(id, outcome)
}
