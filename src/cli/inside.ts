// portolan run, inside its namespaces: the world, the program, and the end of both.

import { isFailure, type Failure } from '../core/failure.ts'
import { removeWorldFolder } from '../host/runtime-folder.ts'
import { layGroundwork } from './groundwork.ts'
import { EXIT } from './exit-codes.ts'
import type { InsideSettings } from './inside-settings.ts'
import { complain, withProgress } from './output.ts'
import { endAs, forwardSignals } from './signals.ts'
import { awaitStragglers } from './stragglers.ts'

/** A program that asks for names has come so far in about twice this; one that asks nothing may be over by then. */
const ASKS_AFTER_MS = 10

/** `text` is what `run` put on the command line of its successor: JSON made by the same version. */
export async function inside(text: string): Promise<void> {
  const settings: InsideSettings = JSON.parse(text)
  const ground = layGroundwork(settings)
  if (isFailure(ground)) return notRun(ground)
  const { startPrivateWorld } = await import('./private-world.ts')
  const world = await withProgress('portolan: starting the world', startPrivateWorld(settings, ground))
  const client = isFailure(world) ? world : await world.clients.join(settings.as, ground.program)
  if (isFailure(world) || isFailure(client)) {
    ground.program.abandon()
    if (!isFailure(world)) await world.stop()
    removeWorldFolder(ground.folder)
    return notRun(isFailure(world) ? world : isFailure(client) ? client : undefined)
  }
  const release = forwardSignals(client)
  client.start()
  const soon = setTimeout(() => world.awaitQuestions(), ASKS_AFTER_MS)
  const end = await client.exit
  clearTimeout(soon)
  release()
  await awaitStragglers(() => world.clients.programs())
  await world.stop()
  if (settings.report !== 'none') await world.report(settings)
  endAs(end)
}

function notRun(failure: Failure | undefined): void {
  if (failure !== undefined) complain(failure.message)
  process.exit(EXIT.notRun)
}
