// Whole DNS messages between bytes and values, both roles (RFC 1035 §4.1, RFC 6891 §6.1). Never throws on
// bytes; what a transport puts around a message (TCP's length) is server.ts' and client.ts' matter.

import { Reader } from '../../../wire/reader.ts'
import { Writer } from '../../../wire/writer.ts'
import {
  CLASS,
  FLAG,
  HEADER_BYTES,
  TTL_MAX_SECONDS,
  TYPE,
  malformed,
  type Edns,
  type EdnsOption,
  type Malformed,
  type Message,
  type Question,
  type ResourceRecord,
} from '../messages.ts'
import { readName, writeName, type NameOffsets } from './name.ts'
import { decodeRdata, encodeRdata } from './rdata.ts'

const EMPTY = new Uint8Array(0)

/** Everything in `bytes` must be the message's; stricter than the text, as other servers are. */
export function decodeMessage(bytes: Uint8Array): Message | Malformed {
  if (bytes.length < HEADER_BYTES) return malformed('shorter than a header')
  const reader = new Reader(bytes)
  const id = reader.u16()
  const flags = reader.u16()
  const counts = [reader.u16(), reader.u16(), reader.u16(), reader.u16()] as const
  const questions = readQuestions(reader, counts[0])
  const answers = readRecords(reader, counts[1])
  const authorities = readRecords(reader, counts[2])
  const additionals = readRecords(reader, counts[3])
  if (reader.short) return malformed('a field that ends too early or means nothing')
  if (reader.left > 0) return malformed(`${reader.left} bytes behind the message`)
  const opts = additionals.filter((record) => record.type === TYPE.OPT)
  const edns = ednsOf(opts)
  if (edns === 'malformed' || [...answers, ...authorities].some((record) => record.type === TYPE.OPT)) {
    return malformed('an OPT record that is not one, alone and at the root')
  }
  return {
    id,
    ...flagsOf(flags),
    rcode: (flags & 15) | (opts.length === 0 ? 0 : (opts[0]!.ttlSeconds >>> 24) << 4),
    questions,
    answers,
    authorities,
    additionals: additionals.filter((record) => record.type !== TYPE.OPT),
    ...(edns === undefined ? {} : { edns }),
  }
}

function flagsOf(
  flags: number,
): Omit<Message, 'id' | 'rcode' | 'questions' | 'answers' | 'authorities' | 'additionals'> {
  return {
    opcode: (flags >> 11) & 15,
    response: (flags & FLAG.QR) !== 0,
    authoritative: (flags & FLAG.AA) !== 0,
    truncated: (flags & FLAG.TC) !== 0,
    recursionDesired: (flags & FLAG.RD) !== 0,
    recursionAvailable: (flags & FLAG.RA) !== 0,
    authenticData: (flags & FLAG.AD) !== 0,
    checkingDisabled: (flags & FLAG.CD) !== 0,
  }
}

function readQuestions(reader: Reader, count: number): Question[] {
  const questions: Question[] = []
  for (let n = 0; n < count && !reader.short; n += 1) {
    questions.push({ name: readName(reader), type: reader.u16(), class: reader.u16() })
  }
  return questions
}

function readRecords(reader: Reader, count: number): ResourceRecord[] {
  const records: ResourceRecord[] = []
  for (let n = 0; n < count && !reader.short; n += 1) {
    const record = readRecord(reader)
    if (record !== undefined) records.push(record)
  }
  return records
}

/** Data may be left out in the classes that only updates have (RFC 2136 §2.4, §2.5). */
function readRecord(reader: Reader): ResourceRecord | undefined {
  const name = readName(reader)
  const type = reader.u16()
  const recordClass = reader.u16()
  const ttl = reader.u32()
  const length = reader.u16()
  const start = reader.offset
  reader.take(length)
  if (reader.short) return undefined
  const empty = length === 0 && (recordClass === CLASS.ANY || recordClass === CLASS.NONE)
  const data = empty ? EMPTY : decodeRdata(type, new Reader(reader.bytes, start, start + length))
  if (data === undefined) reader.short = true
  const ttlSeconds = type === TYPE.OPT || ttl <= TTL_MAX_SECONDS ? ttl : 0
  return data && { name, type, class: recordClass, ttlSeconds, data }
}

