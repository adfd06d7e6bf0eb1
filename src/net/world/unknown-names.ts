// Addresses for names that a catch-all world lacks: one IPv4 and one IPv6 each, in the order in which they are asked for.

import type { Name } from '../../core/world-view.ts'
import { formatIp, ipBytes } from '../../wire/ip.ts'

/**
 * The upper half of the benchmarking range (RFC 2544: 198.18.0.0/15) has 65,536 addresses, and neither its first nor
 * its last is given out. Names beyond that have no address: forgetting one would let an address change its name.
 */
export const UNKNOWN_NAMES_MAX = 65_534

export interface UnknownNames {
  /** The name's IPv4 and IPv6 address, always the same; undefined once `UNKNOWN_NAMES_MAX` names have theirs. */
  addressesOf(name: Name): readonly string[] | undefined
  nameOf(ip: string): Name | undefined
}

/** Leaves out addresses that are `taken` otherwise. */
export function createUnknownNames(taken: (ip: string) => boolean): UnknownNames {
  const addresses = new Map<Name, readonly string[]>()
  const names = new Map<string, Name>()
  let used = 0
  const next = (): readonly string[] | undefined => {
    while (used < UNKNOWN_NAMES_MAX) {
      used += 1
      const given = pairAt(used)
      if (!given.some(taken)) return given
    }
    return undefined
  }
  return {
    nameOf: (ip) => names.get(ip),
    addressesOf(name) {
      const given = addresses.get(name) ?? next()
      if (!given || addresses.has(name)) return given
      addresses.set(name, given)
      for (const ip of given) names.set(ip, name)
      return given
    },
  }
}

function pairAt(place: number): readonly string[] {
  const ipv6 = ipBytes(`2001:db8:ffff::${place.toString(16)}`) ?? new Uint8Array(16)
  return [`198.19.${place >>> 8}.${place & 255}`, formatIp(ipv6)]
}
