// Requests that name a handle (draft-ietf-secsh-filexfer-02 §6.3 to §6.7).

import { failure, isFailure, type Failure } from '../../../core/failure.ts'
import type { FileOperation } from './file-operation.ts'
import { attributesOf, changesOf, namedFile } from './file-attributes.ts'
import { OPEN, STATUS, type Attributes, type NamedFile, type Reply, type Request } from './messages.ts'
import { OpenedFile } from './open-entry.ts'
import { openFile, TOO_MANY_OPEN } from './opening.ts'
import { CONTENT_MAX_BYTES } from './packets.ts'
import { absolute } from './paths.ts'
import type { Place } from './place.ts'
import { done, failed, ok, status } from './statuses.ts'

type Read = Extract<Request, { kind: 'read' }>

/** Offsets beyond are no file's. */
const OFFSET_MAX = Number.MAX_SAFE_INTEGER
/** Names that one READDIR tells at most; with the longest names that is less than a packet. */
const NAMES_MAX = 100
const NOTHING = new Uint8Array(0)
const NO_HANDLE = failure('EIO', 'no such handle')

export async function open(
  place: Place,
  id: number,
  path: string,
  flags: number,
  attributes: Attributes,
): Promise<Reply> {
  const at = absolute(path)
  const opened = await openAt(place, at, flags, attributes)
  if (isFailure(opened)) {
    place.log({ kind: (flags & OPEN.write) === 0 ? 'read' : 'write', path: at, outcome: opened.code })
    return failed(id, opened)
  }
  return { kind: 'handle', id, handle: place.handles.add(opened) }
}

export async function close(place: Place, id: number, handle: Uint8Array): Promise<Reply> {
  const opened = place.handles.remove(handle)
  if (opened === undefined) return status(id, STATUS.noSuchFile)
  if (opened.kind === 'folder') return ok(id)
  const outcome = await opened.close(place.tree)
  place.log(opened.operation(outcome?.code ?? 'done'))
  return done(id, outcome)
}

export async function read(
  place: Place,
  id: number,
  handle: Uint8Array,
  offset: number,
  length: number,
): Promise<Reply> {
  const file = place.handles.file(handle)
  if (file === undefined) return failed(id, NO_HANDLE)
  if (offset > OFFSET_MAX) return status(id, STATUS.eof)
  const data = await file.read(offset, Math.min(length, CONTENT_MAX_BYTES))
  return isFailure(data) ? failed(id, data) : dataReply(id, data, length)
}

/** Reads of one handle, each of which begins where the one before it ends. */
export async function readTogether(place: Place, reads: readonly Read[]): Promise<readonly Reply[]> {
  const [first] = reads
  const file = first && place.handles.file(first.handle)
  if (file === undefined) return reads.map(({ id }) => failed(id, NO_HANDLE))
  const start = first?.offset ?? 0
  const total = reads.reduce((sum, { length }) => sum + length, 0)
  const bytes = start + total > OFFSET_MAX ? NOTHING : await file.read(start, total)
  if (isFailure(bytes)) return reads.map(({ id }) => failed(id, bytes))
  return reads.map(({ id, offset, length }) => {
    const at = offset - start
    return dataReply(id, bytes.subarray(at, at + length), length)
  })
}

function dataReply(id: number, data: Uint8Array, asked: number): Reply {
  return data.length === 0 && asked > 0 ? status(id, STATUS.eof) : { kind: 'data', id, data }
}

export async function write(
  place: Place,
  id: number,
  handle: Uint8Array,
  offset: number,
  data: Uint8Array,
): Promise<Reply> {
  const file = place.handles.file(handle)
  if (file === undefined) return failed(id, NO_HANDLE)
  if (offset + data.length > OFFSET_MAX) return failed(id, failure('EFBIG', 'no file is that large'))
  return done(id, await file.write(offset, data))
}

export async function fstat(place: Place, id: number, handle: Uint8Array): Promise<Reply> {
  const opened = place.handles.find(handle)
  if (opened === undefined) return failed(id, NO_HANDLE)
  const stat = await (opened.kind === 'folder' ? place.tree.stat(opened.path) : opened.current())
  return isFailure(stat) ? failed(id, stat) : { kind: 'attrs', id, attributes: attributesOf(stat) }
}

export async function fsetstat(place: Place, id: number, handle: Uint8Array, attributes: Attributes): Promise<Reply> {
  const opened = place.handles.find(handle)
  if (opened === undefined) return failed(id, NO_HANDLE)
  const changes = changesOf(attributes)
  if (isFailure(changes)) return failed(id, changes)
  const changed = opened.kind === 'file' && opened.isWritten ? opened : place.tree
  return done(id, await changed.change(opened.path, changes))
}

export async function fsync(place: Place, id: number, handle: Uint8Array): Promise<Reply> {
  const file = place.handles.file(handle)
  return file === undefined ? failed(id, NO_HANDLE) : done(id, await file.sync())
}

export async function opendir(place: Place, id: number, path: string): Promise<Reply> {
  const at = absolute(path)
  const files = place.handles.full ? TOO_MANY_OPEN : await listing(place, at)
  const outcome = isFailure(files) ? files.code : 'done'
  place.log({ kind: 'list', path: at, outcome } satisfies FileOperation)
  if (isFailure(files)) return failed(id, files)
  return { kind: 'handle', id, handle: place.handles.add({ kind: 'folder', path: at, files, next: 0 }) }
}

export async function readdir(place: Place, id: number, handle: Uint8Array): Promise<Reply> {
  const opened = place.handles.find(handle)
  if (opened?.kind !== 'folder') return failed(id, NO_HANDLE)
  const files = opened.files.slice(opened.next, opened.next + NAMES_MAX)
  opened.next += files.length
  return files.length === 0 ? status(id, STATUS.eof) : { kind: 'name', id, files }
}

async function openAt(
  place: Place,
  path: string,
  flags: number,
  attributes: Attributes,
): Promise<OpenedFile | Failure> {
  if (place.handles.full) return TOO_MANY_OPEN
  await settleUpload(place, path)
  const use = await openFile(place.tree, path, flags, attributes)
  return isFailure(use) ? use : new OpenedFile(path, use)
}

/** `.` and `..` as well; above the root is the root. */
async function listing(place: Place, path: string): Promise<readonly NamedFile[] | Failure> {
  const [entries, own, above] = await Promise.all([
    place.tree.entries(path),
    place.tree.stat(path),
    place.tree.stat(absolute(`${path}/..`)),
  ])
  if (isFailure(entries)) return entries
  const wallMs = place.wallMs()
  const told = (name: string, stat: Parameters<typeof namedFile>[1]) => namedFile(name, stat, place.user, wallMs)
  const dots = isFailure(own) || isFailure(above) ? [] : [told('.', own), told('..', above)]
  return [...dots, ...entries.map(({ name, stat }) => told(name, stat))]
}

/** An upload to a path that the same session uses in another way stands there from then on. */
export async function settleUpload(place: Place, path: string): Promise<void> {
  const upload = place.handles.upload(path)
  if (upload === undefined) return
  place.handles.settled(upload)
  await upload.settle(place.tree)
}
