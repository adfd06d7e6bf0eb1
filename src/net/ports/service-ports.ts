// From a port to the service that speaks there, by its number alone: what a catch-all world answers with. Plain numbers
// only: what a port is for stands in well-known.ts.

import type { Transport } from '../../core/address.ts'
import type { ServedPort, Service } from '../../core/service.ts'
import type { World } from '../world/model.ts'

interface KnownPort extends ServedPort {
  readonly service: string
}

const KNOWN: readonly KnownPort[] = [
  { service: 'dns', transport: 'udp', port: 53 },
  { service: 'dns', transport: 'tcp', port: 53 },
  { service: 'resolver', transport: 'udp', port: 53 },
  { service: 'resolver', transport: 'tcp', port: 53 },
  { service: 'resolver', transport: 'tcp', port: 853, tls: 'implicit' },
  { service: 'http', transport: 'tcp', port: 80 },
  { service: 'http', transport: 'tcp', port: 443, tls: 'implicit' },
  { service: 'http', transport: 'tcp', port: 591 },
  { service: 'http', transport: 'tcp', port: 3000 },
  { service: 'http', transport: 'tcp', port: 8000 },
  { service: 'http', transport: 'tcp', port: 8008 },
  { service: 'http', transport: 'tcp', port: 8080 },
  { service: 'http', transport: 'tcp', port: 8888 },
  { service: 'http', transport: 'tcp', port: 4443, tls: 'implicit' },
  { service: 'http', transport: 'tcp', port: 8443, tls: 'implicit' },
  { service: 'http', transport: 'tcp', port: 9443, tls: 'implicit' },
  { service: 'ftp', transport: 'tcp', port: 21 },
  { service: 'ssh', transport: 'tcp', port: 22 },
  { service: 'ssh', transport: 'tcp', port: 2222 },
  { service: 'smtp', transport: 'tcp', port: 25 },
  { service: 'smtp', transport: 'tcp', port: 465, tls: 'implicit' },
  { service: 'smtp', transport: 'tcp', port: 587 },
  { service: 'smtp', transport: 'tcp', port: 2525 },
  { service: 'pop3', transport: 'tcp', port: 110 },
  { service: 'pop3', transport: 'tcp', port: 995, tls: 'implicit' },
  { service: 'ntp', transport: 'udp', port: 123 },
  { service: 'imap', transport: 'tcp', port: 143 },
  { service: 'imap', transport: 'tcp', port: 993, tls: 'implicit' },
  { service: 'bgp', transport: 'tcp', port: 179 },
  { service: 'ike', transport: 'udp', port: 500 },
  { service: 'ike', transport: 'udp', port: 4500 },
  { service: 'rdp', transport: 'tcp', port: 3389 },
]

/** A service and whether it speaks TLS from the first byte there. */
export interface PortService {
  readonly service: Service
  readonly tls?: 'implicit'
}

/**
 * The service that speaks on a port by its number: the world's own assignment first, then what its hosts serve there,
 * then the well-known ports. Undefined when none of `services` does.
 */
export function serviceForPort(
  port: number,
  transport: Transport,
  world: World,
  services: readonly Service[],
): PortService | undefined {
  const here = (one: ServedPort): boolean => one.port === port && one.transport === transport
  const known = KNOWN.filter(here)
  const assigned = world.ports.find((one) => one.port === port && (one.transport ?? transport) === transport)
  if (assigned?.service !== undefined) {
    return portService(
      assigned.service,
      known.find((one) => one.service === assigned.service),
      services,
    )
  }
  const entries = world.hosts.flatMap((host) => host.services).filter((entry) => entry.ports.some(here))
  const served = entries.find((entry) => services.some((service) => service.name === entry.service))
  if (served) return portService(served.service, served.ports.find(here), services)
  const spoken = known.find((one) => services.some((service) => service.name === one.service))
  return spoken && portService(spoken.service, spoken, services)
}

function portService(
  name: string,
  port: ServedPort | undefined,
  services: readonly Service[],
): PortService | undefined {
  const service = services.find((one) => one.name === name)
  return service && { service, ...(port?.tls && { tls: port.tls }) }
}
