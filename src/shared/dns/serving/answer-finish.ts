// From an encoded answer that many may get to the packet that one asker gets: id, flags and the case of the question
// stamped in, shortened to what they take, options of their own added. Without the last two no object is made.

import { HEADER_BYTES, type EdnsOption } from '../messages.ts'
import type { AnswerLayout } from './answer-writer.ts'
import type { QueryScan } from './query-scan.ts'

/** In the header's third byte: RD; QR, opcode, AA and TC lie above it. */
const RD_BIT = 0x01
const TC_BIT = 0x02
/** In its fourth: RA and CD. */
const RA_BIT = 0x80
const CD_BIT = 0x10
/** Code and length of an option (RFC 6891 §6.1.2). */
const OPTION_HEAD_BYTES = 4

/**
 * Makes an answer this asker's: its id, its RD and CD bits, RA, and the case of its question (which names that point
 * there then share). Writes into `answer`, which serves for the next asker as well.
 */
export function stamp(answer: Uint8Array, packet: Uint8Array, nameEnd: number, recursive: boolean): void {
  answer[0] = packet[0]!
  answer[1] = packet[1]!
  answer[2] = (answer[2]! & ~RD_BIT) | (packet[2]! & RD_BIT)
  answer[3] = (answer[3]! & 0x2f) | (recursive ? RA_BIT : 0) | (packet[3]! & CD_BIT)
  for (let at = HEADER_BYTES; at < nameEnd; at += 1) answer[at] = packet[at]!
}

/**
 * At most `roomBytes`, with `options` behind those that the answer has (where it has an OPT record). `recursive`: the server
 * recurses. Valid until the next call with the same answer.
 */
export function finishAnswer(
  answer: AnswerLayout,
  packet: Uint8Array,
  scan: QueryScan,
  roomBytes: number,
  recursive: boolean,
  options: readonly EdnsOption[] = NO_OPTIONS,
): Uint8Array {
  const { bytes } = answer
  stamp(bytes, packet, scan.nameEnd, recursive)
  if (options.length === 0 && bytes.length <= roomBytes) return bytes
  return completed(answer, roomBytes, options)
}

const NO_OPTIONS: readonly EdnsOption[] = []

/** Whole if that fits; without the additional records that only save a question; else the question alone, with TC (RFC 2181 §9). */
function completed(answer: AnswerLayout, roomBytes: number, options: readonly EdnsOption[]): Uint8Array {
  const { bytes, optStart, optEnd, questionEnd, essentialAdditionals } = answer
  const opts = optEnd > optStart ? 1 : 0
  const added = opts * optionsBytes(options)
  if (bytes.length + added <= roomBytes) return assembled(answer, bytes.length, additionalsOf(bytes), options)
  const optBytes = optEnd - optStart + added
  if (essentialBytes(answer) + optBytes <= roomBytes) {
    return assembled(answer, answer.essentialEnd, essentialAdditionals + opts, options)
  }
  const short = assembled(answer, questionEnd, opts, options)
  short.fill(0, 6, HEADER_BYTES - 2)
  short[2] = short[2]! | TC_BIT
  return short
}

function essentialBytes({ essentialEnd, optStart, optEnd }: AnswerLayout): number {
  return optEnd <= essentialEnd ? essentialEnd - (optEnd - optStart) : essentialEnd
}

function additionalsOf(bytes: Uint8Array): number {
  return (bytes[10]! << 8) | bytes[11]!
}

function optionsBytes(options: readonly EdnsOption[]): number {
  return options.reduce((sum, { data }) => sum + OPTION_HEAD_BYTES + data.length, 0)
}

/** The answer up to `end`, its OPT record moved to the back with further options. */
function assembled(
  { bytes, optStart, optEnd }: AnswerLayout,
  end: number,
  additionals: number,
  options: readonly EdnsOption[],
): Uint8Array {
  const before = bytes.subarray(0, Math.min(optStart, end))
  const behind = bytes.subarray(Math.min(optEnd, end), end)
  const hasOpt = optEnd > optStart
  const optBytes = hasOpt ? optEnd - optStart + optionsBytes(options) : 0
  const packet = new Uint8Array(before.length + behind.length + optBytes)
  packet.set(before)
  packet.set(behind, before.length)
  packet[10] = additionals >> 8
  packet[11] = additionals
  if (hasOpt) putOpt(packet, before.length + behind.length, bytes.subarray(optStart, optEnd), options)
  return packet
}

function putOpt(packet: Uint8Array, start: number, opt: Uint8Array, options: readonly EdnsOption[]): void {
  packet.set(opt, start)
  let at = start + opt.length
  for (const { code, data } of options) {
    packet[at] = code >> 8
    packet[at + 1] = code
    packet[at + 2] = data.length >> 8
    packet[at + 3] = data.length
    packet.set(data, at + OPTION_HEAD_BYTES)
    at += OPTION_HEAD_BYTES + data.length
  }
  const length = at - start - 11
  packet[start + 9] = length >> 8
  packet[start + 10] = length
}
