// What a server calls its source (RFC 5905 §7.3): the IPv4 address itself, or the first octets of the MD5 of an IPv6 address.

import { createHash } from 'node:crypto'
import { ipBytes } from '../../../wire/ip.ts'

/** Of an address in canonical text; 0 for what is none. */
export function referenceIdOf(ip: string): number {
  const bytes = ipBytes(ip)
  if (bytes === undefined) return 0
  const octets = bytes.length === 4 ? bytes : createHash('md5').update(bytes).digest()
  return new DataView(octets.buffer, octets.byteOffset, 4).getUint32(0)
}
