// The report of a run: words for people, or JSON with a version for programs.

import type { Ledger } from '../flow-record.ts'
import { summarize, type NameOf, type RefusedAttempt } from './summary.ts'
import { formatText } from './text.ts'

/** Goes up when a field of the JSON changes its meaning or goes; new fields may come without. */
const REPORT_VERSION = 1

export interface ReportOptions {
  readonly form: 'text' | 'json'
  readonly colour?: boolean
  /** The program that was run: `curl`. */
  readonly program?: string
  readonly nameOf?: NameOf
  /** Whether a host of the world lives at an address: what it asks and opens is not the program's doing. */
  readonly isHost?: (ip: string) => boolean
  /** Attempts that the plane refused before they became flows. */
  readonly refused?: readonly RefusedAttempt[]
}

/**
 * Text ends with a line end. JSON is one object and a line end:
 *
 * - `version` 1, `program` or null
 * - `names`, `unknownNames`: `{name, types[], answers[], programs[], count}`
 * - `conversations`: `{from, host, port, agreed, transport, service, flows, open, bytesUp, bytesDown, longestMs, tls[],
 *   programs[], byHost, said: [{thing: {text, severity}, count}]}`
 * - `refused`: `[{thing: {verdict, host, port, transport, because, rule, programs[]}, count}]`, rules counted from 1
 * - `notes`: `[{thing: {service, text, severity}, count}]`, events outside of conversations
 * - `lost`: `{flows, events}` that the record no longer holds
 * - `flows`: `{flow, decision, process?, tls?, end?}`, `events`: `{atMs, flowId?, service, event}`, oldest first, as recorded;
 *   times in milliseconds since 1970 by the world's clock, a decision's `rule` counted from 0
 */
export function formatReport(ledger: Ledger, options: ReportOptions): string {
  const { form, colour = false, program, nameOf = () => undefined, isHost = () => false, refused = [] } = options
  const summary = summarize(ledger, { nameOf, isHost }, refused)
  if (form === 'text') return formatText(summary, { colour, program })
  const whole = { version: REPORT_VERSION, program: program ?? null, ...summary }
  return `${terminalSafe(JSON.stringify({ ...whole, flows: ledger.flows(), events: ledger.events() }))}\n`
}

/** JSON escapes C0 controls itself; the others, that a terminal may act on, are escaped here. */
function terminalSafe(json: string): string {
  return json.replaceAll(/[\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
  })
}
