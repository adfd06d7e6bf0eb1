// From a service's name to its ports, without IANA's table: what firewall rules and `explain` name.

import type { PortsOf } from '../firewall/index.ts'
import type { World } from '../world/model.ts'
import { WELL_KNOWN_PORTS } from './well-known.ts'

/** The well-known ports of a name or alias, the world's own assignments, and wherever its hosts serve it. */
export function portsOf(world: World): PortsOf {
  return (name) => {
    const known = WELL_KNOWN_PORTS.filter((port) => port.name === name || port.aliases.includes(name))
    const own = world.ports.filter((port) => port.name === name || port.service === name)
    const served = world.hosts.flatMap((host) => host.services).filter((entry) => entry.service === name)
    const all = [
      ...known.flatMap(({ port, transports }) => transports.map((transport) => ({ transport, port }))),
      ...own.flatMap(({ port, transport }) =>
        (transport === undefined ? BOTH : [transport]).map((one) => ({ transport: one, port })),
      ),
      ...served.flatMap((entry) => entry.ports),
    ]
    return [...new Map(all.map(({ transport, port }) => [`${port}/${transport}`, { transport, port }])).values()]
  }
}

const BOTH = ['tcp', 'udp'] as const
