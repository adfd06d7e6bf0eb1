// The kinds of field that record data is made of, each once: from a message (names decompressed), back
// into one (names compressed where that is allowed), to text and from text.

import type { Reader } from '../../../wire/reader.ts'
import type { Writer } from '../../../wire/writer.ts'
import type { DomainName } from '../messages.ts'
import { formatIpv4, formatIpv6, parseIpv4, parseIpv6 } from './ip.ts'
import { formatName, parseRelativeName, readName, writeName, type NameOffsets } from './name.ts'
import { formatText, writeText, type Token } from './tokens.ts'

/** Each function takes its field from the reader's or the tokens' front. */
export interface Field {
  /** Copies the field; one that is not valid leaves `reader.short` set. Names lose their compression. */
  copy(reader: Reader, writer: Writer): void
  format(reader: Reader): string
  /** Undefined, or what is wrong with the text. With `origin`, names without a trailing dot end in it. */
  parse(tokens: Token[], writer: Writer, origin?: DomainName): string | undefined
  /** As `copy`, from data without compression into a message. */
  compress?(reader: Reader, writer: Writer, offsets: NameOffsets): void
}

function integer(bytes: 1 | 2 | 4): Field {
  const read = (reader: Reader): number => (bytes === 1 ? reader.u8() : bytes === 2 ? reader.u16() : reader.u32())
  return {
    copy: (reader, writer) => writer.put(reader.take(bytes)),
    format: (reader) => String(read(reader)),
    parse(tokens, writer) {
      const text = tokens.shift()?.text ?? ''
      const value = Number(text)
      if (!/^\d{1,10}$/.test(text) || value >= 2 ** (bytes * 8))
        return `${show(text)} is no number of ${bytes * 8} bits`
      if (bytes === 4) writer.u32(value)
      else if (bytes === 2) writer.u16(value)
      else writer.u8(value)
      return undefined
    },
  }
}

function ipAddress(
  bytes: 4 | 16,
  format: (bytes: Uint8Array) => string,
  parse: (text: string) => Uint8Array | undefined,
): Field {
  return {
    copy: (reader, writer) => writer.put(reader.take(bytes)),
    format: (reader) => format(reader.take(bytes)),
    parse(tokens, writer) {
      const text = tokens.shift()?.text ?? ''
      const address = parse(text)
      if (address === undefined) return `${show(text)} is no IPv${bytes === 4 ? 4 : 6} address`
      writer.put(address)
      return undefined
    },
  }
}

/** A name that is sent as it is (RFC 3597 §4); one that comes compressed is read all the same. */
export const name: Field = {
  copy: (reader, writer) => writeName(writer, readName(reader)),
  format: (reader) => formatName(readName(reader)),
  parse(tokens, writer, origin) {
    const token = tokens.shift()
    if (token === undefined) return 'a domain name is missing'
    const parsed = parseRelativeName(token.text, origin)
    if (typeof parsed !== 'string') return parsed.reason
    writeName(writer, parsed)
    return undefined
  },
}

/** A name in one of RFC 1035's own types, the only ones in which it may be compressed. */
export const compressedName: Field = {
  ...name,
  compress: (reader, writer, offsets) => writeName(writer, readName(reader), offsets),
}

/** A character-string (RFC 1035 §3.3): up to 255 bytes behind a length byte. */
export const string: Field = {
  copy(reader, writer) {
    const length = reader.u8()
    writer.u8(length)
    writer.put(reader.take(length))
  },
  format: (reader) => `"${formatText(reader.take(reader.u8()))}"`,
  parse(tokens, writer) {
    const token = tokens.shift()
    if (token === undefined) return 'a string is missing'
    const lengthAt = writer.length
    writer.u8(0)
    const problem = writeText(writer, token.text)
    const length = writer.length - lengthAt - 1
    writer.bytes[lengthAt] = length
    return problem ?? (length > 255 ? 'a string longer than 255 bytes; split it into several' : undefined)
  },
}

