// Worlds: the model, the file that describes one, its zones, and what a running one knows.

import { isConfigError } from '../../core/failure.ts'
import type { Service } from '../../core/service.ts'
import { DEFAULT_WORLD_DATA, DEFAULT_WORLD_LINES } from './default-world.ts'
import type { Host, World } from './model.ts'
import { resolveWorld } from './resolve.ts'

export { formatWorldProblems, loadWorld } from './load.ts'
export { mailViewElsewhere } from './mail-domains.ts'
export type * from './model.ts'
export { resolveWorld } from './resolve.ts'
export { createWorldState, type WorldState } from './state.ts'
export { UNKNOWN_NAMES_MAX } from './unknown-names.ts'
export type { HostKeys } from './zones.ts'

/** The file that `portolan init` writes. */
export function defaultWorldText(): string {
  return DEFAULT_WORLD_LINES.join('\n')
}

/** The same world without reading YAML. Throws when `services` lacks one that it uses. */
export function defaultWorld(services: readonly Service[]): World {
  const world = resolveWorld(DEFAULT_WORLD_DATA, { services, folder: undefined })
  if (!isConfigError(world)) return world
  throw new Error(world.problems.map(({ path, message }) => `${path.join('.')}: ${message}`).join('\n'))
}

/** The client that a program becomes when nothing else is said: the first in the file. Every world has one. */
export function defaultClient(world: World): Host {
  const client = world.hosts.find((host) => host.client)
  if (!client) throw new Error('a world without a client')
  return client
}
