// The questions that the server asks its owner: which zone holds a name, which addresses an unknown name
// has, whose an address is. The answer here is made from a WorldView.

import type { NamedRecord, WorldView } from '../../core/world-view.ts'
import { addressOfReverseName } from '../../shared/dns/codec/ip.ts'
import { parentOf } from '../../shared/dns/codec/name.ts'
import { TYPE, type DomainName } from '../../shared/dns/messages.ts'
import { indexZone, type ZoneIndex } from './zone.ts'

export interface DnsPolicy {
  /** The host that answers, for `id.server` and the root's own records. */
  readonly hostName: DomainName
  /** The closest zone at or above a name; for DS at a zone's own apex, the zone above it. The root at least. */
  zoneOf(name: DomainName, type: number): ZoneIndex
  /** Addresses of a name that no zone holds; undefined where it has none. */
  addressesOf(name: DomainName): readonly string[] | undefined
  /** The name of the address that a reverse name stands for. */
  nameBehind(reverseName: DomainName): DomainName | undefined
}

/** Seconds that a resolver may remember what is not in any zone; short, since worlds are edited. Ours. */
export const UNKNOWN_TTL_SECONDS = 60

/** Names that stay unknown in a world that answers for everything: RFC 6761 §6.4, RFC 7686 §2, and the canary by which Firefox asks whether to pass this server by. */
const NEVER_KNOWN = /(?:^|\.)(?:invalid|onion|arpa)$|^use-application-dns\.net$/
const LOCALHOST = /(?:^|\.)localhost$/

/** `skipped` hears of records that cannot be served. */
export function worldPolicy(world: WorldView, skipped: (record: NamedRecord, why: string) => void): DnsPolicy {
  const zones = new Map<DomainName, ZoneIndex>()
  for (const zone of world.zones) {
    const index = indexZone(zone, skipped)
    zones.set(index.apex, index)
  }
  const root = zones.get('') ?? rootFor(world)
  return {
    hostName: world.host.name,
    zoneOf(name, type) {
      const parent = type === TYPE.DS ? parentOf(name) : undefined
      return closest(zones, parent ?? name) ?? root
    },
    addressesOf(name) {
      if (LOCALHOST.test(name)) return ['127.0.0.1', '::1'] // RFC 6761 §6.3
      return name === '' || NEVER_KNOWN.test(name) ? undefined : world.unknownName(name)
    },
    nameBehind(reverseName) {
      const ip = addressOfReverseName(reverseName)
      return ip === undefined ? undefined : world.nameOf(ip)
    },
  }
}

function closest(zones: ReadonlyMap<DomainName, ZoneIndex>, name: DomainName): ZoneIndex | undefined {
  for (let at: DomainName | undefined = name; at !== undefined; at = parentOf(at)) {
    const zone = zones.get(at)
    if (zone !== undefined) return zone
  }
  return undefined
}

/**
 * A root zone for a world without one. It delegates the world's own zones, so that what lies above them exists,
 * and has a SOA to say of all other names that they do not.
 */
function rootFor({ host, zones }: WorldView): ZoneIndex {
  const record = (type: string, data: string): NamedRecord => ({
    name: '',
    type,
    ttlSeconds: UNKNOWN_TTL_SECONDS,
    data,
  })
  const soa = `${host.name}. hostmaster.${host.name}. 1 3600 600 86400 ${UNKNOWN_TTL_SECONDS}`
  const delegations = zones.map((zone) => ({ ...record('NS', `${host.name}.`), name: zone.name }))
  const records = [record('SOA', soa), record('NS', `${host.name}.`), ...delegations]
  return indexZone({ name: '', records }, () => undefined)
}
