// Whom a server turns away: addresses and ranges (RFC 4632, RFC 4291 §2.3) and the kiss code that they get.

import { ipBytes } from '../../../wire/ip.ts'

export interface AddressRange {
  readonly bytes: Uint8Array
  /** Leading bits that count. */
  readonly bits: number
}

/** `192.0.2.7`, `192.0.2.0/24`, `2001:db8::/32`. `undefined`: neither. */
export function parseRange(text: string): AddressRange | undefined {
  const [ip = '', length, ...more] = text.split('/')
  const bytes = ipBytes(ip)
  if (bytes === undefined || more.length > 0) return undefined
  if (length === undefined) return { bytes, bits: bytes.length * 8 }
  const bits = /^\d{1,3}$/.test(length) ? Number(length) : Infinity
  return bits <= bytes.length * 8 ? { bytes, bits } : undefined
}

export interface AccessLists {
  readonly deny: readonly AddressRange[]
  readonly restrict: readonly AddressRange[]
}

/** What someone is told who is not served (RFC 5905 §7.4). */
export function accessOf(ip: string, { deny, restrict }: AccessLists): 'DENY' | 'RSTR' | undefined {
  if (deny.length === 0 && restrict.length === 0) return undefined
  const bytes = ipBytes(ip)
  if (bytes === undefined) return undefined
  if (deny.some((range) => contains(range, bytes))) return 'DENY'
  return restrict.some((range) => contains(range, bytes)) ? 'RSTR' : undefined
}

function contains(range: AddressRange, bytes: Uint8Array): boolean {
  if (range.bytes.length !== bytes.length) return false
  const whole = range.bits >> 3
  for (let at = 0; at < whole; at++) if (range.bytes[at] !== bytes[at]) return false
  const rest = range.bits & 7
  return rest === 0 || (range.bytes[whole]! ^ bytes[whole]!) >> (8 - rest) === 0
}