/** The OPT record's class is a size and its TTL flags (RFC 6891 §6.1.3). */
function ednsOf(opts: readonly ResourceRecord[]): Edns | undefined | 'malformed' {
  const opt = opts[0]
  if (opt === undefined) return undefined
  const options = readOptions(new Reader(opt.data))
  if (opts.length > 1 || opt.name !== '' || options === undefined) return 'malformed'
  return {
    udpSizeBytes: opt.class,
    version: (opt.ttlSeconds >>> 16) & 255,
    dnssecOk: (opt.ttlSeconds & 0x8000) !== 0,
    options,
  }
}

function readOptions(reader: Reader): EdnsOption[] | undefined {
  const options: EdnsOption[] = []
  while (reader.left > 0 && !reader.short) options.push({ code: reader.u16(), data: reader.take(reader.u16()) })
  return reader.short ? undefined : options
}

const scratch = new Writer()

/** Names are compressed where they may be; the OPT record goes first among the additional ones. */
export function encodeMessage(message: Message): Uint8Array {
  const writer = scratch
  const offsets: NameOffsets = new Map()
  writer.reset()
  writeHeader(writer, message)
  for (const question of message.questions) {
    writeName(writer, question.name, offsets)
    writer.u16(question.type)
    writer.u16(question.class)
  }
  for (const record of message.answers) writeRecord(writer, record, offsets)
  for (const record of message.authorities) writeRecord(writer, record, offsets)
  if (message.edns !== undefined) writeOpt(writer, message.edns, message.rcode)
  for (const record of message.additionals) writeRecord(writer, record, offsets)
  return writer.finish()
}

function writeHeader(writer: Writer, message: Message): void {
  const flags =
    (message.response ? FLAG.QR : 0) |
    (message.opcode << 11) |
    (message.authoritative ? FLAG.AA : 0) |
    (message.truncated ? FLAG.TC : 0) |
    (message.recursionDesired ? FLAG.RD : 0) |
    (message.recursionAvailable ? FLAG.RA : 0) |
    (message.authenticData ? FLAG.AD : 0) |
    (message.checkingDisabled ? FLAG.CD : 0)
  writer.u16(message.id)
  writer.u16(flags | (message.rcode & 15))
  writer.u16(message.questions.length)
  writer.u16(message.answers.length)
  writer.u16(message.authorities.length)
  writer.u16(message.additionals.length + (message.edns === undefined ? 0 : 1))
}

function writeRecord(writer: Writer, record: ResourceRecord, offsets: NameOffsets): void {
  writeName(writer, record.name, offsets)
  writer.u16(record.type)
  writer.u16(record.class)
  writer.u32(record.ttlSeconds)
  const lengthAt = writer.length
  writer.u16(0)
  encodeRdata(record.type, record.data, writer, offsets)
  writer.patchU16(lengthAt, writer.length - lengthAt - 2)
}

function writeOpt(writer: Writer, edns: Edns, rcode: number): void {
  writer.u8(0)
  writer.u16(TYPE.OPT)
  writer.u16(edns.udpSizeBytes)
  writer.u32((((rcode >> 4) << 24) | (edns.version << 16) | (edns.dnssecOk ? 0x8000 : 0)) >>> 0)
  const lengthAt = writer.length
  writer.u16(0)
  for (const option of edns.options) {
    writer.u16(option.code)
    writer.u16(option.data.length)
    writer.put(option.data)
  }
  writer.patchU16(lengthAt, writer.length - lengthAt - 2)
}
