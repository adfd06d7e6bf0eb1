// The messages of a transfer: as many records in each as fit (RFC 5936 §2.2), encoded as they are asked for, so that no zone is
// ever held encoded.

import type { ZoneRecord } from '../../../core/zones.ts'
import { writeName, type NameOffsets } from '../../../shared/dns/codec/name.ts'
import { encodeRdata } from '../../../shared/dns/codec/rdata.ts'
import { CLASS, FLAG, TYPE, type Question } from '../../../shared/dns/messages.ts'
import { Reader } from '../../../wire/reader.ts'
import { Writer } from '../../../wire/writer.ts'

/** Bytes of a message: names can be compressed against what stands in the first 16 KiB only (RFC 1035 §4.1.4). */
export const TRANSFER_MESSAGE_BYTES = 16_384
const COUNT_AT = 6
/** In the data of an RRSIG (RFC 4034 §3.1). */
const ORIGINAL_TTL_AT = 4

/** What is the same in all messages of an answer. */
export interface TransferHead {
  readonly id: number
  readonly question: Question
  readonly recursionDesired: boolean
}

/** One at least; the first bears the question. Undefined, and the end: a record that fits into no message of `roomBytes`. */
export function* transferMessages(
  head: TransferHead,
  records: Iterable<ZoneRecord>,
  roomBytes: number,
): Generator<Uint8Array | undefined> {
  const aimBytes = Math.min(TRANSFER_MESSAGE_BYTES, roomBytes)
  const writer = new Writer(aimBytes + 1024)
  let offsets = begin(writer, head, true)
  let count = 0
  for (const record of records) {
    const before = writer.length
    writeRecord(writer, record, offsets)
    if (writer.length > aimBytes && count > 0) {
      writer.length = before
      yield finished(writer, count)
      offsets = begin(writer, head, false)
      count = 0
      writeRecord(writer, record, offsets)
    }
    if (writer.length > roomBytes) return yield undefined
    count += 1
  }
  yield finished(writer, count)
}

function begin(writer: Writer, { id, question, recursionDesired }: TransferHead, first: boolean): NameOffsets {
  const offsets: NameOffsets = new Map()
  writer.reset()
  writer.u16(id)
  writer.u16(FLAG.QR | FLAG.AA | (recursionDesired ? FLAG.RD : 0))
  writer.u16(first ? 1 : 0)
  writer.u16(0)
  writer.u32(0)
  if (!first) return offsets
  writeName(writer, question.name, offsets)
  writer.u16(question.type)
  writer.u16(question.class)
  return offsets
}

function finished(writer: Writer, count: number): Uint8Array {
  writer.patchU16(COUNT_AT, count)
  return writer.finish()
}

function writeRecord(writer: Writer, { name, type, ttlSeconds, data }: ZoneRecord, offsets: NameOffsets): void {
  writeName(writer, name, offsets)
  writer.u16(type)
  writer.u16(CLASS.IN)
  writer.u32(type === TYPE.RRSIG ? originalTtlSeconds(data) : ttlSeconds)
  const lengthAt = writer.length
  writer.u16(0)
  encodeRdata(type, data, writer, offsets)
  writer.patchU16(lengthAt, writer.length - lengthAt - 2)
}

/** Of what the signature is over, and so of the signature: those of one name are no set with a TTL of its own (RFC 4034 §3). */
function originalTtlSeconds(rrsig: Uint8Array): number {
  return new Reader(rrsig, ORIGINAL_TTL_AT).u32()
}
