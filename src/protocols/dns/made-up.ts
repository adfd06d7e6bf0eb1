// What no zone holds and the world has all the same: names of a catch-all world, names behind addresses, localhost.

import type { Name } from '../../core/name.ts'
import type { RecordSet } from '../../core/zones.ts'
import { parseIp } from '../../shared/dns/codec/ip.ts'
import { nameBytes } from '../../shared/dns/codec/name.ts'
import { TYPE } from '../../shared/dns/messages.ts'
import type { HostedZone } from './hosted-zone.ts'
import { UNKNOWN_TTL_SECONDS, isLocalhost, isPartOfReverseName, type DnsPolicy } from './policy.ts'

export interface MadeUp {
  /** All there is at the name: none for a name that only exists. */
  readonly sets: readonly RecordSet[]
  /** Nobody told the world of this name: it comes of being asked for. */
  readonly unknown: boolean
}

/** `name` does not exist in `zone`, the closest one that this host serves. */
export function madeUp(policy: DnsPolicy, zone: HostedZone, name: Name): MadeUp | undefined {
  const hostName = policy.nameBehind(name)
  if (hostName !== undefined) return { sets: [setOf(TYPE.PTR, [nameBytes(hostName)])], unknown: false }
  if (name.endsWith('.arpa') && isPartOfReverseName(name)) return { sets: [], unknown: false }
  const addresses = zone.apex === '' ? policy.addressesOf(name) : undefined
  if (addresses === undefined) return undefined
  const data = addresses.flatMap((ip) => parseIp(ip) ?? [])
  const families = [
    setOf(
      TYPE.A,
      data.filter((one) => one.length === 4),
    ),
    setOf(
      TYPE.AAAA,
      data.filter((one) => one.length === 16),
    ),
  ]
  return { sets: families.filter((set) => set.data.length > 0), unknown: !isLocalhost(name) }
}

function setOf(type: number, data: readonly Uint8Array[]): RecordSet {
  return { type, ttlSeconds: UNKNOWN_TTL_SECONDS, data }
}
