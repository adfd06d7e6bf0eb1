// portolan trace: the way of one mail through a running world, port by port.

import { askTrace } from '../../control/mail-client.ts'
import { findWorld } from '../../control/client.ts'
import { isFailure, type Failure } from '../../core/failure.ts'
import type { MailStep, MailTrace } from '../../net/mail/index.ts'
import { plainJson, plainLine } from '../../net/mail/plain-text.ts'
import { EXIT } from '../exit-codes.ts'
import { worldAround } from '../mail-source.ts'
import { complain, say, styled } from '../output.ts'

export interface TraceOptions {
  readonly world?: string
  readonly json?: boolean
}

const TEXT_MAX_CHARS = 200 // ours: two lines of a wide terminal
const HOST_MAX_CHARS = 60

/** `which`: a Message-ID, or '' for the last mail. */
export async function traceMail(which: string, options: TraceOptions): Promise<void> {
  const world = await findWorld(process.getuid?.() ?? 0, options.world ?? worldAround())
  if (isFailure(world)) return no(world)
  const trace = await askTrace(world.folder, which)
  if (isFailure(trace)) return no(trace)
  say(options.json === true ? plainJson(trace) : formatTrace(trace))
}

function formatTrace({ mail, steps }: MailTrace): string {
  const rows = steps.map((step) => [labelOf(step), hopOf(step), factsOf(step)] as const)
  const widths = [0, 1].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  const lines = rows.map(([label, hop, facts], at) => {
    const line = `  ${label.padEnd(widths[0] ?? 0)}  ${hop.padEnd(widths[1] ?? 0)}  ${facts}`
    return steps[at]?.severity === 'warning' ? styled('yellow', line) : line
  })
  return [styled('bold', `<${plainLine(mail, TEXT_MAX_CHARS)}>`), ...lines].join('\n')
}

function labelOf({ port, name }: MailStep): string {
  return port === 0 ? name : `${port} ${name}`
}

function hopOf({ from, to }: MailStep): string {
  const [here, there] = [plainLine(from, HOST_MAX_CHARS), plainLine(to, HOST_MAX_CHARS)]
  return there === '' ? here : `${here} -> ${there}`
}

function factsOf({ text, tls, auth }: MailStep): string {
  const facts = [plainLine(text, TEXT_MAX_CHARS), ...(tls === undefined ? [] : [tls])]
  return [...facts, ...(auth === undefined ? [] : [`AUTH ${plainLine(auth, HOST_MAX_CHARS)}`])].join(', ')
}

function no(why: Failure): void {
  complain(why.message)
  process.exitCode = EXIT.no
}
