// The host that a world needs and its file may leave out: a name server to ask.

import { isConfigError } from '../core/failure.ts'
import type { Service } from '../core/service.ts'
import type { Host, World } from './world/model.ts'

/** Numbers of the client range that address plans leave to the world's own ends, tried in order. */
const RESOLVER_ADDRESSES = [2, 3, 4, 5, 6, 7, 8, 9].map(
  (number) => [`203.0.113.${number}`, `2001:db8::${number}`] as const,
)

/** The world, with a host `resolver` that runs dns where no host does, if `services` has it. */
export function withResolver(world: World, services: readonly Service[]): World {
  const dns = services.find((service) => service.name === 'dns')
  const config = dns?.config.parse(undefined)
  if (dns === undefined || isConfigError(config)) return world
  if (world.hosts.some((host) => host.services.some((entry) => entry.service === 'dns'))) return world
  const resolver: Host = {
    name: freeName(world, 'resolver'),
    aliases: [],
    addresses: freeAddresses(world),
    services: [{ service: dns.name, config, ports: dns.ports(config) }],
    client: false,
  }
  return { ...world, hosts: [...world.hosts, resolver] }
}

function freeAddresses(world: World): readonly string[] {
  const taken = new Set(world.hosts.flatMap((host) => host.addresses))
  const pair = RESOLVER_ADDRESSES.find((addresses) => addresses.every((address) => !taken.has(address)))
  if (pair === undefined) throw new Error('the addresses left for a resolver are taken')
  return pair
}

function freeName(world: World, wanted: string): string {
  const names = new Set(world.hosts.flatMap((host) => [host.name, ...host.aliases]))
  let name = wanted
  for (let number = 2; names.has(name); number++) name = `${wanted}${number}`
  return name
}

/** Addresses of the hosts that answer names, in the order of the file: what a client's resolver asks. */
export function resolverAddresses(world: World): readonly string[] {
  return world.hosts
    .filter((host) => host.services.some((entry) => entry.service === 'dns'))
    .flatMap((host) => host.addresses)
}
