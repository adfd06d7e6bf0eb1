// A recursive resolver as a service: what this folder gives to the rest.

import { startLate } from '../../core/late-start.ts'
import type { Service } from '../../core/service.ts'
import { detect } from '../../shared/dns/detect.ts'
import { config, type ResolverConfig } from './config.ts'
import { servedPorts } from './served-ports.ts'

export { config as resolverConfig, type ResolverConfig } from './config.ts'

export const resolver: Service<ResolverConfig> = {
  name: 'resolver',
  title: 'Recursive resolver (finds every name of the world from its root, and validates)',
  speaksFirst: 'client',
  config,
  detect,
  ports: servedPorts,
  start: (io, config, world) =>
    startLate(servedPorts(config), async () => (await import('./server.ts')).startResolver(io, config, world)),
}
