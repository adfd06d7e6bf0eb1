// The report at the end of a run, and on demand.

import { writeFileSync } from 'node:fs'
import { basename } from 'node:path'
import { failureFrom } from '../core/failure.ts'
import type { Assembly } from '../net/assemble.ts'
import { isHostAt } from '../net/far-end.ts'
import type { RefusedFlow } from '../net/firewall/index.ts'
import { formatReport } from '../net/record/index.ts'
import type { InsideSettings } from './inside-settings.ts'
import { complain, isColourful, tell } from './output.ts'

export interface ReportSource {
  readonly assembly: Assembly
  readonly form: 'text' | 'json'
  readonly colour: boolean
  readonly program?: string
  /** What the network itself refused. */
  readonly refused: readonly RefusedFlow[]
}

export function reportText({ assembly, form, colour, program, refused }: ReportSource): string {
  const nameOf = (ip: string) => assembly.state.nameOf(ip)
  const isHost = (ip: string) => isHostAt(assembly.world, ip)
  return formatReport(assembly.record, {
    form,
    colour,
    nameOf,
    isHost,
    refused,
    ...(program === undefined ? {} : { program }),
  })
}

/** Puts the report where the command line said: standard error, a file, or nowhere. What no file takes goes to standard error. */
export function deliverReport(assembly: Assembly, refused: readonly RefusedFlow[], settings: InsideSettings): void {
  const { report: form, reportTo, command } = settings
  if (form === 'none') return
  const colour = reportTo === undefined && isColourful(2)
  const text = reportText({ assembly, form, colour, program: basename(command[0] ?? ''), refused })
  if (reportTo === undefined) return tell(text)
  try {
    writeFileSync(reportTo, text)
  } catch (thrown) {
    complain(`the report cannot be written, and follows here: ${failureFrom(thrown).message}`)
    tell(text)
  }
}
