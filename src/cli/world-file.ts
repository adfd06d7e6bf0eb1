// The world that a command means: the file that was named, ./portolan.yaml, or the built-in one.

import { existsSync, readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { failure, failureFrom, isConfigError, isFailure, type Failure } from '../core/failure.ts'
import { withImpliedHosts } from '../net/implied-hosts.ts'
import { foldersIn } from '../net/world-folder.ts'
import { defaultWorld, formatWorldProblems, loadWorld } from '../net/world/index.ts'
import type { World } from '../net/world/model.ts'
import { services } from '../services.ts'

export { openWorldFolder } from '../net/world-folder.ts'

export const WORLD_FILE = 'portolan.yaml'

/** The world as its file says; a `Failure` whose message shows every problem with its place. */
async function readWorld(file: string | undefined): Promise<World | Failure> {
  const path = file ?? (existsSync(WORLD_FILE) ? WORLD_FILE : undefined)
  if (path === undefined) return defaultWorld(services)
  try {
    const world = await loadWorld(readFileSync(path, 'utf8'), {
      path,
      services,
      folderExists: foldersIn(dirname(path)),
    })
    return isConfigError(world) ? failure('EWORLD', formatWorldProblems(world)) : world
  } catch (thrown) {
    return failure('EREAD', `the world file cannot be read: ${failureFrom(thrown).message}`)
  }
}

/** As `readWorld`, with the hosts that a running world cannot do without. */
export async function worldToRun(file: string | undefined): Promise<World | Failure> {
  const world = await readWorld(file)
  if (isFailure(world)) return world
  return withImpliedHosts(world, services)
}
