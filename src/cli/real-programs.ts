// The programs that hosts of a private world run for those who log in (`exec: real`): as the user who runs the world, in
// its network, with its names and its authority.

import { join } from 'node:path'
import type { Failure } from '../core/failure.ts'
import { writeLaidFiles, type LaidFile } from '../host/laid-files.ts'
import { asWorldUser, processesLetIn, shellOf, startPrograms, type RealPrograms } from '../host/programs/index.ts'
import { readSystemTrust, trustFiles } from '../host/trust/index.ts'
import type { World } from '../net/world/model.ts'
import { readWorldVariables } from './client-environment.ts'
import type { InsideSettings } from './inside-settings.ts'
import { knownHostsFiles, nameFiles } from './name-files.ts'

/** Within the folder of the world. */
const FOLDER = 'programs'

/** What programs see of the world, once it stands. */
export interface SeenWorld {
  readonly world: World
  readonly authorityPem: string
  readonly knownHosts: string
}

/** `folder`: the world's. `seen` is asked when the first program starts. */
export function realPrograms(folder: string, { uid, gid }: InsideSettings, seen: () => SeenWorld): RealPrograms {
  return startPrograms({
    shell: shellOf(uid),
    wrap: asWorldUser({ folder: join(folder, FOLDER), uid, gid }),
    environment: readWorldVariables(folder),
    others: processesLetIn,
    prepare: () => layFiles(join(folder, FOLDER), seen()),
  })
}

function layFiles(folder: string, { world, authorityPem, knownHosts }: SeenWorld): Failure | undefined {
  const trust = trustFiles(authorityPem, readSystemTrust()).filter((file) => file.path.startsWith('/etc/'))
  const nowhere = { name: 'localhost', aliases: [], addresses: [] }
  const files: readonly LaidFile[] = [...trust, ...nameFiles(world, nowhere), ...knownHostsFiles(knownHosts)]
  const list = { path: 'laid', contents: files.map((file) => `${file.path}\n`).join('') }
  return writeLaidFiles([...files, list], folder)
}
