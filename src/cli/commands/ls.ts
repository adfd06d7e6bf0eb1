// portolan ls: the running worlds, and what stands on which port of which host.

import { runningWorlds, type RunningWorld } from '../../control/client.ts'
import { EXIT } from '../exit-codes.ts'
import { complain, say, styled } from '../output.ts'
import { portTable } from '../port-table.ts'

export interface LsOptions {
  readonly world?: string
  readonly json?: boolean
}

export async function ls(options: LsOptions): Promise<void> {
  const all = await runningWorlds(process.getuid?.() ?? 0)
  const wanted = options.world
  const worlds =
    wanted === undefined
      ? all
      : all.filter(({ id, status }) => id === wanted || status.name === wanted || String(status.pid) === wanted)
  if (options.json === true)
    return say(
      JSON.stringify(
        worlds.map(({ id, status }) => ({ id, ...status })),
        null,
        2,
      ),
    )
  if (worlds.length > 0) return say(worlds.map(describe).join('\n\n'))
  if (wanted !== undefined) process.exitCode = EXIT.no
  complain(
    wanted === undefined
      ? 'no world is running; start one with `portolan run` or `portolan up`'
      : `no running world is called ${wanted}`,
  )
}

function describe({ id, status }: RunningWorld): string {
  const clients = status.clients.map((client) => `${client.host} (pid ${client.pid})`).join(', ')
  const head = `${styled('bold', id)}  ${status.plane} plane, pid ${status.pid}, since ${new Date(status.startedMs).toISOString()}, ${status.flows} flows`
  return [head, ...(clients === '' ? [] : [`programs inside: ${clients}`]), portTable(status.ports)].join('\n')
}
