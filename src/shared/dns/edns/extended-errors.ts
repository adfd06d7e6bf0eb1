// Why an answer is what it is, for people (RFC 8914): a code and a text.

import type { EdnsOption } from '../messages.ts'
import { OPTION } from './options.ts'

/** IANA "Extended DNS Error Codes". */
export const EXTENDED_ERROR = {
  OTHER: 0,
  UNSUPPORTED_DNSKEY_ALGORITHM: 1,
  UNSUPPORTED_DS_DIGEST_TYPE: 2,
  STALE_ANSWER: 3,
  FORGED_ANSWER: 4,
  DNSSEC_INDETERMINATE: 5,
  DNSSEC_BOGUS: 6,
  SIGNATURE_EXPIRED: 7,
  SIGNATURE_NOT_YET_VALID: 8,
  DNSKEY_MISSING: 9,
  RRSIGS_MISSING: 10,
  NO_ZONE_KEY_BIT_SET: 11,
  NSEC_MISSING: 12,
  CACHED_ERROR: 13,
  NOT_READY: 14,
  BLOCKED: 15,
  CENSORED: 16,
  FILTERED: 17,
  PROHIBITED: 18,
  STALE_NXDOMAIN_ANSWER: 19,
  NOT_AUTHORITATIVE: 20,
  NOT_SUPPORTED: 21,
  NO_REACHABLE_AUTHORITY: 22,
  NETWORK_ERROR: 23,
  INVALID_DATA: 24,
  SIGNATURE_EXPIRED_BEFORE_VALID: 25,
  TOO_EARLY: 26,
  UNSUPPORTED_NSEC3_ITERATIONS: 27,
  UNABLE_TO_CONFORM_TO_POLICY: 28,
  SYNTHESIZED: 29,
  INVALID_QUERY_TYPE: 30,
} as const

/** Names whose words are not simply the key's. */
const SPELLED: Readonly<Record<number, string>> = {
  1: 'Unsupported DNSKEY Algorithm',
  2: 'Unsupported DS Digest Type',
  5: 'DNSSEC Indeterminate',
  6: 'DNSSEC Bogus',
  9: 'DNSKEY Missing',
  10: 'RRSIGs Missing',
  12: 'NSEC Missing',
  19: 'Stale NXDOMAIN Answer',
  27: 'Unsupported NSEC3 Iterations Value',
}
const NAMES: ReadonlyMap<number, string> = new Map(
  Object.entries(EXTENDED_ERROR).map(([key, code]) => [code, SPELLED[code] ?? spelled(key)]),
)

function spelled(key: string): string {
  return key
    .toLowerCase()
    .replaceAll(/(^|_)([a-z])/g, (_, gap: string, letter: string) => (gap && ' ') + letter.toUpperCase())
}

export interface ExtendedError {
  readonly code: number
  /** For people; possibly empty. */
  readonly text: string
}

/** `DNSSEC Bogus`, or `Error 4711`. */
export function extendedErrorName(code: number): string {
  return NAMES.get(code) ?? `Error ${code}`
}

export function encodeExtendedError({ code, text }: ExtendedError): EdnsOption {
  return {
    code: OPTION.EXTENDED_ERROR,
    data: Uint8Array.from([code >> 8, code & 255, ...new TextEncoder().encode(text)]),
  }
}

/** Undefined for what is shorter than a code. A NUL at the text's end is let go (RFC 8914 §2). */
export function decodeExtendedError(data: Uint8Array): ExtendedError | undefined {
  if (data.length < 2) return undefined
  const text = new TextDecoder().decode(data.subarray(2))
  return { code: (data[0]! << 8) | data[1]!, text: text.endsWith('\0') ? text.slice(0, -1) : text }
}
