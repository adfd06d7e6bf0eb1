// The ports of a resolver: plain, and with TLS (RFC 7858) and HTTPS (RFC 8484) from the first byte.

import type { ServedPort } from '../../core/service.ts'
import type { ResolverConfig } from './config.ts'

/** IANA "TLS Application-Layer Protocol Negotiation (ALPN) Protocol IDs". */
export const DOT_ALPN = ['dot']
export const HTTPS_ALPN = ['h2', 'http/1.1']

export function servedPorts({ port, tlsPort, httpsPort }: ResolverConfig): readonly ServedPort[] {
  return [
    { transport: 'udp', port },
    { transport: 'tcp', port },
    ...(tlsPort === undefined ? [] : [{ transport: 'tcp', port: tlsPort, tls: 'implicit', alpn: DOT_ALPN } as const]),
    ...(httpsPort === undefined
      ? []
      : [{ transport: 'tcp', port: httpsPort, tls: 'implicit', alpn: HTTPS_ALPN } as const]),
  ]
}
