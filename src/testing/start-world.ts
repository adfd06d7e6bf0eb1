// Starts a world in this process. Light to load: what a world needs comes in with the first one.

import type { RunningWorld } from './running-world.ts'
import type { WorldOptions } from './world-options.ts'

/**
 * Starts a world on loopback, on ports that are free: as many as you like side by side. When the promise resolves, every
 * port answers. Stop it with `stop()`, or declare it with `await using`.
 *
 * Rejects with a `WorldError` that holds every problem: of the file, of the data, and of this machine (a port that cannot
 * be bound, a file that cannot be read).
 */
export async function startWorld(options: WorldOptions = {}): Promise<RunningWorld> {
  const { openWorld } = await import('./open-world.ts')
  return openWorld(options)
}
