// A recursive resolver as a service: what this folder gives to the rest.

import type { Service } from '../../core/service.ts'
import { config, type ResolverConfig } from './config.ts'
import { servedPorts, startResolver } from './server.ts'

export type { ResolverConfig } from './config.ts'

export const resolver: Service<ResolverConfig> = {
  name: 'resolver',
  title: 'Recursive resolver (finds every name of the world from its root, and validates)',
  speaksFirst: 'client',
  config,
  ports: servedPorts,
  start: startResolver,
}
