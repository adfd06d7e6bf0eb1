// Record data of every type known here, its fields stated once; unknown types pass as bytes (RFC 3597).

import { Reader } from '../../../wire/reader.ts'
import { Writer } from '../../../wire/writer.ts'
import { TYPE, malformed, typeName, type Malformed } from '../messages.ts'
import {
  base64,
  compressedName,
  hex,
  ipv4,
  ipv6,
  name,
  string,
  strings,
  tag,
  text,
  u16,
  u32,
  u8,
  type Field,
} from './fields.ts'
import type { NameOffsets } from './name.ts'
import { svcParams } from './svc-params.ts'
import { tokensOf } from './tokens.ts'

const FIELDS: ReadonlyMap<number, readonly Field[]> = new Map<number, readonly Field[]>([
  [TYPE.A, [ipv4]], // RFC 1035 §3.4.1
  [TYPE.NS, [compressedName]],
  [TYPE.CNAME, [compressedName]],
  [TYPE.SOA, [compressedName, compressedName, u32, u32, u32, u32, u32]],
  [TYPE.PTR, [compressedName]],
  [TYPE.HINFO, [string, string]],
  [TYPE.MX, [u16, compressedName]],
  [TYPE.TXT, [strings]],
  [TYPE.RP, [name, name]], // RFC 1183 §2.2
  [TYPE.AFSDB, [u16, name]], // RFC 1183 §1
  [TYPE.AAAA, [ipv6]], // RFC 3596 §2.2
  [TYPE.SRV, [u16, u16, u16, name]], // RFC 2782
  [TYPE.NAPTR, [u16, u16, string, string, string, name]], // RFC 3403 §4
  [TYPE.DNAME, [name]], // RFC 6672 §2.1
  [TYPE.DS, [u16, u8, u8, hex]], // RFC 4034 §5.1
  [TYPE.SSHFP, [u8, u8, hex]], // RFC 4255 §3.1
  [TYPE.DNSKEY, [u16, u8, u8, base64]], // RFC 4034 §2.1
  [TYPE.TLSA, [u8, u8, u8, hex]], // RFC 6698 §2.1
  [TYPE.SMIMEA, [u8, u8, u8, hex]], // RFC 8162 §2
  [TYPE.CDS, [u16, u8, u8, hex]], // RFC 7344 §3.1
  [TYPE.CDNSKEY, [u16, u8, u8, base64]], // RFC 7344 §3.2
  [TYPE.OPENPGPKEY, [base64]], // RFC 7929 §2.1
  [TYPE.SVCB, [u16, name, svcParams]], // RFC 9460 §2.2
  [TYPE.HTTPS, [u16, name, svcParams]],
  [TYPE.SPF, [strings]], // RFC 7208 §14.1
  [TYPE.URI, [u16, u16, text]], // RFC 7553 §4.5
  [TYPE.CAA, [u8, tag, text]], // RFC 8659 §4.1
])

const COMPRESSED: ReadonlySet<number> = new Set(
  [...FIELDS].filter(([, fields]) => fields.includes(compressedName)).map(([type]) => type),
)

const scratch = new Writer()

/**
 * Takes `reader`'s whole range as data of `type` and returns a copy with no name compressed. `reader.bytes`
 * is the message that pointers lead into. Undefined: not valid for the type.
 */
export function decodeRdata(type: number, reader: Reader): Uint8Array | undefined {
  const fields = FIELDS.get(type)
  if (fields === undefined) return new Uint8Array(reader.take(reader.left))
  scratch.reset()
  for (const field of fields) field.copy(reader, scratch)
  return reader.short || reader.left > 0 ? undefined : scratch.finish()
}

/** Writes valid data into a message, names compressed in the types that allow it (RFC 3597 §4). */
export function encodeRdata(type: number, data: Uint8Array, writer: Writer, offsets: NameOffsets): void {
  const fields = COMPRESSED.has(type) ? FIELDS.get(type) : undefined
  if (fields === undefined) return writer.put(data)
  const reader = new Reader(data)
  for (const field of fields) {
    if (field.compress === undefined) field.copy(reader, writer)
    else field.compress(reader, writer, offsets)
  }
}

/** The fields of valid data as text, in the order of the RFC: `['10', 'mail.harbor.test.']` for an MX. */
export function rdataFields(type: number, data: Uint8Array): readonly string[] | undefined {
  const fields = FIELDS.get(type)
  if (fields === undefined) return undefined
  const reader = new Reader(data)
  const texts = fields.map((field) => field.format(reader))
  return reader.short || reader.left > 0 ? undefined : texts
}

/** Presentation form; RFC 3597's `\# 2 ABCD` for unknown types and for data that is not valid for its type. */
export function formatRdata(type: number, data: Uint8Array): string {
  const texts = rdataFields(type, data)
  if (texts !== undefined) return texts.filter((part) => part !== '').join(' ')
  return data.length === 0 ? '\\# 0' : `\\# ${data.length} ${Buffer.from(data).toString('hex').toUpperCase()}`
}

/** Presentation form to data on the wire. Names are absolute, with or without their trailing dot. */
export function parseRdata(type: number, data: string): Uint8Array | Malformed {
  const tokens = tokensOf(data)
  if (tokens === undefined) return malformed('quotes that do not match')
  const fields = FIELDS.get(type)
  if (tokens[0]?.text === '\\#' && !tokens[0].quoted) return parseGeneric(type, data)
  if (fields === undefined) return malformed(`${typeName(type)} data is written as \\# LENGTH HEX`)
  scratch.reset()
  for (const field of fields) {
    const problem = field.parse(tokens, scratch)
    if (problem !== undefined) return malformed(problem)
  }
  if (tokens.length > 0) return malformed(`${JSON.stringify(tokens[0]?.text)} is one field too many`)
  return scratch.length > 0xffff ? malformed('longer than 65535 bytes') : scratch.finish()
}

/** RFC 3597 §5; for a known type the bytes must be valid data of it. */
function parseGeneric(type: number, data: string): Uint8Array | Malformed {
  const match = /^\\#\s+(\d{1,5})((?:\s+[\da-f]+)*)\s*$/i.exec(data.trim())
  const bytes = Buffer.from((match?.[2] ?? '').replaceAll(/\s/g, ''), 'hex')
  if (match === null || bytes.length !== Number(match[1])) return malformed('not \\# LENGTH HEX of that length')
  return decodeRdata(type, new Reader(bytes)) ?? malformed(`not valid data of type ${typeName(type)}`)
}
