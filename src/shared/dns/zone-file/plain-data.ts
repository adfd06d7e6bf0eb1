// The data of the most common types straight from a zone file's bytes. What is not plain (escapes, odd forms, anything wrong)
// is refused here and left to the codec, which knows all and says what is wrong.

import { LABEL_MAX_BYTES, NAME_MAX_BYTES, TYPE } from '../messages.ts'
import { BYTE, KIND, type ZoneText } from './text.ts'

const COLON = 58
const DOT = 46
const QUOTE = 34
const BACKSLASH = 92
const LF = 10
/** More than one name, or one string, takes. */
const ROOM_BYTES = 300

/** Each byte as it is. */
const AS_WRITTEN: Uint8Array = Uint8Array.from({ length: 256 }, (_, byte) => byte)

/** Reads data into `data`; one for each zone file. */
export class PlainData {
  readonly data = new Uint8Array(65_535)

  /** Takes the data of an entry that is plain: its size, the place at the entry's end. -1: not plain, the place anywhere. */
  read(type: number, text: ZoneText, origin: Uint8Array): number {
    const size = this.#fields(type, text, origin)
    if (size === -1) return -1
    text.blanks()
    return text.entryEnds ? size : -1
  }

  #fields(type: number, text: ZoneText, origin: Uint8Array): number {
    switch (type) {
      case TYPE.A:
        return readIpv4(text, this.data)
      case TYPE.AAAA:
        return readIpv6(text, this.data)
      case TYPE.NS:
      case TYPE.CNAME:
      case TYPE.PTR:
      case TYPE.DNAME:
        return readPlainName(text, this.data, 0, AS_WRITTEN, origin)
      case TYPE.MX:
        return this.#exchange(text, origin)
      case TYPE.TXT:
        return readStrings(text, this.data)
      default:
        return -1
    }
  }

  #exchange(text: ZoneText, origin: Uint8Array): number {
    const preference = readNumber(text, 0xffff)
    if (preference === -1) return -1
    this.data[0] = preference >> 8
    this.data[1] = preference
    text.blanks()
    return readPlainName(text, this.data, 2, AS_WRITTEN, origin)
  }
}

/**
 * Takes the word at hand as a name and writes it to `into` from `start`, each byte as `fold` has it, `origin` behind it where it has
 * no trailing dot. Returns where it ends; -1 for what is not plain.
 */
export function readPlainName(
  text: ZoneText,
  into: Uint8Array,
  start: number,
  fold: Uint8Array,
  origin: Uint8Array,
): number {
  const { bytes, end } = text
  const limit = start + NAME_MAX_BYTES
  let at = text.at
  let labelAt = start
  let to = start + 1
  if (bytes[at] === 64) return readOrigin(text, into, start, fold, origin)
  for (; at < end; at += 1) {
    const byte = bytes[at]!
    const kind = KIND[byte]!
    if (kind === BYTE.PLAIN) into[to++] = fold[byte]!
    else if (kind === BYTE.DOT) {
      const length = to - labelAt - 1
      if (length === 0 || length > LABEL_MAX_BYTES) return -1
      into[labelAt] = length
      labelAt = to++
    } else if (kind === BYTE.END) break
    else return -1
    if (to > limit) return -1
  }
  const length = to - labelAt - 1
  if (at === text.at || length > LABEL_MAX_BYTES) return -1
  text.at = at
  into[labelAt] = length
  return length === 0 ? to : append(into, to, fold, origin, limit)
}

function readOrigin(text: ZoneText, into: Uint8Array, start: number, fold: Uint8Array, origin: Uint8Array): number {
  if (text.wordEnd() !== text.at + 1) return -1
  text.at += 1
  return append(into, start, fold, origin, start + NAME_MAX_BYTES)
}

function append(into: Uint8Array, start: number, fold: Uint8Array, origin: Uint8Array, limit: number): number {
  const end = start + origin.length
  if (end > limit) return -1
  for (let at = 0; at < origin.length; at += 1) into[start + at] = fold[origin[at]!]!
  return end
}

