// portolan run, inside its namespaces: the world, the program, and the end of both.

import { isFailure, type Failure } from '../core/failure.ts'
import { EXIT } from './exit-codes.ts'
import { complain } from './output.ts'
import { startPrivateWorld } from './private-world.ts'
import { forwardSignals, endAs } from './signals.ts'
import { awaitStragglers } from './stragglers.ts'
import { deliverReport } from './report.ts'
import type { InsideSettings } from './inside-settings.ts'

/** `text` is what `run` put on the command line of its successor: JSON made by the same version. */
export async function inside(text: string): Promise<void> {
  const settings: InsideSettings = JSON.parse(text)
  const world = await startPrivateWorld(settings)
  if (isFailure(world)) return notRun(world)
  const client = await world.clients.make(settings.as, settings.command)
  if (isFailure(client)) {
    await world.stop()
    return notRun(client)
  }
  const release = forwardSignals(client)
  client.start()
  const end = await client.exit
  release()
  await awaitStragglers(() => world.clients.programs())
  deliverReport(world.assembly, settings.report === 'none' ? [] : await world.refused(), settings)
  await world.stop()
  endAs(end)
}

function notRun(failure: Failure): void {
  complain(failure.message)
  process.exit(EXIT.notRun)
}
