// When two records are the same: their names in any case, all else octet by octet (RFC 4034 §6.2, RFC 2136 §1.1).

import { canonicalRdata } from '../shared/dns/codec/canonical.ts'

export function sameData(type: number, one: Uint8Array, other: Uint8Array): boolean {
  if (one.length !== other.length) return false
  return (
    Buffer.compare(one, other) === 0 || Buffer.compare(canonicalRdata(type, one), canonicalRdata(type, other)) === 0
  )
}
