// The zones of a world from the root down: which there are, what lies above each, which hosts serve it, and whether it is signed.

import type { Name } from '../../core/world-view.ts'
import type { Signing } from '../../core/zones.ts'
import { reverseZoneName } from '../address.ts'
import { DEFAULT_SIGNING } from './dns-settings.ts'
import type { Domain, Host, World } from './model.ts'
import { domainOf } from './names.ts'

export interface PlannedZone {
  /** The root's is empty. */
  readonly name: Name
  /** The closest zone above; undefined for the root. */
  readonly parent: Name | undefined
  /** The hosts that serve it, the one that holds it first. Empty in a world where nobody serves names. */
  readonly servers: readonly Host[]
  /** What the file says of it. */
  readonly domain: Domain | undefined
  readonly signing: Signing | undefined
}

/** By name, the root first. Names outside of all domains lie in the root. */
export function plannedZones(world: World, addresses: Iterable<string>): ReadonlyMap<Name, PlannedZone> {
  const domains = world.domains.map((domain) => domain.name)
  const reverse = new Map<Name, string>()
  for (const ip of addresses) {
    const zone = reverseZoneName(ip)
    if (!reverse.has(zone)) reverse.set(zone, ip)
  }
  const below = [...domains.filter((name) => name !== ''), ...reverse.keys()]
  const tops = below.map((name) => name.slice(name.lastIndexOf('.') + 1))
  const names = new Set(['', ...tops, ...below])
  const zones = Array.from(names, (name): [Name, PlannedZone] => {
    const domain = world.domains.find((one) => one.name === name)
    const signed = domain?.signing ?? (world.names.signed ? DEFAULT_SIGNING : false)
    const servers = serversOf(world, name, domain, reverse.get(name))
    const sourced = (domain?.sources ?? []).length > 0
    return [
      name,
      {
        name,
        parent: parentOf(name, names),
        servers,
        domain,
        signing: signed === false || sourced ? undefined : signed,
      },
    ]
  })
  return new Map(zones)
}

/** The zone in which a name of this world stands. */
export function homeZone(world: World, name: Name): Name {
  return (
    domainOf(
      name,
      world.domains.map((domain) => domain.name),
    ) ?? ''
  )
}

function parentOf(name: Name, zones: ReadonlySet<Name>): Name | undefined {
  if (name === '') return undefined
  for (let dot = name.indexOf('.'); dot >= 0; dot = name.indexOf('.', dot + 1)) {
    if (zones.has(name.slice(dot + 1))) return name.slice(dot + 1)
  }
  return ''
}

/** `ip`: an address of a reverse zone, which goes with the names of the host that has it. */
function serversOf(world: World, name: Name, domain: Domain | undefined, ip: string | undefined): readonly Host[] {
  if (domain?.servers !== undefined) return domain.servers.flatMap((server) => hostNamed(world, server) ?? [])
  const own = serversIn(world, name)
  if (own.length > 0 && name !== '') return own
  if (ip !== undefined) return serversAround(world, ip)
  const { root, registry } = world.hierarchy ?? {}
  if (name === '') return hostsNamed(world, root) ?? firstOf(world)
  if (domain === undefined) return hostsNamed(world, registry) ?? firstOf(world)
  return firstOf(world)
}

/** Those of a domain's own hosts that serve dns. */
function serversIn(world: World, zone: Name): readonly Host[] {
  return world.hosts.filter((host) => servesDns(host) && homeZone(world, host.name) === zone)
}

function serversAround(world: World, ip: string): readonly Host[] {
  const owner = world.hosts.find((host) => host.addresses.includes(ip))
  const home = owner === undefined ? '' : homeZone(world, owner.name)
  const domain = world.domains.find((one) => one.name === home && home !== '')
  const servers = domain === undefined ? [] : serversOf(world, home, domain, undefined)
  if (servers.length > 0) return servers.slice(0, 1)
  return hostsNamed(world, world.hierarchy?.registry) ?? firstOf(world)
}

/** The first host that serves names of its own accord; else the registry. */
function firstOf(world: World): readonly Host[] {
  const { root, registry } = world.hierarchy ?? {}
  const first = world.hosts.find((host) => servesDns(host) && host.name !== root && host.name !== registry)
  return first === undefined ? (hostsNamed(world, registry) ?? []) : [first]
}

function servesDns(host: Host): boolean {
  return host.services.some(({ service }) => service === 'dns')
}

function hostsNamed(world: World, name: Name | undefined): readonly Host[] | undefined {
  const host = name === undefined ? undefined : hostNamed(world, name)
  return host && [host]
}

function hostNamed(world: World, name: Name): Host | undefined {
  return world.hosts.find((host) => host.name === name)
}
