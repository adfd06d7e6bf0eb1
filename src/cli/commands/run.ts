// portolan run, outside: looks whether namespaces can be made, and becomes the world inside them.

import { isAbsolute, resolve } from 'node:path'
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

function pathsOf(options: RunOptions): Pick<InsideSettings, 'world' | 'reportTo' | 'pcap' | 'state'> {
  const { world, reportTo, pcap, state } = options
  const paths = { world, reportTo, pcap, state }
  return Object.fromEntries(
    Object.entries(paths).flatMap(([name, path]) =>
      path === undefined ? [] : [[name, isAbsolute(path) ? path : resolve(path)]],
    ),
  )
}

function notRun(why: string): void {
  complain(why)
  process.exitCode = EXIT.notRun
}
