// Who may do something with a zone: who comes from an address or a range, or has signed with a key.

import type { Name } from '../../../core/name.ts'
import type { ZoneAccess } from '../../../core/zones.ts'
import { ipBytes } from '../../../wire/ip.ts'

interface Range {
  readonly bytes: Uint8Array
  readonly bits: number
}

export class Access {
  readonly #anybody: boolean
  readonly #ranges: readonly Range[]
  readonly #keys: ReadonlySet<Name>

  constructor({ peers, keys }: ZoneAccess) {
    this.#anybody = peers.includes('any')
    this.#ranges = peers.map(rangeOf).filter((range) => range !== undefined)
    this.#keys = new Set(keys)
  }

  /** `key`: the one that the request was signed with, and verified. */
  allows(ip: string, key: Name | undefined): boolean {
    if (this.#anybody || (key !== undefined && this.#keys.has(key))) return true
    const bytes = ipBytes(ip)
    return bytes !== undefined && this.#ranges.some((range) => covers(range, bytes))
  }
}

/** Of `192.0.2.0/24` or `2001:db8::1`; undefined for what is neither. */
function rangeOf(text: string): Range | undefined {
  const [ip = '', length] = text.split('/')
  const bytes = ipBytes(ip)
  if (bytes === undefined) return undefined
  const bits = length === undefined ? bytes.length * 8 : Number(length)
  return bits >= 0 && bits <= bytes.length * 8 ? { bytes, bits } : undefined
}

function covers({ bytes, bits }: Range, ip: Uint8Array): boolean {
  if (bytes.length !== ip.length) return false
  const whole = bits >> 3
  for (let at = 0; at < whole; at += 1) if (bytes[at] !== ip[at]) return false
  const mask = 0xff00 >> (bits & 7)
  return ((bytes[whole] ?? 0) & mask & 0xff) === ((ip[whole] ?? 0) & mask & 0xff)
}
