// Requests of SFTP as bytes: what follows the length of a packet (draft-ietf-secsh-filexfer-02 §4, §6; OpenSSH's PROTOCOL §4).

import { unreachable } from '../../../core/failure.ts'
import { pathBytes, pathText } from '../../../wire/path-text.ts'
import { Reader } from '../../../wire/reader.ts'
import { utf8 } from '../../../wire/text.ts'
import { Writer } from '../../../wire/writer.ts'
import {
  readAttributes,
  readNumbers,
  readPath,
  readString,
  readU64,
  writeAttributes,
  writeNumbers,
  writePath,
  writeString,
  writeU64,
} from './fields.ts'
import { MESSAGE, type Init, type Request } from './messages.ts'

type Decode = (reader: Reader, id: number) => Request

/** By the type of the message. */
const REQUESTS: ReadonlyMap<number, Decode> = new Map<number, Decode>([
  [MESSAGE.open, (r, id) => ({ kind: 'open', id, path: readPath(r), flags: r.u32(), attributes: readAttributes(r) })],
  [MESSAGE.close, (r, id) => ({ kind: 'close', id, handle: readString(r) })],
  [MESSAGE.read, (r, id) => ({ kind: 'read', id, handle: readString(r), offset: readU64(r), length: r.u32() })],
  [MESSAGE.write, (r, id) => ({ kind: 'write', id, handle: readString(r), offset: readU64(r), data: readString(r) })],
  [MESSAGE.lstat, (r, id) => ({ kind: 'lstat', id, path: readPath(r) })],
  [MESSAGE.fstat, (r, id) => ({ kind: 'fstat', id, handle: readString(r) })],
  [MESSAGE.setstat, (r, id) => ({ kind: 'setstat', id, path: readPath(r), attributes: readAttributes(r) })],
  [MESSAGE.fsetstat, (r, id) => ({ kind: 'fsetstat', id, handle: readString(r), attributes: readAttributes(r) })],
  [MESSAGE.opendir, (r, id) => ({ kind: 'opendir', id, path: readPath(r) })],
  [MESSAGE.readdir, (r, id) => ({ kind: 'readdir', id, handle: readString(r) })],
  [MESSAGE.remove, (r, id) => ({ kind: 'remove', id, path: readPath(r) })],
  [MESSAGE.mkdir, (r, id) => ({ kind: 'mkdir', id, path: readPath(r), attributes: readAttributes(r) })],
  [MESSAGE.rmdir, (r, id) => ({ kind: 'rmdir', id, path: readPath(r) })],
  [MESSAGE.realpath, (r, id) => ({ kind: 'realpath', id, path: readPath(r) })],
  [MESSAGE.stat, (r, id) => ({ kind: 'stat', id, path: readPath(r) })],
  [MESSAGE.rename, (r, id) => ({ kind: 'rename', id, from: readPath(r), to: readPath(r) })],
  [MESSAGE.readlink, (r, id) => ({ kind: 'readlink', id, path: readPath(r) })],
  [MESSAGE.symlink, (r, id) => ({ kind: 'symlink', id, target: readPath(r), path: readPath(r) })],
  [
    MESSAGE.extended,
    (r, id) => EXTENDED.get(pathText(readString(r)))?.(r, id) ?? { kind: r.short ? 'malformed' : 'unknown', id },
  ],
])

const EXTENDED: ReadonlyMap<string, Decode> = new Map<string, Decode>([
  ['posix-rename@openssh.com', (r, id) => ({ kind: 'posix-rename', id, from: readPath(r), to: readPath(r) })],
  ['statvfs@openssh.com', (r, id) => ({ kind: 'statvfs', id, path: readPath(r) })],
  ['fstatvfs@openssh.com', (r, id) => ({ kind: 'fstatvfs', id, handle: readString(r) })],
  ['hardlink@openssh.com', (r, id) => ({ kind: 'hardlink', id, from: readPath(r), to: readPath(r) })],
  ['fsync@openssh.com', (r, id) => ({ kind: 'fsync', id, handle: readString(r) })],
  ['lsetstat@openssh.com', (r, id) => ({ kind: 'lsetstat', id, path: readPath(r), attributes: readAttributes(r) })],
  ['limits@openssh.com', (_, id) => ({ kind: 'limits', id })],
  ['expand-path@openssh.com', (r, id) => ({ kind: 'expand-path', id, path: readPath(r) })],
  [
    'copy-data',
    (r, id) => ({
      kind: 'copy-data',
      id,
      from: readString(r),
      fromOffset: readU64(r),
      length: readU64(r),
      to: readString(r),
      toOffset: readU64(r),
    }),
  ],
  ['home-directory', (r, id) => ({ kind: 'home-directory', id, user: utf8(readString(r)) })],
  [
    'users-groups-by-id@openssh.com',
    (r, id) => ({ kind: 'users-groups-by-id', id, uids: readNumbers(r), gids: readNumbers(r) }),
  ],
])

