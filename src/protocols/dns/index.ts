// DNS as a service: what this folder gives to the rest.

import type { Service } from '../../core/service.ts'
import { config, type DnsConfig } from './config.ts'
import { detect } from '../../shared/dns/detect.ts'
import { startDns } from './start.ts'

export type { DnsConfig } from './config.ts'

export const dns: Service<DnsConfig> = {
  name: 'dns',
  title: 'Domain names (authoritative, for the zones of its host)',
  speaksFirst: 'client',
  onlyAtHosts: true,
  config,
  detect,
  ports: ({ port }) => [
    { transport: 'udp', port },
    { transport: 'tcp', port },
  ],
  start: startDns,
}
