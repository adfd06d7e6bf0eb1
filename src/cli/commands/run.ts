// portolan run, outside: looks whether namespaces can be made, and becomes the world inside them.

import { explainBlock } from '../../host/private/blocked.ts'
import { enterNamespaces, probeNamespaces } from '../../host/private/namespaces.ts'
import { EXIT } from '../exit-codes.ts'
import type { InsideSettings } from '../inside-settings.ts'
import { complain } from '../output.ts'

export interface RunOptions {
  readonly world?: string
  readonly as?: string
  readonly catchAll?: boolean
  readonly report: 'text' | 'json' | 'none'
  readonly reportTo?: string
  readonly pcap?: string
  readonly state?: string
}

export function run(command: readonly string[], options: RunOptions): void {
  if (process.platform !== 'linux') return notRun('the private plane needs Linux; `portolan up` works here')
  const blocked = probeNamespaces()
  if (blocked !== undefined) {
    const { block, remedy } = explainBlock(blocked)
    return notRun(
      `cannot make a private internet here, because ${block}. Remedy: ${remedy}. ` +
        'Without it, `portolan up` serves the same world on loopback; `portolan doctor` tests each need.',
    )
  }
  const settings: InsideSettings = {
    command: command.length === 0 ? [process.env['SHELL'] ?? '/bin/sh'] : command,
    uid: process.getuid?.() ?? 0,
    gid: process.getgid?.() ?? 0,
    report: options.report,
    catchAll: options.catchAll === true,
    ...(options.as === undefined ? {} : { as: options.as }),
    ...pathsOf(options),
  }
  enterNamespaces([process.execPath, ...process.execArgv, process.argv[1] ?? '', '__inside', JSON.stringify(settings)])
}

/** As they were given: the working directory stays the same inside, and messages show what was typed. */
function pathsOf({
  world,
  reportTo,
  pcap,
  state,
}: RunOptions): Pick<InsideSettings, 'world' | 'reportTo' | 'pcap' | 'state'> {
  return Object.fromEntries(Object.entries({ world, reportTo, pcap, state }).filter(([, path]) => path !== undefined))
}

function notRun(why: string): void {
  complain(why)
  process.exitCode = EXIT.notRun
}
