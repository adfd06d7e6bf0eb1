// The kinds of field that only the records of DNSSEC, CERT, TSIG and TKEY have.

import type { Reader } from '../../../wire/reader.ts'
import type { Writer } from '../../../wire/writer.ts'
import { typeName, typeNumber } from '../messages.ts'
import { formatBase32hex, parseBase32hex } from './base32hex.ts'
import { copyRest, show, u16, u8, type Field } from './fields.ts'
import type { Token } from './tokens.ts'
import { decodeTypeBitmap, writeTypeBitmap } from './type-bitmap.ts'

/** A record type by its name. */
export const typeMnemonic: Field = {
  copy: u16.copy,
  format: (reader) => typeName(reader.u16()),
  parse(tokens, writer) {
    const text = tokens.shift()?.text ?? ''
    const type = typeNumber(text)
    if (type === undefined) return `${show(text)} is no record type`
    writer.u16(type)
    return undefined
  },
}

/** RFC 4398 §2.1. */
const CERTIFICATE_TYPES: ReadonlyMap<string, number> = new Map([
  ['PKIX', 1],
  ['SPKI', 2],
  ['PGP', 3],
  ['IPKIX', 4],
  ['ISPKI', 5],
  ['IPGP', 6],
  ['ACPKIX', 7],
  ['IACPKIX', 8],
  ['URI', 253],
  ['OID', 254],
])
const CERTIFICATE_NAMES = new Map([...CERTIFICATE_TYPES].map(([name, value]) => [value, name]))

export const certificateType: Field = {
  copy: u16.copy,
  format(reader) {
    const value = reader.u16()
    return CERTIFICATE_NAMES.get(value) ?? String(value)
  },
  parse(tokens, writer) {
    const known = CERTIFICATE_TYPES.get(tokens[0]?.text.toUpperCase() ?? '')
    if (known === undefined) return u16.parse(tokens, writer)
    tokens.shift()
    writer.u16(known)
    return undefined
  },
}

/** IANA "DNS Security Algorithm Numbers". */
const ALGORITHMS: ReadonlyMap<string, number> = new Map([
  ['DELETE', 0],
  ['RSAMD5', 1],
  ['DH', 2],
  ['DSA', 3],
  ['RSASHA1', 5],
  ['DSA-NSEC3-SHA1', 6],
  ['NSEC3DSA', 6],
  ['RSASHA1-NSEC3-SHA1', 7],
  ['NSEC3RSASHA1', 7],
  ['RSASHA256', 8],
  ['RSASHA512', 10],
  ['ECC-GOST', 12],
  ['ECDSAP256SHA256', 13],
  ['ECDSA256', 13],
  ['ECDSAP384SHA384', 14],
  ['ECDSA384', 14],
  ['ED25519', 15],
  ['ED448', 16],
  ['INDIRECT', 252],
  ['PRIVATEDNS', 253],
  ['PRIVATEOID', 254],
])

/** Read as a number or by its name, written as a number (RFC 4034 §2.2). */
export const algorithm: Field = {
  copy: u8.copy,
  format: u8.format,
  parse(tokens, writer) {
    const known = ALGORITHMS.get(tokens[0]?.text.toUpperCase() ?? '')
    if (known === undefined) return u8.parse(tokens, writer)
    tokens.shift()
    writer.u8(known)
    return undefined
  },
}

/** `20300101000000` for seconds since 1970 in 32 bits (RFC 4034 §3.2). */
function formatTime(seconds: number): string {
  const date = new Date(seconds * 1000)
  const day = date.getUTCFullYear() * 10_000 + (date.getUTCMonth() + 1) * 100 + date.getUTCDate()
  return String(day * 1_000_000 + date.getUTCHours() * 10_000 + date.getUTCMinutes() * 100 + date.getUTCSeconds())
}

/** Digits of a date and time; what has fewer is seconds. */
const DATE_DIGITS = 14

/** Seconds since 1970, modulo 2^32, of `YYYYMMDDHHmmSS` or of plain seconds; undefined for neither. */
export function parseTime(text: string): number | undefined {
  if (!/^\d+$/.test(text)) return undefined
  const value = Number(text)
  if (text.length !== DATE_DIGITS) return text.length <= 10 && value <= 0xffff_ffff ? value : undefined
  const day = Math.floor(value / 1_000_000)
  const [year, month] = [Math.floor(day / 10_000), Math.floor(day / 100) % 100]
  const [hour, minute, second] = [Math.floor(value / 10_000) % 100, Math.floor(value / 100) % 100, value % 100]
  const date = new Date(Date.UTC(year, month - 1, day % 100))
  const real = date.getUTCMonth() === month - 1 && date.getUTCDate() === day % 100 && year >= 1970
  if (!real || hour > 23 || minute > 59 || second > 59) return undefined
  return (date.getTime() / 1000 + hour * 3600 + minute * 60 + second) % 2 ** 32
}

