// The hosts that a world needs and its file may leave out: those above its domains, and a resolver for whoever asks.

import { isConfigError } from '../core/failure.ts'
import type { Service } from '../core/service.ts'
import type { Host, World } from './world/model.ts'

/** Numbers of the client range that address plans leave to the world's own ends, tried in order. */
const OWN_ADDRESSES = [2, 3, 4, 5, 6, 7, 8, 9].map((number) => [`203.0.113.${number}`, `2001:db8::${number}`] as const)

/**
 * The world, with a host `resolver` where no host serves that, one called `root` where no host holds the root of the names, and one
 * called `registry` for the top-level domains. None for services that `services` lacks.
 */
export function withImpliedHosts(world: World, services: readonly Service[]): World {
  const resolved = serves(world, 'resolver') ? world : withHost(world, 'resolver', services, 'resolver')[0]
  const holdsRoot = world.domains.some((domain) => domain.name === '' && domain.servers !== undefined)
  const [rooted, root] = holdsRoot ? [resolved, undefined] : withHost(resolved, 'root', services, 'dns')
  const [registered, registry] = withHost(rooted, 'registry', services, 'dns')
  const hierarchy = {
    ...(root === undefined ? {} : { root: root.name }),
    ...(registry === undefined ? {} : { registry: registry.name }),
  }
  return { ...registered, hierarchy }
}

function withHost(
  world: World,
  name: string,
  services: readonly Service[],
  serviceName: string,
): readonly [World, Host | undefined] {
  const service = services.find((one) => one.name === serviceName)
  const config = service?.config.parse(undefined)
  if (service === undefined || isConfigError(config)) return [world, undefined]
  const host: Host = {
    name: freeName(world, name),
    aliases: [],
    addresses: freeAddresses(world),
    services: [{ service: service.name, config, ports: service.ports(config) }],
    client: false,
  }
  return [{ ...world, hosts: [...world.hosts, host] }, host]
}

function serves(world: World, service: string): boolean {
  return world.hosts.some((host) => host.services.some((entry) => entry.service === service))
}

function freeAddresses(world: World): readonly string[] {
  const taken = new Set(world.hosts.flatMap((host) => host.addresses))
  const pair = OWN_ADDRESSES.find((addresses) => addresses.every((address) => !taken.has(address)))
  if (pair === undefined) throw new Error('the addresses left for hosts of the world itself are taken')
  return pair
}

function freeName(world: World, wanted: string): string {
  const names = new Set(world.hosts.flatMap((host) => [host.name, ...host.aliases]))
  let name = wanted
  for (let number = 2; names.has(name); number++) name = `${wanted}${number}`
  return name
}

/** Addresses of the hosts that resolve names, in the order of the file: what a client asks. */
export function resolverAddresses(world: World): readonly string[] {
  return world.hosts
    .filter((host) => host.services.some((entry) => entry.service === 'resolver'))
    .flatMap((host) => host.addresses)
}
