// The fields of a header (RFC 5322 §2.2) where they stand, as they stand. Lines end in CRLF or in LF alone; a line that is
// no field (mbox's `From `, garbage) belongs to none.

import { latin1 } from '../../wire/text.ts'
import type { HeaderSpan } from './part.ts'

const LF = 10
const CR = 13
const SPACE = 32
const TAB = 9
const COLON = 58

/** Offsets of one field in its message. */
export interface Field {
  /** In lower case. */
  readonly name: string
  readonly start: number
  /** Behind the colon. */
  readonly valueStart: number
  /** Behind its last line end. */
  readonly end: number
}

/** The span of the header that `bytes` begin with. Goes to their end where no empty line closes it. */
export function headerOf(bytes: Uint8Array): HeaderSpan {
  let at = 0
  while (at < bytes.length) {
    const next = lineEnd(bytes, at, bytes.length)
    if (isEmptyLine(bytes, at)) return { headerStart: 0, bodyStart: next }
    at = next
  }
  return { headerStart: 0, bodyStart: bytes.length }
}

export function fieldsOf(bytes: Uint8Array, { headerStart, bodyStart }: HeaderSpan): Field[] {
  const fields: Field[] = []
  for (let at = headerStart; at < bodyStart;) {
    const end = fieldEnd(bytes, at, bodyStart)
    const nameEnd = nameEndOf(bytes, at, end)
    if (nameEnd !== -1) fields.push(fieldAt(bytes, at, nameEnd, end))
    at = end
  }
  return fields
}

/** The fields called `name` (in lower case), first one first. */
export function fieldsNamed(bytes: Uint8Array, { headerStart, bodyStart }: HeaderSpan, name: string): Field[] {
  const found: Field[] = []
  for (let at = headerStart; at < bodyStart;) {
    const end = fieldEnd(bytes, at, bodyStart)
    const nameEnd = isCalled(bytes, at, name) ? nameEndOf(bytes, at, end) : -1
    if (nameEnd - at === name.length) found.push(fieldAt(bytes, at, nameEnd, end))
    at = end
  }
  return found
}

/** The value, unfolded and without white space around it. Latin-1: one character for each octet. */
export function fieldValue(bytes: Uint8Array, field: Field): string {
  const raw = latin1(bytes, field.valueStart, field.end)
  const lf = raw.indexOf('\n')
  return trimmed(lf === -1 || lf === raw.length - 1 ? raw : raw.replaceAll(/\r?\n/g, ''))
}

/** Without white space around it. Not `trim`, which takes the octet A0 for a space too. */
function trimmed(text: string): string {
  let start = 0
  let end = text.length
  while (start < end && isWhite(text.charCodeAt(start))) start++
  while (end > start && isWhite(text.charCodeAt(end - 1))) end--
  return text.slice(start, end)
}

/** The value of the first field called `name` (in lower case). */
export function headerValue(bytes: Uint8Array, span: HeaderSpan, name: string): string | undefined {
  const [field] = fieldsNamed(bytes, span, name)
  return field === undefined ? undefined : fieldValue(bytes, field)
}

export function headerValues(bytes: Uint8Array, span: HeaderSpan, name: string): string[] {
  return fieldsNamed(bytes, span, name).map((field) => fieldValue(bytes, field))
}

/** Whether the line at `at` is empty. */
export function isEmptyLine(bytes: Uint8Array, at: number): boolean {
  return bytes[at] === LF || (bytes[at] === CR && bytes[at + 1] === LF)
}

/** Behind the LF that ends the line at `at`, or `limit`. */
export function lineEnd(bytes: Uint8Array, at: number, limit: number): number {
  while (at < limit && bytes[at] !== LF) at++
  return at < limit ? at + 1 : limit
}

/** Behind the line at `at` and those that continue it (RFC 5322 §2.2.3). */
function fieldEnd(bytes: Uint8Array, at: number, limit: number): number {
  let end = lineEnd(bytes, at, limit)
  while (end < limit && (bytes[end] === SPACE || bytes[end] === TAB)) end = lineEnd(bytes, end, limit)
  return end
}

/** Where the name of the field at `at` ends, spaces before its colon not counted; -1 where there is no name. */
function nameEndOf(bytes: Uint8Array, at: number, end: number): number {
  let colon = at
  while (colon < end && bytes[colon] !== COLON && bytes[colon] !== LF) colon++
  if (bytes[colon] !== COLON || colon >= end) return -1
  let nameEnd = colon
  while (nameEnd > at && isBlank(bytes[nameEnd - 1])) nameEnd--
  for (let index = at; index < nameEnd; index++) if (isBlank(bytes[index])) return -1
  return nameEnd > at ? nameEnd : -1
}

function fieldAt(bytes: Uint8Array, start: number, nameEnd: number, end: number): Field {
  let colon = nameEnd
  while (bytes[colon] !== COLON) colon++
  return { name: latin1(bytes, start, nameEnd).toLowerCase(), start, valueStart: colon + 1, end }
}

function isCalled(bytes: Uint8Array, at: number, name: string): boolean {
  for (let index = 0; index < name.length; index++) {
    const byte = bytes[at + index] ?? 0
    const lower = byte >= 65 && byte <= 90 ? byte + 32 : byte
    if (lower !== name.charCodeAt(index)) return false
  }
  return true
}

function isWhite(code: number): boolean {
  return code === SPACE || code === TAB || code === CR || code === LF
}

function isBlank(byte: number | undefined): boolean {
  return byte === SPACE || byte === TAB
}
