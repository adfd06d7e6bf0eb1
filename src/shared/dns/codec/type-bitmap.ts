// The list of types at a name, as NSEC, NSEC3 and CSYNC carry it (RFC 4034 §4.1.2).

import { Reader } from '../../../wire/reader.ts'
import { Writer } from '../../../wire/writer.ts'

/** Bytes of one window block's bits. */
const WINDOW_MAX_BYTES = 32

/** Types in any order, once or more. */
export function encodeTypeBitmap(types: Iterable<number>): Uint8Array {
  const writer = new Writer(40)
  writeTypeBitmap(writer, types)
  return writer.finish()
}

export function writeTypeBitmap(writer: Writer, types: Iterable<number>): void {
  const sorted = [...types].toSorted((a, b) => a - b)
  for (let at = 0; at < sorted.length;) {
    const window = sorted[at]! >> 8
    const bits = new Uint8Array(WINDOW_MAX_BYTES)
    let used = 0
    for (; at < sorted.length && sorted[at]! >> 8 === window; at += 1) {
      const low = sorted[at]! & 255
      bits[low >> 3]! |= 0x80 >> (low & 7)
      used = (low >> 3) + 1
    }
    writer.u8(window)
    writer.u8(used)
    writer.put(bits.subarray(0, used))
  }
}

/** The types in rising order; undefined for what is no bitmap: windows out of order, none or too many bytes, a last byte of zero. */
export function decodeTypeBitmap(bytes: Uint8Array): number[] | undefined {
  const reader = new Reader(bytes)
  const types: number[] = []
  let last = -1
  while (reader.left > 0 && !reader.short) {
    const window = reader.u8()
    const length = reader.u8()
    const bits = reader.take(length)
    if (window <= last || length === 0 || length > WINDOW_MAX_BYTES || bits.at(-1) === 0) return undefined
    last = window
    for (let bit = 0; bit < bits.length * 8; bit += 1)
      if ((bits[bit >> 3]! & (0x80 >> (bit & 7))) !== 0) types.push((window << 8) | bit)
  }
  return reader.short ? undefined : types
}

/** Whether a valid bitmap has `type`, without making a list. */
export function bitmapHas(bytes: Uint8Array, type: number): boolean {
  for (let at = 0; at + 1 < bytes.length; at += 2 + bytes[at + 1]!) {
    if (bytes[at] !== type >> 8) continue
    const byte = (type & 255) >> 3
    return byte < bytes[at + 1]! && (bytes[at + 2 + byte]! & (0x80 >> (type & 7))) !== 0
  }
  return false
}