function readNumber(text: ZoneText, max: number): number {
  const { bytes } = text
  let value = 0
  let at = text.at
  for (let byte = bytes[at] ?? 0; byte >= 48 && byte <= 57 && value <= max; byte = bytes[++at] ?? 0)
    value = value * 10 + byte - 48
  if (at === text.at || value > max || !endsAt(text, at)) return -1
  text.at = at
  return value
}

function endsAt(text: ZoneText, at: number): boolean {
  return at >= text.end || KIND[text.bytes[at]!] === BYTE.END
}

function readIpv4(text: ZoneText, data: Uint8Array): number {
  const { bytes } = text
  let at = text.at
  for (let part = 0; part < 4; part += 1) {
    if (part > 0 && bytes[at++] !== DOT) return -1
    const first = at
    let value = 0
    for (let byte = bytes[at] ?? 0; byte >= 48 && byte <= 57 && at < first + 3; byte = bytes[++at] ?? 0)
      value = value * 10 + byte - 48
    if (at === first || value > 255 || (bytes[first] === 48 && at > first + 1)) return -1
    data[part] = value
  }
  if (!endsAt(text, at)) return -1
  text.at = at
  return 4
}

/** The value of each hex digit, 16 for what is none. */
const HEX_VALUE: Uint8Array = Uint8Array.from({ length: 256 }, (_, byte) => {
  const value = Number.parseInt(String.fromCharCode(byte), 16)
  return Number.isNaN(value) ? 16 : value
})

/** Groups and `::`; a dotted quad at the end is not plain. */
function readIpv6(text: ZoneText, data: Uint8Array): number {
  const { bytes, end } = text
  let at = text.at
  let size = 0
  let gap = -1
  while (at < end && size < 16) {
    if (bytes[at] === COLON && bytes[at + 1] === COLON && gap === -1) {
      gap = size
      at += 2
      if (endsAt(text, at)) break
    } else if (size > 0 && bytes[at++] !== COLON) return -1
    const first = at
    let value = 0
    for (; at < end && at < first + 4 && HEX_VALUE[bytes[at]!]! < 16; at += 1)
      value = (value << 4) | HEX_VALUE[bytes[at]!]!
    if (at === first) return -1
    data[size++] = value >> 8
    data[size++] = value
    if (endsAt(text, at)) break
  }
  if (!endsAt(text, at) || (gap === -1 ? size < 16 : size > 14)) return -1
  if (gap !== -1) widen(data, gap, size)
  text.at = at
  return 16
}

/** Puts zeros where `::` stood. */
function widen(data: Uint8Array, gap: number, size: number): void {
  data.copyWithin(16 - (size - gap), gap, size)
  data.fill(0, gap, 16 - (size - gap))
}

function readStrings(text: ZoneText, data: Uint8Array): number {
  let size = 0
  for (; !text.entryEnds; text.blanks()) {
    if (size > data.length - ROOM_BYTES) return -1
    const length = text.bytes[text.at] === QUOTE ? readQuoted(text, data, size + 1) : readWord(text, data, size + 1)
    if (length === -1) return -1
    data[size] = length
    size += length + 1
  }
  return size === 0 ? -1 : size
}

function readQuoted(text: ZoneText, data: Uint8Array, start: number): number {
  const { bytes, end } = text
  const first = text.at + 1
  let at = first
  for (; at < end && at <= first + 255; at += 1) {
    const byte = bytes[at]!
    if (byte === QUOTE) break
    if (byte === BACKSLASH || byte === LF) return -1
    data[start + at - first] = byte
  }
  if (at >= end || bytes[at] !== QUOTE || !endsAt(text, at + 1)) return -1
  text.at = at + 1
  return at - first
}

function readWord(text: ZoneText, data: Uint8Array, start: number): number {
  const { bytes, end } = text
  const first = text.at
  let at = first
  for (; at < end && at < first + 255; at += 1) {
    const byte = bytes[at]!
    if (KIND[byte] === BYTE.END) break
    if (KIND[byte] === BYTE.SPECIAL) return -1
    data[start + at - first] = byte
  }
  if (at === first || !endsAt(text, at)) return -1
  text.at = at
  return at - first
}