/** A time of a signature, compared by serial arithmetic (RFC 4034 §3.1.5). */
export const time: Field = {
  copy: (reader, writer) => writer.put(reader.take(4)),
  format: (reader) => formatTime(reader.u32()),
  parse(tokens, writer) {
    const text = tokens.shift()?.text ?? ''
    const seconds = parseTime(text)
    if (seconds === undefined) return `${show(text)} is no time`
    writer.u32(seconds)
    return undefined
  },
}

/** Seconds since 1970 in 48 bits (RFC 8945 §4.2). */
export const time48: Field = {
  copy: (reader, writer) => writer.put(reader.take(6)),
  format: (reader) => String(reader.u16() * 2 ** 32 + reader.u32()),
  parse(tokens, writer) {
    const text = tokens.shift()?.text ?? ''
    const seconds = Number(text)
    if (!/^\d{1,15}$/.test(text) || seconds >= 2 ** 48) return `${show(text)} is no time`
    writer.u16(Math.floor(seconds / 2 ** 32))
    writer.u32(seconds % 2 ** 32)
    return undefined
  },
}

/** Bytes behind a 16-bit length, in text the length and then base64. */
export const sized64: Field = {
  copy(reader, writer) {
    const length = reader.u16()
    writer.u16(length)
    writer.put(reader.take(length))
  },
  format(reader) {
    const length = reader.u16()
    return length === 0 ? '0' : `${length} ${Buffer.from(reader.take(length)).toString('base64')}`
  },
  parse(tokens, writer) {
    const text = tokens.shift()?.text ?? ''
    const length = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN
    const bytes = length > 0 ? Buffer.from(tokens.shift()?.text ?? '', 'base64') : Buffer.alloc(0)
    if (!(length <= 0xffff) || bytes.length !== length) return `${show(text)} is not the length of what follows`
    writer.u16(length)
    writer.put(bytes)
    return undefined
  },
}

/** Hex behind a length byte, `-` for none (RFC 5155 §3.3). */
export const salt: Field = {
  copy: copyShort,
  format: (reader) => Buffer.from(reader.take(reader.u8())).toString('hex').toUpperCase() || '-',
  parse(tokens, writer) {
    const text = tokens.shift()?.text ?? ''
    if (text !== '-' && !/^(?:[\da-f]{2}){1,255}$/i.test(text)) return `${show(text)} is no salt: hex, or -`
    return writeShort(writer, Buffer.from(text === '-' ? '' : text, 'hex'))
  },
}

/** Base 32 behind a length byte, one byte at least (RFC 5155 §3.3). */
export const hashedOwner: Field = {
  copy(reader, writer) {
    if (reader.bytes[reader.offset] === 0) reader.short = true
    copyShort(reader, writer)
  },
  format: (reader) => formatBase32hex(reader.take(reader.u8())).toUpperCase(),
  parse(tokens, writer) {
    const text = tokens.shift()?.text ?? ''
    const bytes = parseBase32hex(text)
    if (bytes === undefined || bytes.length === 0 || bytes.length > 255) return `${show(text)} is not base32hex`
    return writeShort(writer, bytes)
  },
}

function copyShort(reader: Reader, writer: Writer): void {
  const length = reader.u8()
  writer.u8(length)
  writer.put(reader.take(length))
}

function writeShort(writer: Writer, bytes: Uint8Array): undefined {
  writer.u8(bytes.length)
  writer.put(bytes)
  return undefined
}

/** The types at a name, to the end of the data; possibly none. */
export const typeBitmap: Field = {
  copy(reader, writer) {
    if (decodeTypeBitmap(reader.bytes.subarray(reader.offset, reader.end)) === undefined) reader.short = true
    copyRest(reader, writer)
  },
  format: (reader) => (decodeTypeBitmap(reader.take(reader.left)) ?? []).map(typeName).join(' '),
  parse(tokens: Token[], writer: Writer) {
    const texts = tokens.splice(0).map((token) => token.text)
    const types = texts.flatMap((text) => typeNumber(text) ?? [])
    if (types.length < texts.length) return `${show(texts.join(' '))} has a word that is no record type`
    writeTypeBitmap(writer, types)
    return undefined
  },
}
