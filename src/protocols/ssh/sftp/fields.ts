// The fields of SFTP messages, read and written: strings, paths, 64-bit numbers, attributes
// (draft-ietf-secsh-filexfer-02 §3, §5).

import { pathBytes, pathText } from '../../../wire/path-text.ts'
import type { Reader } from '../../../wire/reader.ts'
import type { Writer } from '../../../wire/writer.ts'
import { ATTRIBUTE, type Attributes } from './messages.ts'

const TWO_POW_32 = 2 ** 32

export function readU64(reader: Reader): number {
  const high = reader.u32()
  return high * TWO_POW_32 + reader.u32()
}

/** What is more than 2^53 loses its last digits. */
export function writeU64(writer: Writer, value: number): void {
  writer.u32(Math.floor(value / TWO_POW_32))
  writer.u32(value % TWO_POW_32)
}

/** A view. */
export function readString(reader: Reader): Uint8Array {
  return reader.take(reader.u32())
}

export function writeString(writer: Writer, bytes: Uint8Array): void {
  writer.u32(bytes.length)
  writer.put(bytes)
}

export function readPath(reader: Reader): string {
  return pathText(readString(reader))
}

export function writePath(writer: Writer, path: string): void {
  writeString(writer, pathBytes(path))
}

/** Extended pairs are read over. */
export function readAttributes(reader: Reader): Attributes {
  const flags = reader.u32()
  const attributes = {
    ...((flags & ATTRIBUTE.size) !== 0 && { size: readU64(reader) }),
    ...((flags & ATTRIBUTE.owner) !== 0 && { owner: { uid: reader.u32(), gid: reader.u32() } }),
    ...((flags & ATTRIBUTE.permissions) !== 0 && { permissions: reader.u32() }),
    ...((flags & ATTRIBUTE.times) !== 0 && { times: { accessed: reader.u32(), modified: reader.u32() } }),
  }
  if ((flags & ATTRIBUTE.extended) !== 0) skipPairs(reader)
  return attributes
}

export function writeAttributes(writer: Writer, attributes: Attributes): void {
  const { size, owner, permissions, times } = attributes
  writer.u32(
    (size === undefined ? 0 : ATTRIBUTE.size) |
      (owner === undefined ? 0 : ATTRIBUTE.owner) |
      (permissions === undefined ? 0 : ATTRIBUTE.permissions) |
      (times === undefined ? 0 : ATTRIBUTE.times),
  )
  if (size !== undefined) writeU64(writer, size)
  if (owner !== undefined) {
    writer.u32(owner.uid)
    writer.u32(owner.gid)
  }
  if (permissions !== undefined) writer.u32(permissions)
  if (times !== undefined) {
    writer.u32(times.accessed)
    writer.u32(times.modified)
  }
}

/** Numbers of 32 bits, as many as fit into a string. */
export function readNumbers(reader: Reader): readonly number[] {
  const bytes = readString(reader)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  return Array.from({ length: bytes.length >>> 2 }, (_, index) => view.getUint32(index * 4))
}

export function writeNumbers(writer: Writer, numbers: readonly number[]): void {
  writer.u32(numbers.length * 4)
  for (const number of numbers) writer.u32(number)
}

function skipPairs(reader: Reader): void {
  const count = reader.u32()
  for (let i = 0; i < count && !reader.short; i++) {
    readString(reader)
    readString(reader)
  }
}
