// The host plane's addresses: a world moved onto loopback, each host with an address of its own where
// the system gives 127.0.0.0/8 to everybody.

import { randomInt } from 'node:crypto'
import { formatAddress, type Address } from '../core/address.ts'
import type { Placement } from './internet.ts'
import type { Host, World } from './world/model.ts'

/** Added to a port that cannot be bound as it is: 80 becomes 8080, 443 becomes 8443. */
const MAPPED_BY = 8000
const PORT_MAX = 65_535
const SHARED_LOOPBACK = '127.0.0.1'

/**
 * The world with its hosts on loopback: 127.80.0.1 onwards on Linux, 127.0.0.1 for all elsewhere. Clients
 * stand at 127.0.0.1, from where programs of this machine come.
 */
export function onLoopback(world: World, ownAddresses: boolean): World {
  let next = 0
  const place = (host: Host): Host => {
    if (host.client || !ownAddresses) return { ...host, addresses: [SHARED_LOOPBACK] }
    next += 1
    return { ...host, addresses: [`127.80.${next >> 8}.${next & 255}`] }
  }
  return { ...world, hosts: world.hosts.map(place) }
}

/** The port itself, then a mapped one, then any that is free. */
export const loopbackPlacement: Placement = (known: Address) => {
  const mapped = known.port + MAPPED_BY
  const ports = mapped <= PORT_MAX ? [known.port, mapped, 0] : [known.port, 0]
  return ports.map((port) => ({ ip: known.ip, port }))
}

/** Dynamic ports (RFC 6335 §6): no service is ever assigned one. */
const DYNAMIC_FROM = 49_152
/** Tried before the system chooses: two taken ones in a row are rare even beside many worlds. */
const FREE_PORT_TRIES = 3

/**
 * Free ports, chosen anew for each world, so that many stand side by side. TCP and UDP of one port get the same number
 * where it is free in both, as programs expect that ask once more over the other.
 */
export function freePlacement(): Placement {
  const chosen = new Map<string, readonly number[]>()
  return (known) => {
    const key = formatAddress(known)
    const ports = chosen.get(key) ?? [...Array.from({ length: FREE_PORT_TRIES }, dynamicPort), 0]
    chosen.set(key, ports)
    return ports.map((port) => ({ ip: known.ip, port }))
  }
}

function dynamicPort(): number {
  return randomInt(DYNAMIC_FROM, PORT_MAX + 1)
}

/** Where every address exists: the port itself or nothing. */
export const exactPlacement: Placement = (known: Address) => [known]
