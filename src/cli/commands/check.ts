// portolan check: every problem of a world file at once, each with its place.

import { readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { failureFrom, isConfigError } from '../../core/failure.ts'
import { foldersIn } from '../../net/world-folder.ts'
import { zoneProblems } from '../../net/names/zone-problems.ts'
import { formatWorldProblems, loadWorld } from '../../net/world/index.ts'
import { services } from '../../services.ts'
import { EXIT } from '../exit-codes.ts'
import { complain, say, tell } from '../output.ts'
import { WORLD_FILE } from '../world-file.ts'

export async function check(file = WORLD_FILE, options: { readonly json?: boolean }): Promise<void> {
  let text
  try {
    text = readFileSync(file, 'utf8')
  } catch (thrown) {
    complain(failureFrom(thrown).message)
    process.exitCode = EXIT.no
    return
  }
  const world = await loadWorld(text, { path: file, services, folderExists: foldersIn(dirname(file)) })
  const problems = isConfigError(world) ? world.problems : await zoneProblems(world)
  if (problems.length > 0) process.exitCode = EXIT.no
  if (options.json === true) return say(JSON.stringify({ file, problems }, null, 2))
  if (isConfigError(world)) return tell(`${formatWorldProblems(world)}\n`)
  if (problems.length > 0) return tell(`${problems.map((problem) => problem.message).join('\n')}\n`)
  const ports = world.hosts.reduce((sum, host) => sum + host.services.length, 0)
  say(
    `${file} is right: ${world.domains.length} domains, ${world.hosts.length} hosts, ${ports} services, ${world.users.length} users`,
  )
}
