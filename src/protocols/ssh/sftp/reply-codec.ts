// Replies of SFTP as bytes (draft-ietf-secsh-filexfer-02 §4, §7), and the bodies of those that extensions have of their own
// (OpenSSH's PROTOCOL §4).

import type { Space } from '../../../core/files.ts'
import { pathBytes } from '../../../wire/path-text.ts'
import { Reader } from '../../../wire/reader.ts'
import { utf8 } from '../../../wire/text.ts'
import { Writer } from '../../../wire/writer.ts'
import { readAttributes, readPath, readString, writeAttributes, writePath, writeString, writeU64 } from './fields.ts'
import { MESSAGE, type Reply, type Version } from './messages.ts'
import { framed } from './request-codec.ts'

/** Length, type, id and the length of the data. */
const DATA_HEADER_BYTES = 13
const EMPTY = new Uint8Array(0)
/** What `f_flag` of statvfs says (OpenSSH's PROTOCOL §4.5). */
const READ_ONLY = 1
const NO_SETUID = 2
/** For totals that nobody knows: what the disk has. */
const BLOCKS_MAX = 2 ** 40

const scratch = new Writer(4096)

/** A whole packet with its length. */
export function encodeReply(reply: Reply): Buffer {
  scratch.reset()
  scratch.u32(0)
  writeReply(scratch, reply)
  return framed(scratch)
}

/** What stands before `length` bytes of data in a whole packet. */
export function encodeDataHeader(id: number, length: number): Buffer {
  const header = Buffer.allocUnsafe(DATA_HEADER_BYTES)
  header.writeUInt32BE(length + DATA_HEADER_BYTES - 4, 0)
  header[4] = MESSAGE.data
  header.writeUInt32BE(id, 5)
  header.writeUInt32BE(length, 9)
  return header
}

export function encodeVersion(version: number, extensions: Readonly<Record<string, string>>): Buffer {
  scratch.reset()
  scratch.u32(0)
  scratch.u8(MESSAGE.version)
  scratch.u32(version)
  for (const [name, value] of Object.entries(extensions)) {
    writePath(scratch, name)
    writePath(scratch, value)
  }
  return framed(scratch)
}

/** A reply from a whole packet without its length, for clients and tests; `undefined`: none, or cut off. */
export function decodeReply(packet: Uint8Array): Reply | Version | undefined {
  const reader = new Reader(packet)
  const reply = readReply(reader)
  return reader.short ? undefined : reply
}

/** The answer to limits@openssh.com; bytes, and handles. */
export interface Limits {
  readonly packetBytes: number
  readonly readBytes: number
  readonly writeBytes: number
  readonly handles: number
}

export function encodeLimits(limits: Limits): Uint8Array {
  const writer = new Writer(32)
  for (const value of [limits.packetBytes, limits.readBytes, limits.writeBytes, limits.handles]) writeU64(writer, value)
  return writer.finish()
}

/** The answer to statvfs@openssh.com. */
export function encodeSpace(space: Space, writable: boolean): Uint8Array {
  const writer = new Writer(88)
  const block = space.blockBytes
  const free = Math.floor(space.bytesFree / block)
  const blocks = Math.min(Math.ceil(space.bytesTotal / block), BLOCKS_MAX)
  const flags = NO_SETUID | (writable ? 0 : READ_ONLY)
  const { filesTotal, filesFree } = space
  const values = [block, block, blocks, free, free, filesTotal, filesFree, filesFree, 0, flags, space.nameMaxBytes]
  for (const value of values) writeU64(writer, Math.min(value, Number.MAX_SAFE_INTEGER))
  return writer.finish()
}

/** The answer to users-groups-by-id@openssh.com: `''` for who is not known. */
export function encodeNames(users: readonly string[], groups: readonly string[]): Uint8Array {
  const writer = new Writer()
  for (const names of [users, groups]) {
    const list = new Writer()
    for (const name of names) writeString(list, pathBytes(name))
    writeString(writer, list.view())
  }
  return writer.finish()
}

function writeReply(writer: Writer, reply: Reply): void {
  writer.u8(reply.kind === 'extended-reply' ? MESSAGE.extendedReply : MESSAGE[reply.kind])
  writer.u32(reply.id)
  switch (reply.kind) {
    case 'status':
      writer.u32(reply.code)
      writePath(writer, reply.message)
      return writeString(writer, EMPTY)
    case 'handle':
      return writeString(writer, reply.handle)
    case 'data':
      return writeString(writer, reply.data)
    case 'name':
      writer.u32(reply.files.length)
      for (const { name, longName, attributes } of reply.files) {
        writePath(writer, name)
        writePath(writer, longName)
        writeAttributes(writer, attributes)
      }
      return
    case 'attrs':
      return writeAttributes(writer, reply.attributes)
    case 'extended-reply':
      return writer.put(reply.body)
  }
}

function readReply(reader: Reader): Reply | Version | undefined {
  const type = reader.u8()
  const id = reader.u32()
  switch (type) {
    case MESSAGE.version:
      return { kind: 'version', version: id, extensions: readExtensions(reader) }
    case MESSAGE.status: {
      const status = { kind: 'status', id, code: reader.u32(), message: utf8(readString(reader)) } as const
      readString(reader)
      return status
    }
    case MESSAGE.handle:
      return { kind: 'handle', id, handle: readString(reader) }
    case MESSAGE.data:
      return { kind: 'data', id, data: readString(reader) }
    case MESSAGE.name: {
      const files = []
      for (let left = reader.u32(); left > 0 && !reader.short; left--) {
        files.push({ name: readPath(reader), longName: readPath(reader), attributes: readAttributes(reader) })
      }
      return { kind: 'name', id, files }
    }
    case MESSAGE.attrs:
      return { kind: 'attrs', id, attributes: readAttributes(reader) }
    case MESSAGE.extendedReply:
      return { kind: 'extended-reply', id, body: reader.take(reader.left) }
    default:
      return undefined
  }
}

function readExtensions(reader: Reader): ReadonlyMap<string, string> {
  const extensions = new Map<string, string>()
  while (reader.left > 0 && !reader.short) extensions.set(utf8(readString(reader)), utf8(readString(reader)))
  return extensions
}
