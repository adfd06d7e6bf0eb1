// The questions that the server asks its owner: which zone holds a name, which addresses an unknown name
// has, whose an address is. The answer here is made from a WorldView.

import type { WorldView } from '../../core/world-view.ts'
import type { ServedZone } from '../../core/zones.ts'
import { addressOfReverseName } from '../../shared/dns/codec/ip.ts'
import { parentOf } from '../../shared/dns/codec/name.ts'
import { TYPE, type DomainName } from '../../shared/dns/messages.ts'
import { HostedZone } from './hosted-zone.ts'
import type { Denied, ZoneSigner } from './signing.ts'

export interface DnsPolicy {
  /** The host that answers, for `id.server`. */
  readonly hostName: DomainName
  /**
   * The closest zone of this host at or above a name; for DS at a zone's own apex, the zone above it if that is here.
   * Undefined: this host serves none.
   */
  zoneOf(name: DomainName, type: number): HostedZone | undefined
  /** Addresses of a name that no zone holds, where the root is served here; undefined where it has none. */
  addressesOf(name: DomainName): readonly string[] | undefined
  /** The name of the address that a reverse name stands for. */
  nameBehind(reverseName: DomainName): DomainName | undefined
}

/** Seconds that a resolver may remember what is not in any zone; short, since worlds are edited. Ours. */
export const UNKNOWN_TTL_SECONDS = 60

/** Names that stay unknown in a world that answers for everything: RFC 6761 §6.4, RFC 7686 §2, and the canary by which Firefox asks whether to pass this server by. */
const NEVER_KNOWN = /(?:^|\.)(?:invalid|onion|arpa)$|^use-application-dns\.net$/
const LOCALHOST = /(?:^|\.)localhost$/

/** RFC 6761 §6.3: it is known everywhere. */
export function isLocalhost(name: DomainName): boolean {
  return name.endsWith('localhost') && LOCALHOST.test(name)
}

/**
 * Whether a denial must cover nothing but the name that was asked for, since other names that the zone lacks may come to exist
 * once they are asked for: those that the world makes up, and those behind addresses. Whole gaps are denied of
 * names that would have been made up by now.
 */
export function denialIsNarrow(apex: DomainName, { kind, name }: Denied): boolean {
  if (apex === '') return kind !== 'no-name' || NEVER_KNOWN.test(name)
  return apex === 'arpa' || apex.endsWith('.arpa')
}

/** A name within the reverse trees that stands for no single address: there may always be something below it. */
export function isPartOfReverseName(name: DomainName): boolean {
  return /^(?:\d{1,3}\.){0,3}in-addr\.arpa$|^(?:[\da-f]\.){0,31}ip6\.arpa$/.test(name)
}

/** `signerOf` is asked once for each zone, `isExpired` whenever one is looked at. */
export function worldPolicy(
  world: WorldView,
  signerOf: (served: ServedZone) => ZoneSigner,
  isExpired: (apex: DomainName) => boolean = () => false,
): DnsPolicy {
  const hosted = world.served.map((served) => {
    const { apex } = served.zone
    return [apex, new HostedZone(served, signerOf(served), () => isExpired(apex))] as const
  })
  const zones = new Map(hosted)
  return {
    hostName: world.host.name,
    zoneOf(name, type) {
      const parent = type === TYPE.DS ? parentOf(name) : undefined
      return (parent === undefined ? undefined : closest(zones, parent)) ?? closest(zones, name)
    },
    addressesOf(name) {
      if (isLocalhost(name)) return ['127.0.0.1', '::1']
      return name === '' || NEVER_KNOWN.test(name) ? undefined : world.unknownName(name)
    },
    nameBehind(reverseName) {
      const ip = reverseName.endsWith('.arpa') ? addressOfReverseName(reverseName) : undefined
      return ip === undefined ? undefined : world.nameOf(ip)
    },
  }
}

function closest(zones: ReadonlyMap<DomainName, HostedZone>, name: DomainName): HostedZone | undefined {
  for (let at: DomainName | undefined = name; at !== undefined; at = parentOf(at)) {
    const zone = zones.get(at)
    if (zone !== undefined) return zone
  }
  return undefined
}
