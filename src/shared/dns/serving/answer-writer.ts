// Answers from record sets straight to bytes, with the places where they can be shortened and completed later. Holds no
// opinion of what belongs into an answer.

import type { RecordSet } from '../../../core/zones.ts'
import { Writer } from '../../../wire/writer.ts'
import { writeName, type NameOffsets } from '../codec/name.ts'
import { encodeRdata } from '../codec/rdata.ts'
import { CLASS, FLAG, TYPE, type DomainName, type EdnsOption, type Question } from '../messages.ts'

/** A record set under the name that it is given for: its own, or the one that a wildcard stands for. */
export interface OwnedSet {
  readonly owner: DomainName
  readonly set: RecordSet
}

export interface AnswerParts {
  /** Its name folded: whoever asks puts their own case over it. */
  readonly question: Question
  /** 12 bits with EDNS, 4 without. */
  readonly rcode: number
  readonly authoritative: boolean
  readonly answers: readonly OwnedSet[]
  readonly authorities: readonly OwnedSet[]
  /** Additional records that the answer cannot do without (RFC 9471 §2). */
  readonly glue: readonly OwnedSet[]
  /** Those that only save another question. */
  readonly extras: readonly OwnedSet[]
  /** What the OPT record says (RFC 6891 §6.1); undefined: there is none. */
  readonly edns:
    | { readonly udpSizeBytes: number; readonly dnssecOk: boolean; readonly options: readonly EdnsOption[] }
    | undefined
}

/** An encoded answer: its essential part, then what can be left out, then the OPT record, or that before either. */
export interface AnswerLayout {
  readonly bytes: Uint8Array
  /** End of the question section. */
  readonly questionEnd: number
  /** End of what the answer cannot do without, the OPT record aside. */
  readonly essentialEnd: number
  /** Additional records before `essentialEnd`, the OPT record aside. */
  readonly essentialAdditionals: number
  /** Start and end of the OPT record; equal without EDNS. */
  readonly optStart: number
  readonly optEnd: number
}

const scratch = new Writer()
const offsets: NameOffsets = new Map()

/** The answer with an id of 0, QR and AA set; RD, RA, AD and CD are `stamp`'s and the caller's matter. */
export function layOutAnswer(parts: AnswerParts): AnswerLayout {
  const writer = scratch
  writer.reset()
  offsets.clear()
  writeHeader(writer, parts)
  writeName(writer, parts.question.name, offsets)
  writer.u16(parts.question.type)
  writer.u16(parts.question.class)
  const questionEnd = writer.length
  const answers = writeSets(writer, parts.answers, parts.question.class)
  const authorities = writeSets(writer, parts.authorities, CLASS.IN)
  const essentialAdditionals = writeSets(writer, parts.glue, CLASS.IN)
  const essentialEnd = writer.length
  const extras = writeSets(writer, parts.extras, CLASS.IN)
  const optStart = writer.length
  if (parts.edns !== undefined) writeOpt(writer, parts.edns, parts.rcode)
  const optEnd = writer.length
  writer.patchU16(6, answers)
  writer.patchU16(8, authorities)
  writer.patchU16(10, essentialAdditionals + extras + (optEnd > optStart ? 1 : 0))
  return { bytes: writer.finish(), questionEnd, essentialEnd, essentialAdditionals, optStart, optEnd }
}

function writeHeader(writer: Writer, { authoritative, rcode }: AnswerParts): void {
  writer.u16(0)
  writer.u16(FLAG.QR | (authoritative ? FLAG.AA : 0) | (rcode & 15))
  writer.u16(1)
  writer.u16(0)
  writer.u16(0)
  writer.u16(0)
}

/** How many records they were. */
function writeSets(writer: Writer, sets: readonly OwnedSet[], recordClass: number): number {
  let count = 0
  for (const { owner, set } of sets) {
    for (const data of set.data) writeRecord(writer, owner, set, data, recordClass)
    count += set.data.length
  }
  return count
}

function writeRecord(writer: Writer, owner: DomainName, set: RecordSet, data: Uint8Array, recordClass: number): void {
  writeName(writer, owner, offsets)
  writer.u16(set.type)
  writer.u16(recordClass)
  writer.u32(set.ttlSeconds)
  const lengthAt = writer.length
  writer.u16(0)
  encodeRdata(set.type, data, writer, offsets)
  writer.patchU16(lengthAt, writer.length - lengthAt - 2)
}

function writeOpt(writer: Writer, edns: NonNullable<AnswerParts['edns']>, rcode: number): void {
  writer.u8(0)
  writer.u16(TYPE.OPT)
  writer.u16(edns.udpSizeBytes)
  writer.u32((((rcode >> 4) << 24) | (edns.dnssecOk ? 0x8000 : 0)) >>> 0)
  const lengthAt = writer.length
  writer.u16(0)
  for (const option of edns.options) {
    writer.u16(option.code)
    writer.u16(option.data.length)
    writer.put(option.data)
  }
  writer.patchU16(lengthAt, writer.length - lengthAt - 2)
}
