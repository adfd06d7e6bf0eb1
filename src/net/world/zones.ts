// The DNS zones that follow from a world's hosts, with its owner's records over them. Answers no query.

import { familyOf } from '../../core/address.ts'
import type { HostKey, Name, NamedRecord, Zone } from '../../core/world-view.ts'
import { dkimKeyPair } from '../../shared/dkim/index.ts'
import { sshfpRecords } from '../../shared/ssh-keys/index.ts'
import { reverseName, reverseZoneName } from '../address.ts'
import type { Host, World } from './model.ts'
import { homeZone, plannedZones, type PlannedZone } from './hierarchy.ts'
import { DEFAULT_TTL_SECONDS } from './record-line.ts'

/** By host name; hosts that serve no SSH have none. */
export type HostKeys = ReadonlyMap<Name, readonly HostKey[]>

/** SOA fields (RFC 1035 §3.3.13) in seconds: nobody transfers these zones, so the values only have to look sane (RFC 1912 §2.2). */
const SERIAL = 1
const REFRESH_SECONDS = 3600
const RETRY_SECONDS = 600
const EXPIRE_SECONDS = 86_400
/** The one that may issue certificates (RFC 8659): a world's own authority, by a name that nobody outside can have. */
const CAA_ISSUER = 'portolan.internal'

/**
 * The zones from the root down, in the order of `plannedZones`. With the world's secret, domains publish the key that their
 * mail is signed with; with host keys, hosts publish them (SSHFP).
 */
export function zonesOf(world: World, secret?: Uint8Array, hostKeys: HostKeys = new Map()): Zone[] {
  return zonesIn(world, planOf(world), secret, hostKeys)
}

/** Every zone of the world, reverse zones included. */
export function planOf(world: World): ReadonlyMap<Name, PlannedZone> {
  const records = world.domains.flatMap((domain) => domain.records)
  return plannedZones(world, reverseNames(world, records).keys())
}

export function zonesIn(
  world: World,
  plan: ReadonlyMap<Name, PlannedZone>,
  secret?: Uint8Array,
  hostKeys: HostKeys = new Map(),
): Zone[] {
  const reverse = pointersIn(world)
  return Array.from(plan.values(), (zone) => {
    const pointers = reverse.get(zone.name)
    const own = pointers === undefined ? forwardRecords(world, zone, secret, hostKeys) : pointers
    const delegations = Array.from(plan.values()).filter(({ parent }) => parent === zone.name)
    const records = [
      ...authorityRecords(zone),
      ...own,
      ...delegations.flatMap((cut) => delegationRecords(world, plan, cut)),
    ]
    return { name: zone.name, records: withOwn(records, zone.domain?.records ?? []) }
  })
}

/** The owner's records over those that follow, type by type. */
function withOwn(derived: readonly NamedRecord[], own: readonly NamedRecord[]): NamedRecord[] {
  const taken = new Set(own.map((one) => `${one.name} ${one.type}`))
  return [...derived.filter((one) => !taken.has(`${one.name} ${one.type}`)), ...own]
}

/** What the zone above says of a zone: its servers, and the addresses without which they are not found (RFC 9471 §2). */
function delegationRecords(world: World, plan: ReadonlyMap<Name, PlannedZone>, cut: PlannedZone): NamedRecord[] {
  const parent = cut.parent ?? ''
  const servers = cut.servers.map((host) => record(cut.name, 'NS', `${host.name}.`))
  const glue = cut.servers.filter((host) => {
    const home = homeZone(world, host.name)
    return home !== parent && (parent === '' || home.endsWith(`.${parent}`)) && plan.has(home)
  })
  return [...servers, ...glue.flatMap((host) => host.addresses.map((ip) => addressRecord(host.name, ip)))]
}

function isDomain(world: World, name: Name): boolean {
  return name !== '' && world.domains.some((domain) => domain.name === name)
}

function record(name: Name, type: string, data: string): NamedRecord {
  return { name, type, ttlSeconds: DEFAULT_TTL_SECONDS, data }
}

function forwardRecords(
  world: World,
  { name: zone, domain }: PlannedZone,
  secret: Uint8Array | undefined,
  hostKeys: HostKeys,
): NamedRecord[] {
  const owned = new Set(domain?.records.map((one) => one.name))
  return [
    ...mailRecords(world, zone),
    ...senderRecords(world, zone, secret),
    ...(isDomain(world, zone) ? [record(zone, 'CAA', `0 issue "${CAA_ISSUER}"`)] : []),
    ...world.hosts.flatMap((host) => hostRecords(world, zone, host, owned, hostKeys)),
  ]
}

