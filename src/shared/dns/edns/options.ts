// EDNS options: their codes, how one is found in raw bytes without making an object, and the small ones both ways (RFC 5001, 7314,
// 7828, 7871). Cookies, padding and extended errors have files of their own. A decoder gives undefined for bytes that are no such option.

import type { EdnsOption } from '../messages.ts'

/** IANA "DNS EDNS0 Option Codes (OPT)". */
export const OPTION = {
  NSID: 3,
  DAU: 5,
  DHU: 6,
  N3U: 7,
  CLIENT_SUBNET: 8,
  EXPIRE: 9,
  COOKIE: 10,
  TCP_KEEPALIVE: 11,
  PADDING: 12,
  CHAIN: 13,
  KEY_TAG: 14,
  EXTENDED_ERROR: 15,
  REPORT_CHANNEL: 18,
  ZONE_VERSION: 19,
} as const

const NAMES: ReadonlyMap<number, string> = new Map(Object.entries(OPTION).map(([name, code]) => [code, name]))

/** `COOKIE`, or `OPTION999`. */
export function optionName(code: number): string {
  return NAMES.get(code) ?? `OPTION${code}`
}

/** Bytes in front of an option's data: code and length (RFC 6891 §6.1.2). */
export const OPTION_HEADER_BYTES = 4

/**
 * Where the data of the first option `code` begins; its length is the 16 bits before. -1: there is none. The options stand from
 * `start` to `end`; what runs over the end is not found.
 */
export function optionAt(bytes: Uint8Array, start: number, end: number, code: number): number {
  for (let at = start; at + OPTION_HEADER_BYTES <= end;) {
    const length = optionLength(bytes, at + OPTION_HEADER_BYTES)
    const data = at + OPTION_HEADER_BYTES
    if (data + length > end) return -1
    if (((bytes[at]! << 8) | bytes[at + 1]!) === code) return data
    at = data + length
  }
  return -1
}

/** Bytes of the option whose data begins at `data`. */
export function optionLength(bytes: Uint8Array, data: number): number {
  return (bytes[data - 2]! << 8) | bytes[data - 1]!
}

/** Writes an option's code and length at `at`; its data's place. */
export function writeOptionHeader(bytes: Uint8Array, at: number, code: number, length: number): number {
  bytes[at] = code >> 8
  bytes[at + 1] = code
  bytes[at + 2] = length >> 8
  bytes[at + 3] = length
  return at + OPTION_HEADER_BYTES
}

export function findOption(options: readonly EdnsOption[], code: number): EdnsOption | undefined {
  return options.find((option) => option.code === code)
}

/** A server's name for itself, any bytes; empty in a query, which asks for it (RFC 5001 §2). */
export function nsidOption(identifier: string): EdnsOption {
  return { code: OPTION.NSID, data: new TextEncoder().encode(identifier) }
}

/** How long a server keeps an idle connection, in steps of 100 ms; undefined in a query (RFC 7828 §3.1). */
export function encodeKeepalive(timeoutMs?: number): EdnsOption {
  const steps = Math.min(0xffff, Math.max(0, Math.round((timeoutMs ?? 0) / 100)))
  const data = timeoutMs === undefined ? new Uint8Array(0) : Uint8Array.of(steps >> 8, steps)
  return { code: OPTION.TCP_KEEPALIVE, data }
}

/** Milliseconds; `asked` for the empty option of a query. */
export function decodeKeepalive(data: Uint8Array): number | 'asked' | undefined {
  if (data.length === 0) return 'asked'
  return data.length === 2 ? ((data[0]! << 8) | data[1]!) * 100 : undefined
}

/** What a zone's copy has left before it expires; undefined in a query (RFC 7314 §2). */
export function encodeExpire(seconds?: number): EdnsOption {
  if (seconds === undefined) return { code: OPTION.EXPIRE, data: new Uint8Array(0) }
  return { code: OPTION.EXPIRE, data: Uint8Array.of(seconds >>> 24, seconds >>> 16, seconds >>> 8, seconds) }
}

/** Seconds; `asked` for the empty option of a query. */
export function decodeExpire(data: Uint8Array): number | 'asked' | undefined {
  if (data.length === 0) return 'asked'
  if (data.length !== 4) return undefined
  return ((data[0]! << 24) | (data[1]! << 16) | (data[2]! << 8) | data[3]!) >>> 0
}

/** Where an asker's clients are (RFC 7871 §6). */
export interface ClientSubnet {
  readonly family: 4 | 6
  readonly sourcePrefixBits: number
  readonly scopePrefixBits: number
  /** All 4 or 16 bytes, zeros behind the prefix. */
  readonly address: Uint8Array
}

const SUBNET_FAMILIES: ReadonlyMap<number, 4 | 6> = new Map([
  [1, 4],
  [2, 6],
])

/** No more address bytes than the prefix needs, and no bits behind it. */
export function decodeClientSubnet(data: Uint8Array): ClientSubnet | undefined {
  const family = data.length >= 4 ? SUBNET_FAMILIES.get((data[0]! << 8) | data[1]!) : undefined
  if (family === undefined) return undefined
  const [, , sourcePrefixBits = 0, scopePrefixBits = 0] = data
  const address = new Uint8Array(family === 4 ? 4 : 16)
  const bits = address.length * 8
  if (sourcePrefixBits > bits || scopePrefixBits > bits || data.length - 4 !== Math.ceil(sourcePrefixBits / 8))
    return undefined
  address.set(data.subarray(4))
  const behind = (address[data.length - 5] ?? 0) & (0xff >> (sourcePrefixBits % 8 || 8))
  return behind === 0 ? { family, sourcePrefixBits, scopePrefixBits, address } : undefined
}
