// Domain names between wire and presentation form, with compression (RFC 1035 §3.1, §4.1.4, §5.1).

import { Reader } from '../../../wire/reader.ts'
import { Writer } from '../../../wire/writer.ts'
import { LABEL_MAX_BYTES, NAME_MAX_BYTES, malformed, type DomainName, type Malformed } from '../messages.ts'

/** A length byte from here on is the first half of a pointer. */
const POINTER = 0xc0
/** The highest offset that a compression pointer's 14 bits can say. */
const POINTER_TARGET_MAX = 0x3fff

/** Where names already written begin, by their text: the targets of later pointers. */
export type NameOffsets = Map<DomainName, number>

/** How each byte of a label stands in presentation form. */
const PRESENTATION: readonly string[] = Array.from({ length: 256 }, (_, byte) => {
  if (byte <= 32 || byte >= 127) return `\\${String(byte).padStart(3, '0')}`
  const char = String.fromCharCode(byte)
  return '."\\;()@$'.includes(char) ? `\\${char}` : char
})

/**
 * Reads a name at the reader's place, following pointers through all of `reader.bytes`. Each pointer must
 * lead further back than the one before it: stricter than the text, and the end of all loops. What is no
 * name leaves `reader.short` set and reads as the root.
 */
export function readName(reader: Reader): DomainName {
  const { bytes } = reader
  const labels: string[] = []
  let at = reader.offset
  let floor = at
  let end = reader.end
  let after = -1
  let room = NAME_MAX_BYTES
  while (at < end && !reader.short) {
    const length = bytes[at]!
    if (length >= POINTER) {
      const target = ((length & 0x3f) << 8) | (bytes[at + 1] ?? 0)
      if (at + 1 >= end || target >= floor) break
      if (after === -1) after = at + 2
      at = floor = target
      end = bytes.length
      continue
    }
    at += 1
    room -= length + 1
    if (length > LABEL_MAX_BYTES || room < 0 || at + length > end) break
    if (length === 0) {
      reader.offset = after === -1 ? at : after
      return labels.join('.')
    }
    labels.push(labelText(bytes, at, at + length))
    at += length
  }
  reader.short = true
  return ''
}

function labelText(bytes: Uint8Array, start: number, end: number): string {
  let text = ''
  for (let at = start; at < end; at += 1) text += PRESENTATION[bytes[at]!]!
  return text
}

/**
 * Writes a name that `nameProblem` finds nothing wrong with. With `offsets`, a tail that was written before
 * becomes a pointer, and what is new is remembered; case counts, so that every name reads back as it was.
 */
export function writeName(writer: Writer, name: DomainName, offsets?: NameOffsets): void {
  let rest = name
  while (rest !== '') {
    const known = offsets?.get(rest)
    if (known !== undefined) {
      writer.u16((POINTER << 8) | known)
      return
    }
    if (offsets !== undefined && writer.length <= POINTER_TARGET_MAX) offsets.set(rest, writer.length)
    const dot = labelEnd(rest)
    writeLabel(writer, rest, dot)
    rest = rest.slice(dot + 1)
  }
  writer.u8(0)
}

/** Where the first label of `name` ends: at its first dot without a backslash, else at the end. */
export function labelEnd(name: DomainName): number {
  const dot = name.indexOf('.')
  if (dot === -1) return name.length
  if (!name.includes('\\')) return dot
  for (let at = 0; at < name.length; at += 1) {
    if (name[at] === '\\') at += 1
    else if (name[at] === '.') return at
  }
  return name.length
}

function writeLabel(writer: Writer, name: DomainName, end: number): void {
  const lengthAt = writer.length
  writer.u8(0)
  for (let at = 0; at < end;) {
    const size = escapeSize(name, at)
    writer.u8(escapedByte(name, at, size))
    at += size
  }
  writer.bytes[lengthAt] = writer.length - lengthAt - 1
}

/** Characters that stand for one byte: 1 plain, 2 for `\x`, 4 for `\DDD`. */
export function escapeSize(text: string, at: number): 1 | 2 | 4 {
  if (text[at] !== '\\') return 1
  return isDigit(text.charCodeAt(at + 1)) ? 4 : 2
}

/** The byte that the `size` characters at `at` stand for; NaN for an escape that is none, above 255 for no byte. */
export function escapedByte(text: string, at: number, size: 1 | 2 | 4): number {
  if (size < 4) return text.charCodeAt(at + size - 1)
  const digits = text.slice(at + 1, at + 4)
  return /^\d{3}$/.test(digits) ? Number(digits) : Number.NaN
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57
}

/** Why `name` cannot go on the wire, or undefined. */
export function nameProblem(name: DomainName): string | undefined {
  let total = 1
  let label = 0
  for (let at = 0; at < name.length;) {
    const size = escapeSize(name, at)
    const byte = escapedByte(name, at, size)
    const dot = size === 1 && byte === 46
    if (!(byte <= 255)) return 'a character or an escape that is no byte'
    if (dot && (label === 0 || at + 1 === name.length)) return 'an empty label'
    if (!dot) total += label === 0 ? 2 : 1
    label = dot ? 0 : label + 1
    if (label > LABEL_MAX_BYTES) return `a label longer than ${LABEL_MAX_BYTES} bytes`
    at += size
  }
  return total > NAME_MAX_BYTES ? `longer than ${NAME_MAX_BYTES} bytes` : undefined
}

/** A name as people write it, with or without its trailing dot, in the one form that equal names share. */
export function parseName(text: string): DomainName | Malformed {
  const bare = isAbsolute(text) ? text.slice(0, -1) : text
  const problem = nameProblem(bare)
  if (problem !== undefined) return malformed(`${JSON.stringify(text)} is no domain name: ${problem}`)
  return /^[\w.*-]*$/.test(bare) ? bare : readName(new Reader(nameBytes(bare)))
}

/** As `parseName`; with `origin`, a name without a trailing dot lies below it and `@` is the origin (RFC 1035 §5.1). */
export function parseRelativeName(text: string, origin?: DomainName): DomainName | Malformed {
  if (origin === undefined || isAbsolute(text)) return parseName(text)
  if (text === '@') return origin
  return parseName(`${text}.${origin}`)
}

function isAbsolute(text: string): boolean {
  return /(?:^|[^\\])(?:\\\\)*\.$/.test(text)
}

/** With the trailing dot, as in zone files. */
export function formatName(name: DomainName): string {
  return `${name}.`
}

/** The name on the wire, not compressed. */
export function nameBytes(name: DomainName): Uint8Array {
  const writer = new Writer(name.length + 2)
  writeName(writer, name)
  return writer.finish()
}

/** In lower case, the form that names are compared in (RFC 4343 §3). */
export function foldName(name: DomainName): DomainName {
  return name.toLowerCase()
}

/** The name without its first label; undefined for the root. */
export function parentOf(name: DomainName): DomainName | undefined {
  return name === '' ? undefined : name.slice(labelEnd(name) + 1)
}

/** Whether `name` is `ancestor` or lies below it; both folded. */
export function isWithin(name: DomainName, ancestor: DomainName): boolean {
  if (!name.includes('\\')) return ancestor === '' || name === ancestor || name.endsWith(`.${ancestor}`)
  let at: DomainName | undefined = name
  while (at !== undefined && at !== ancestor) at = parentOf(at)
  return at !== undefined
}
