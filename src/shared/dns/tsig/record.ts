// The TSIG record at the end of a message (RFC 8945 §4.2): finding and reading it in raw bytes, and writing one.

import { Reader } from '../../../wire/reader.ts'
import { Writer } from '../../../wire/writer.ts'
import { foldName, nameBytes, readName } from '../codec/name.ts'
import { CLASS, HEADER_BYTES, TYPE, type DomainName } from '../messages.ts'

/** What the record's error field can say (RFC 8945 §3); the message's own response code is then NOTAUTH. */
export const TSIG_ERROR = { NONE: 0, BADSIG: 16, BADKEY: 17, BADTIME: 18, BADTRUNC: 22 } as const

export interface TsigRecord {
  /** Of the key, folded. */
  readonly name: DomainName
  /** Folded, as `hmac-sha256`. */
  readonly algorithm: DomainName
  /** Since 1970, 48 bits. */
  readonly timeSeconds: number
  readonly fudgeSeconds: number
  readonly mac: Uint8Array
  readonly originalId: number
  readonly error: number
  /** The server's time after BADTIME, else empty. */
  readonly other: Uint8Array
}

export interface PlacedTsig {
  readonly record: TsigRecord
  /** Where the record begins in the message, and so where what is signed ends. */
  readonly start: number
}

/** The last record of `packet`, if it is a TSIG. `malformed`: bytes that are no message, or a TSIG in another place. */
export function findTsig(packet: Uint8Array): PlacedTsig | 'none' | 'malformed' {
  if (packet.length < HEADER_BYTES) return 'malformed'
  const reader = new Reader(packet, 4)
  const questions = reader.u16()
  const records = reader.u16() + reader.u16() + reader.u16()
  for (let left = questions; left > 0 && !reader.short; left -= 1) {
    skipName(reader)
    reader.take(4)
  }
  for (let left = records; left > 0 && !reader.short; left -= 1) {
    const start = reader.offset
    if (skipRecord(reader) === TYPE.TSIG) return left > 1 ? 'malformed' : readTsig(packet, start)
  }
  return reader.short ? 'malformed' : 'none'
}

function skipName(reader: Reader): void {
  for (let length = reader.u8(); length !== 0 && !reader.short; length = reader.u8()) {
    if (length >= 0xc0) {
      reader.u8()
      return
    }
    reader.take(length)
  }
}

/** Its type. */
function skipRecord(reader: Reader): number {
  skipName(reader)
  const type = reader.u16()
  reader.take(6)
  reader.take(reader.u16())
  return type
}

function readTsig(packet: Uint8Array, start: number): PlacedTsig | 'malformed' {
  const reader = new Reader(packet, start)
  const name = foldName(readName(reader))
  reader.u16()
  const right = reader.u16() === CLASS.ANY && reader.u32() === 0
  const length = reader.u16()
  const whole = reader.left === length
  const algorithm = foldName(readName(reader))
  const record: TsigRecord = {
    name,
    algorithm,
    timeSeconds: reader.u16() * 2 ** 32 + reader.u32(),
    fudgeSeconds: reader.u16(),
    mac: new Uint8Array(reader.take(reader.u16())),
    originalId: reader.u16(),
    error: reader.u16(),
    other: new Uint8Array(reader.take(reader.u16())),
  }
  return right && whole && !reader.short && reader.left === 0 ? { record, start } : 'malformed'
}

/** The message with the record behind it, counted in its header. */
export function appendTsig(message: Uint8Array, record: TsigRecord): Uint8Array {
  const writer = new Writer(message.length + 300)
  writer.put(message)
  writer.put(nameBytes(record.name))
  writer.u16(TYPE.TSIG)
  writer.u16(CLASS.ANY)
  writer.u32(0)
  const lengthAt = writer.length
  writer.u16(0)
  writer.put(nameBytes(record.algorithm))
  writeTime(writer, record.timeSeconds)
  writer.u16(record.fudgeSeconds)
  writer.u16(record.mac.length)
  writer.put(record.mac)
  writer.u16(record.originalId)
  writer.u16(record.error)
  writer.u16(record.other.length)
  writer.put(record.other)
  writer.patchU16(lengthAt, writer.length - lengthAt - 2)
  const bytes = writer.finish()
  const count = ((bytes[10]! << 8) | bytes[11]!) + 1
  bytes[10] = count >> 8
  bytes[11] = count
  return bytes
}

/** The message as it was before the record was put behind it; with `id` in its header. */
export function withoutTsig(packet: Uint8Array, start: number, id: number): Uint8Array {
  const message = new Uint8Array(packet.subarray(0, start))
  const count = ((message[10]! << 8) | message[11]!) - 1
  message[0] = id >> 8
  message[1] = id
  message[10] = count >> 8
  message[11] = count
  return message
}

export function writeTime(writer: Writer, seconds: number): void {
  writer.u16(Math.floor(seconds / 2 ** 32))
  writer.u32(seconds % 2 ** 32)
}

/** Seconds in 48 bits: what `other` holds after BADTIME. */
export function timeBytes(seconds: number): Uint8Array {
  const writer = new Writer(6)
  writeTime(writer, seconds)
  return writer.finish()
}