/** SOA and NS. A zone that nobody serves has an SOA alone. */
function authorityRecords({ name: zone, servers }: PlannedZone): NamedRecord[] {
  const primary = servers[0]?.name ?? zone
  const times = [SERIAL, REFRESH_SECONDS, RETRY_SECONDS, EXPIRE_SECONDS, DEFAULT_TTL_SECONDS].join(' ')
  return [
    record(zone, 'SOA', `${primary}. hostmaster.${zone === '' ? '' : `${zone}.`} ${times}`),
    ...servers.map((host) => record(zone, 'NS', `${host.name}.`)),
  ]
}

/** Hosts of the domain that serve SMTP, else the one that is called `mail`. */
function mailRecords(world: World, zone: Name): NamedRecord[] {
  const hosts = world.hosts.filter((host) => isDomain(world, zone) && homeZone(world, host.name) === zone)
  const servers = hosts.filter((host) => serves(host, 'smtp'))
  const chosen = servers.length > 0 ? servers : hosts.filter((host) => host.name === `mail.${zone}`)
  return chosen.map((host) => record(zone, 'MX', `10 ${host.name}.`))
}

/** What receivers check a sender by: SPF (RFC 7208), DKIM (RFC 6376, RFC 8463), DMARC (RFC 7489). */
function senderRecords(world: World, zone: Name, secret: Uint8Array | undefined): NamedRecord[] {
  const sends = world.hosts.some((host) => serves(host, 'smtp') && homeZone(world, host.name) === zone)
  if (!sends || !isDomain(world, zone)) return []
  const key = secret === undefined ? undefined : dkimKeyPair(secret, zone)
  return [
    record(zone, 'TXT', '"v=spf1 mx -all"'),
    record(`_dmarc.${zone}`, 'TXT', '"v=DMARC1; p=none"'),
    ...(key === undefined ? [] : [record(`${key.selector}._domainkey.${zone}`, 'TXT', `"${key.record}"`)]),
  ]
}

function serves(host: Host, service: string): boolean {
  return host.services.some((entry) => entry.service === service)
}

/** A host's records in one zone. An alias is a CNAME, unless it is the zone itself or has records of its own. */
function hostRecords(
  world: World,
  zone: Name,
  host: Host,
  owned: ReadonlySet<Name>,
  hostKeys: HostKeys,
): NamedRecord[] {
  const keys = sshfpRecords(hostKeys.get(host.name) ?? [])
  const names = [host.name, ...host.aliases].filter((name) => homeZone(world, name) === zone)
  return names.flatMap((name) =>
    name === host.name || name === zone || owned.has(name)
      ? addressRecords(host, name).concat(keys.map((data) => record(name, 'SSHFP', data)))
      : [record(name, 'CNAME', `${host.name}.`)],
  )
}

function addressRecord(name: Name, ip: string): NamedRecord {
  return record(name, familyOf(ip) === 4 ? 'A' : 'AAAA', ip)
}

function addressRecords(host: Host, name: Name): NamedRecord[] {
  const addresses = host.addresses.map((ip) => addressRecord(name, ip))
  const alpn = host.services.flatMap((entry) => entry.ports).find(servesWeb)?.alpn
  return alpn ? [...addresses, record(name, 'HTTPS', `1 . alpn="${alpn.join(',')}"`)] : addresses
}

/** HTTPS records (RFC 9460 §9) stand for the default port only, and are worth it for more than HTTP/1.1. */
function servesWeb(port: { readonly port: number; readonly alpn?: readonly string[] }): boolean {
  return port.port === 443 && (port.alpn?.includes('h2') ?? false)
}

/** Every address and the one name that it leads back to: its first host's, else that of the owner's first record with it. */
export function reverseNames(world: World, records: Iterable<NamedRecord>): ReadonlyMap<string, Name> {
  const names = new Map<string, Name>()
  for (const host of world.hosts) for (const ip of host.addresses) if (!names.has(ip)) names.set(ip, host.name)
  for (const { type, data, name } of records) {
    if ((type === 'A' || type === 'AAAA') && !names.has(data) && !name.startsWith('*')) names.set(data, name)
  }
  return names
}

/** PTR records by their zone. Names in the world file are as good as those of hosts. */
function pointersIn(world: World): ReadonlyMap<Name, readonly NamedRecord[]> {
  const zones = new Map<Name, NamedRecord[]>()
  const named = reverseNames(
    world,
    world.domains.flatMap((domain) => domain.records),
  )
  for (const [ip, name] of named) {
    const zone = reverseZoneName(ip)
    const records = zones.get(zone) ?? []
    records.push(record(reverseName(ip), 'PTR', `${name}.`))
    zones.set(zone, records)
  }
  return zones
}
