// portolan port: what a port is for, what it risks, who serves it in this world and who holds it on this machine.

import { isFailure } from '../../core/failure.ts'
import { portHolders } from '../../host/port-holders.ts'
import { describePort, formatPort, loadRegistry } from '../../net/ports/index.ts'
import { EXIT } from '../exit-codes.ts'
import { complain, say } from '../output.ts'
import { worldToRun } from '../world-file.ts'

export async function port(
  query: string,
  options: { readonly world?: string; readonly json?: boolean },
): Promise<void> {
  const world = await worldToRun(options.world)
  if (isFailure(world)) {
    complain(world.message)
    process.exitCode = EXIT.no
    return
  }
  const result = await describePort(query, world, await loadRegistry(world.ports), portHolders)
  if (result.kind === 'unknown-port') process.exitCode = EXIT.no
  if (options.json === true) return say(JSON.stringify(result, null, 2))
  if (result.kind === 'unknown-port') complain(result.message)
  else say(formatPort(result))
}