/**
 * A request from a whole packet, without its length; views into it. `undefined`: no request at all, and no id to answer to.
 * What follows the last field is read over, as OpenSSH does.
 */
export function decodeRequest(packet: Uint8Array): Request | Init | undefined {
  const reader = new Reader(packet)
  const type = reader.u8()
  const id = reader.u32()
  if (reader.short) return undefined
  if (type === MESSAGE.init) return { kind: 'init', version: id }
  const request = REQUESTS.get(type)?.(reader, id) ?? { kind: 'unknown', id }
  return reader.short ? { kind: 'malformed', id } : request
}

/** A whole packet with its length, for clients and tests. */
export function encodeRequest(request: Exclude<Request, { kind: 'unknown' | 'malformed' }> | Init): Buffer {
  const writer = new Writer()
  writer.u32(0)
  if (request.kind === 'init') {
    writer.u8(MESSAGE.init)
    writer.u32(request.version)
  } else writeRequest(writer, request)
  return framed(writer)
}

/** A packet that begins with four bytes for its length, which is set. */
export function framed(writer: Writer): Buffer {
  const bytes = writer.finish()
  const packet = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  packet.writeUInt32BE(packet.length - 4)
  return packet
}

function writeRequest(writer: Writer, request: Exclude<Request, { kind: 'unknown' | 'malformed' }>): void {
  const { kind, id } = request
  const begin = (type: number): void => {
    writer.u8(type)
    writer.u32(id)
  }
  const extend = (name: string): void => {
    begin(MESSAGE.extended)
    writeString(writer, pathBytes(name))
  }
  switch (kind) {
    case 'open':
      begin(MESSAGE.open)
      writePath(writer, request.path)
      writer.u32(request.flags)
      return writeAttributes(writer, request.attributes)
    case 'close':
    case 'fstat':
    case 'readdir':
      begin(MESSAGE[kind])
      return writeString(writer, request.handle)
    case 'fstatvfs':
    case 'fsync':
      extend(`${kind}@openssh.com`)
      return writeString(writer, request.handle)
    case 'read':
      begin(MESSAGE.read)
      writeString(writer, request.handle)
      writeU64(writer, request.offset)
      return writer.u32(request.length)
    case 'write':
      begin(MESSAGE.write)
      writeString(writer, request.handle)
      writeU64(writer, request.offset)
      return writeString(writer, request.data)
    case 'fsetstat':
      begin(MESSAGE.fsetstat)
      writeString(writer, request.handle)
      return writeAttributes(writer, request.attributes)
    case 'setstat':
    case 'mkdir':
      begin(MESSAGE[kind])
      writePath(writer, request.path)
      return writeAttributes(writer, request.attributes)
    case 'lsetstat':
      extend('lsetstat@openssh.com')
      writePath(writer, request.path)
      return writeAttributes(writer, request.attributes)
    case 'lstat':
    case 'stat':
    case 'opendir':
    case 'remove':
    case 'rmdir':
    case 'realpath':
    case 'readlink':
      begin(MESSAGE[kind])
      return writePath(writer, request.path)
    case 'statvfs':
    case 'expand-path':
      extend(`${kind}@openssh.com`)
      return writePath(writer, request.path)
    case 'rename':
      begin(MESSAGE.rename)
      writePath(writer, request.from)
      return writePath(writer, request.to)
    case 'posix-rename':
    case 'hardlink':
      extend(`${kind}@openssh.com`)
      writePath(writer, request.from)
      return writePath(writer, request.to)
    case 'symlink':
      begin(MESSAGE.symlink)
      writePath(writer, request.target)
      return writePath(writer, request.path)
    case 'limits':
      return extend('limits@openssh.com')
    case 'copy-data':
      extend('copy-data')
      writeString(writer, request.from)
      writeU64(writer, request.fromOffset)
      writeU64(writer, request.length)
      writeString(writer, request.to)
      return writeU64(writer, request.toOffset)
    case 'home-directory':
      extend('home-directory')
      return writePath(writer, request.user)
    case 'users-groups-by-id':
      extend('users-groups-by-id@openssh.com')
      writeNumbers(writer, request.uids)
      return writeNumbers(writer, request.gids)
    default:
      return unreachable(request)
  }
}
