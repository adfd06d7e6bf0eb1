// The ports on which Portolan's services speak when nothing else is said, and back from a port to its service.
// Plain numbers only: what a port is for stands in well-known.ts.

import type { Transport } from '../../core/address.ts'
import type { ServedPort, Service } from '../../core/service.ts'
import type { World } from '../world/model.ts'

interface KnownPort extends ServedPort {
  readonly service: string
  /** Also found there by custom: answered in a catch-all world, opened by nobody unasked. */
  readonly alternate?: true
}

const WEB_ALPN = ['h2', 'http/1.1'] as const

const KNOWN: readonly KnownPort[] = [
  { service: 'dns', transport: 'udp', port: 53 },
  { service: 'dns', transport: 'tcp', port: 53 },
  { service: 'dns', transport: 'tcp', port: 853, tls: 'implicit', alpn: ['dot'], alternate: true },
  { service: 'http', transport: 'tcp', port: 80 },
  { service: 'http', transport: 'tcp', port: 443, tls: 'implicit', alpn: WEB_ALPN },
  { service: 'http', transport: 'tcp', port: 591, alternate: true },
  { service: 'http', transport: 'tcp', port: 3000, alternate: true },
  { service: 'http', transport: 'tcp', port: 8000, alternate: true },
  { service: 'http', transport: 'tcp', port: 8008, alternate: true },
  { service: 'http', transport: 'tcp', port: 8080, alternate: true },
  { service: 'http', transport: 'tcp', port: 8888, alternate: true },
  { service: 'http', transport: 'tcp', port: 4443, tls: 'implicit', alpn: WEB_ALPN, alternate: true },
  { service: 'http', transport: 'tcp', port: 8443, tls: 'implicit', alpn: WEB_ALPN, alternate: true },
  { service: 'http', transport: 'tcp', port: 9443, tls: 'implicit', alpn: WEB_ALPN, alternate: true },
  { service: 'ftp', transport: 'tcp', port: 21 },
  { service: 'ssh', transport: 'tcp', port: 22 },
  { service: 'ssh', transport: 'tcp', port: 2222, alternate: true },
  { service: 'smtp', transport: 'tcp', port: 25 },
  { service: 'smtp', transport: 'tcp', port: 465, tls: 'implicit' },
  { service: 'smtp', transport: 'tcp', port: 587 },
  { service: 'smtp', transport: 'tcp', port: 2525, alternate: true },
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

/** The ports that a service opens by default, for services that do not say so themselves (`Service.ports`). */
export function wellKnownPortsOf(service: string): readonly ServedPort[] {
  return KNOWN.filter((known) => known.service === service && !known.alternate).map(servedPort)
}

function servedPort({ transport, port, tls, alpn }: KnownPort): ServedPort {
  return { transport, port, ...(tls && { tls }), ...(alpn && { alpn }) }
}

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
  const served = world.hosts.flatMap((host) => host.services).find((entry) => entry.ports?.some(here))
  if (served) return portService(served.service, served.ports?.find(here), services)
  return known[0] && portService(known[0].service, known[0], services)
}

function portService(
  name: string,
  port: ServedPort | undefined,
  services: readonly Service[],
): PortService | undefined {
  const service = services.find((one) => one.name === name)
  return service && { service, ...(port?.tls && { tls: port.tls }) }
}
