// Record data of every type known here, its fields stated once; unknown types pass as bytes (RFC 3597).

import { Reader } from '../../../wire/reader.ts'
import { Writer } from '../../../wire/writer.ts'
import { TYPE, malformed, typeName, type DomainName, type Malformed } from '../messages.ts'
import {
  base64,
  compressedName,
  hex,
  ipv4,
  ipv6,
  name,
  optionalBase64,
  seconds,
  string,
  strings,
  tag,
  text,
  u16,
  u32,
  u8,
  type Field,
} from './fields.ts'
import { location } from './location.ts'
import type { NameOffsets } from './name.ts'
import { amtRelay, eui48, eui64, gateway, hostIdentity, locator64, nsap, prefixes } from './rare-fields.ts'
import {
  algorithm,
  certificateType,
  hashedOwner,
  salt,
  sized64,
  time,
  time48,
  typeBitmap,
  typeMnemonic,
} from './security-fields.ts'
import { svcParams } from './svc-params.ts'
import { tokensOf, type Token } from './tokens.ts'

const DELEGATION = [u16, algorithm, u8, hex]
const KEY = [u16, u8, algorithm, base64]
const SIGNATURE = [typeMnemonic, algorithm, u8, u32, time, time, u16, name, base64]

const FIELDS: ReadonlyMap<number, readonly Field[]> = new Map<number, readonly Field[]>([
  [TYPE.A, [ipv4]], // RFC 1035 §3.4.1
  [TYPE.NS, [compressedName]],
  [TYPE.CNAME, [compressedName]],
  [TYPE.SOA, [compressedName, compressedName, u32, seconds, seconds, seconds, seconds]],
  [TYPE.MB, [compressedName]],
  [TYPE.MG, [compressedName]],
  [TYPE.MR, [compressedName]],
  [TYPE.PTR, [compressedName]],
  [TYPE.HINFO, [string, string]],
  [TYPE.MINFO, [compressedName, compressedName]],
  [TYPE.MX, [u16, compressedName]],
  [TYPE.TXT, [strings]],
  [TYPE.RP, [name, name]], // RFC 1183 §2.2
  [TYPE.AFSDB, [u16, name]], // RFC 1183 §1
  [TYPE.X25, [string]], // RFC 1183 §3.1
  [TYPE.ISDN, [strings]], // RFC 1183 §3.2
  [TYPE.RT, [u16, name]], // RFC 1183 §3.3
  [TYPE.NSAP, [nsap]], // RFC 1706 §5
  [TYPE.SIG, SIGNATURE], // RFC 2535 §4.1
  [TYPE.KEY, [u16, u8, algorithm, optionalBase64]], // RFC 2535 §3.1
  [TYPE.PX, [u16, name, name]], // RFC 2163 §4
  [TYPE.GPOS, [string, string, string]], // RFC 1712 §3
  [TYPE.AAAA, [ipv6]], // RFC 3596 §2.2
  [TYPE.LOC, [location]], // RFC 1876 §2
  [TYPE.SRV, [u16, u16, u16, name]], // RFC 2782
  [TYPE.NAPTR, [u16, u16, string, string, string, name]], // RFC 3403 §4
  [TYPE.KX, [u16, name]], // RFC 2230 §3.1
  [TYPE.CERT, [certificateType, u16, algorithm, base64]], // RFC 4398 §2
  [TYPE.DNAME, [name]], // RFC 6672 §2.1
  [TYPE.APL, [prefixes]], // RFC 3123 §4
  [TYPE.DS, DELEGATION], // RFC 4034 §5.1
  [TYPE.SSHFP, [u8, u8, hex]], // RFC 4255 §3.1
  [TYPE.IPSECKEY, [gateway, optionalBase64]], // RFC 4025 §2
  [TYPE.RRSIG, SIGNATURE], // RFC 4034 §3.1
  [TYPE.NSEC, [name, typeBitmap]], // RFC 4034 §4.1
  [TYPE.DNSKEY, KEY], // RFC 4034 §2.1
  [TYPE.DHCID, [base64]], // RFC 4701 §3
  [TYPE.NSEC3, [u8, u8, u16, salt, hashedOwner, typeBitmap]], // RFC 5155 §3
  [TYPE.NSEC3PARAM, [u8, u8, u16, salt]], // RFC 5155 §4
  [TYPE.TLSA, [u8, u8, u8, hex]], // RFC 6698 §2.1
  [TYPE.SMIMEA, [u8, u8, u8, hex]], // RFC 8162 §2
  [TYPE.HIP, [hostIdentity]], // RFC 8005 §5
  [TYPE.NINFO, [strings]],
  [TYPE.RKEY, KEY],
  [TYPE.CDS, DELEGATION], // RFC 7344 §3.1
  [TYPE.CDNSKEY, KEY], // RFC 7344 §3.2
  [TYPE.OPENPGPKEY, [base64]], // RFC 7929 §2.1
  [TYPE.CSYNC, [u32, u16, typeBitmap]], // RFC 7477 §2.1
  [TYPE.ZONEMD, [u32, u8, u8, hex]], // RFC 8976 §2.2
  [TYPE.SVCB, [u16, name, svcParams]], // RFC 9460 §2.2
  [TYPE.HTTPS, [u16, name, svcParams]],
  [TYPE.DSYNC, [typeMnemonic, u8, u16, name]], // RFC 9859 §2.1
  [TYPE.SPF, [strings]], // RFC 7208 §14.1
  [TYPE.NID, [u16, locator64]], // RFC 6742 §2.1
  [TYPE.L32, [u16, ipv4]], // RFC 6742 §2.2
  [TYPE.L64, [u16, locator64]], // RFC 6742 §2.3
  [TYPE.LP, [u16, name]], // RFC 6742 §2.4
  [TYPE.EUI48, [eui48]], // RFC 7043 §3
  [TYPE.EUI64, [eui64]], // RFC 7043 §4
  [TYPE.TKEY, [name, time, time, u16, u16, sized64, sized64]], // RFC 2930 §2
  [TYPE.TSIG, [name, time48, u16, sized64, u16, u16, sized64]], // RFC 8945 §4.2
  [TYPE.URI, [u16, u16, text]], // RFC 7553 §4.5
  [TYPE.CAA, [u8, tag, text]], // RFC 8659 §4.1
  [TYPE.AVC, [strings]],
  [TYPE.AMTRELAY, [amtRelay]], // RFC 8777 §4
  [TYPE.RESINFO, [strings]], // RFC 9606 §3
  [TYPE.WALLET, [strings]],
  [TYPE.TA, DELEGATION],
  [TYPE.DLV, DELEGATION], // RFC 4431 §2
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
  const fields = data.length > 0 && COMPRESSED.has(type) ? FIELDS.get(type) : undefined
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
  return tokens === undefined ? malformed('quotes that do not match') : rdataOfTokens(type, tokens)
}

/** As `parseRdata`, of words that are apart already, and taken out of `tokens`; with `origin`, names without a trailing dot end in it. */
export function rdataOfTokens(type: number, tokens: Token[], origin?: DomainName): Uint8Array | Malformed {
  const fields = FIELDS.get(type)
  if (tokens[0]?.text === '\\#' && !tokens[0].quoted) return parseGeneric(type, tokens)
  if (fields === undefined) return malformed(`${typeName(type)} data is written as \\# LENGTH HEX`)
  scratch.reset()
  for (const field of fields) {
    const problem = field.parse(tokens, scratch, origin)
    if (problem !== undefined) return malformed(problem)
  }
  const extra = tokens.shift()
  if (extra !== undefined) return malformed(`${JSON.stringify(extra.text)} is one field too many`)
  return scratch.length > 0xffff ? malformed('longer than 65535 bytes') : scratch.finish()
}

/** RFC 3597 §5; for a known type the bytes must be valid data of it. */
function parseGeneric(type: number, tokens: readonly Token[]): Uint8Array | Malformed {
  const [, length, ...digits] = tokens.map((token) => token.text)
  const bytes = Buffer.from(digits.join(''), 'hex')
  const whole = /^\d{1,5}$/.test(length ?? '') && digits.every((part) => /^[\da-f]*$/i.test(part))
  if (!whole || bytes.length !== Number(length) || digits.join('').length !== bytes.length * 2)
    return malformed('not \\# LENGTH HEX of that length')
  return decodeRdata(type, new Reader(bytes)) ?? malformed(`not valid data of type ${typeName(type)}`)
}