const TAG = /^[a-z\d]+$/i

/** A character-string of letters and digits, shown without quotes: a CAA record's tag (RFC 8659 §4.1). */
export const tag: Field = {
  copy(reader, writer) {
    const start = reader.offset
    string.copy(reader, writer)
    if (!TAG.test(formatText(reader.bytes.subarray(start + 1, reader.offset)))) reader.short = true
  },
  format: (reader) => formatText(reader.take(reader.u8())),
  parse(tokens, writer) {
    return TAG.test(tokens[0]?.text ?? '') ? string.parse(tokens, writer) : 'a tag is letters and digits'
  },
}

/** One or more character-strings to the end of the data. */
export const strings: Field = {
  copy(reader, writer) {
    do string.copy(reader, writer)
    while (reader.left > 0 && !reader.short)
  },
  format(reader) {
    const parts: string[] = []
    while (reader.left > 0) parts.push(string.format(reader))
    return parts.join(' ')
  },
  parse(tokens, writer) {
    let problem: string | undefined
    do problem = string.parse(tokens, writer)
    while (tokens.length > 0 && problem === undefined)
    return problem
  },
}

/** Text to the end of the data, without a length byte. */
export const text: Field = {
  copy: copyRest,
  format: (reader) => `"${formatText(reader.take(reader.left))}"`,
  parse(tokens, writer) {
    const token = tokens.shift()
    return token === undefined ? 'a string is missing' : writeText(writer, token.text)
  },
}

const HEX = /^[\da-f]+$/i
const BASE64 = /^[a-z\d+/]+={0,2}$/i

export const hex = encoded('hex', 2, HEX)
export const base64 = encoded('base64', 4, BASE64)

/** As `base64`, and possibly nothing: the keys of records that say there is none. */
export const optionalBase64: Field = {
  copy: copyRest,
  format: (reader) => (reader.left === 0 ? '' : base64.format(reader)),
  parse: (tokens, writer) => (tokens.length === 0 ? undefined : base64.parse(tokens, writer)),
}

/** One byte or more to the end of the data, which blanks may break up in text. */
function encoded(encoding: 'hex' | 'base64', digits: number, valid: RegExp): Field {
  return {
    copy(reader, writer) {
      if (reader.left === 0) reader.short = true
      copyRest(reader, writer)
    },
    format(reader) {
      const written = Buffer.from(reader.take(reader.left)).toString(encoding)
      return encoding === 'hex' ? written.toUpperCase() : written
    },
    parse(tokens, writer) {
      const joined = tokens.splice(0).reduce((whole, token) => whole + token.text, '')
      if (joined.length % digits !== 0 || !valid.test(joined)) return `${show(joined)} is not ${encoding}`
      writer.put(Buffer.from(joined, encoding))
      return undefined
    },
  }
}

export function copyRest(reader: Reader, writer: Writer): void {
  writer.put(reader.take(reader.left))
}

/** What was given instead, in a problem. */
export function show(value: string): string {
  return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}...` : value)
}

export const u8 = integer(1)
export const u16 = integer(2)
export const u32 = integer(4)
const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 }

/** As `u32`; in text also with the units that zone files commonly have: `1h30m`. */
export const seconds: Field = {
  ...u32,
  parse(tokens, writer, origin) {
    const [first] = tokens
    const units = first?.quoted === false && /^(\d+[smhdw])+$/i.test(first.text) ? first.text.toLowerCase() : undefined
    if (units === undefined) return u32.parse(tokens, writer, origin)
    const parts = units.match(/\d+[smhdw]/g) ?? []
    const sum = parts.reduce((total, part) => total + parseInt(part, 10) * (SECONDS[part.at(-1) ?? ''] ?? 1), 0)
    tokens[0] = { text: String(sum), quoted: false }
    return u32.parse(tokens, writer, origin)
  },
}
export const ipv4 = ipAddress(4, formatIpv4, parseIpv4)
export const ipv6 = ipAddress(16, formatIpv6, parseIpv6)
