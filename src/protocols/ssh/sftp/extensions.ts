// Requests of OpenSSH's own (its PROTOCOL §4), and of draft-ietf-secsh-filexfer-extensions-00.

import { failure, isFailure, type Failure } from '../../../core/failure.ts'
import { GROUP_NAME, OWNER_ID } from './file-attributes.ts'
import { HANDLES_MAX } from './handles.ts'
import { STATUS, type CopyData, type Reply } from './messages.ts'
import { realpath } from './on-paths.ts'
import type { OpenedFile } from './open-entry.ts'
import { CONTENT_MAX_BYTES, PACKET_MAX_BYTES } from './packets.ts'
import { absolute, expanded, homeOf } from './paths.ts'
import type { Place } from './place.ts'
import { encodeLimits, encodeNames, encodeSpace } from './reply-codec.ts'
import { done, failed, status } from './statuses.ts'

/** Bytes that are copied at a time. */
const COPY_BYTES = 256 * 1024

export function limits(id: number): Reply {
  return {
    kind: 'extended-reply',
    id,
    body: encodeLimits({
      packetBytes: PACKET_MAX_BYTES,
      readBytes: CONTENT_MAX_BYTES,
      writeBytes: CONTENT_MAX_BYTES,
      handles: HANDLES_MAX,
    }),
  }
}

/** One tree has one space, whatever is asked about within it; but it must be there. */
export async function statvfs(place: Place, id: number, path: string): Promise<Reply> {
  const stat = await place.tree.stat(absolute(path))
  return isFailure(stat) ? failed(id, stat) : space(place, id)
}

export async function fstatvfs(place: Place, id: number, handle: Uint8Array): Promise<Reply> {
  return place.handles.find(handle) === undefined ? status(id, STATUS.failure) : space(place, id)
}

export async function expandPath(place: Place, id: number, path: string): Promise<Reply> {
  const at = expanded(path, place.user)
  return at === undefined ? status(id, STATUS.noSuchFile, 'no such user') : realpath(place, id, at)
}

export function homeDirectory(place: Place, id: number, user: string): Reply {
  const home = homeOf(user, place.user)
  if (home === undefined) return status(id, STATUS.failure)
  return { kind: 'name', id, files: [{ name: home, longName: home, attributes: {} }] }
}

export function namesById(place: Place, id: number, uids: readonly number[], gids: readonly number[]): Reply {
  const body = encodeNames(namesOf(uids, place.user), namesOf(gids, GROUP_NAME))
  return { kind: 'extended-reply', id, body }
}

export async function copyData(place: Place, request: CopyData, stopped: () => boolean): Promise<Reply> {
  const from = place.handles.file(request.from)
  const to = place.handles.file(request.to)
  if (from === undefined || to === undefined) return status(request.id, STATUS.failure)
  if (from === to && overlaps(request)) return status(request.id, STATUS.failure)
  return done(request.id, await copy(from, to, request, stopped))
}

function namesOf(ids: readonly number[], owner: string): readonly string[] {
  return ids.map((id) => (id === OWNER_ID ? owner : ''))
}

async function space(place: Place, id: number): Promise<Reply> {
  const found = await place.tree.space()
  if (isFailure(found)) return failed(id, found)
  return { kind: 'extended-reply', id, body: encodeSpace(found, place.tree.writable) }
}

/** Without a length it goes up to an end that would move. */
function overlaps({ fromOffset, toOffset, length }: CopyData): boolean {
  return length === 0 || (fromOffset < toOffset + length && toOffset < fromOffset + length)
}

async function copy(
  from: OpenedFile,
  to: OpenedFile,
  { fromOffset, toOffset, length }: CopyData,
  stopped: () => boolean,
): Promise<Failure | undefined> {
  const total = length === 0 ? Infinity : length
  for (let copied = 0; copied < total;) {
    if (stopped()) return failure('EINTR', 'the client is gone')
    const bytes = await from.read(fromOffset + copied, Math.min(COPY_BYTES, total - copied))
    if (isFailure(bytes)) return bytes
    if (bytes.length === 0) return undefined
    const outcome = await to.write(toOffset + copied, bytes)
    if (outcome !== undefined) return outcome
    copied += bytes.length
  }
  return undefined
}
