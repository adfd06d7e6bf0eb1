// The way of one mail through the world, port by port: handed in, looked up, relayed, read. Made from what services told of
// it; every event that is about a mail names it in its detail `mail`, by Message-ID, several apart by spaces.

import type { Event } from '../../core/event.ts'
import type { Ledger, RecordedEvent, RecordedFlow } from '../record/flow-record.ts'
import { WELL_KNOWN_PORTS } from '../ports/well-known.ts'

export interface MailStep {
  /** World's wall clock, milliseconds. */
  readonly atMs: number
  /** 0 where none is known. */
  readonly port: number
  /** What the port is called: `submission`; the service's own name where it has none. */
  readonly name: string
  /** Who began, and with whom: host names, or addresses of nobody. */
  readonly from: string
  readonly to: string
  readonly kind: string
  readonly text: string
  /** `TLS 1.3`. */
  readonly tls?: string
  /** How the client had logged in: `PLAIN`. */
  readonly auth?: string
  readonly severity: Event['severity'] & {}
}

export interface MailTrace {
  /** Its Message-ID, without the brackets. */
  readonly mail: string
  /** Oldest first. */
  readonly steps: readonly MailStep[]
}

type NameOf = (ip: string) => string | undefined

const ACCEPTED = 'smtp.accepted'
const RELAYED = 'smtp.relayed'
const LOOKUP = 'smtp.lookup'

/** The mail of that Message-ID (brackets or not), or the one that was heard of last; `undefined`: none was. */
export function traceMail(ledger: Ledger, nameOf: NameOf, wanted?: string): MailTrace | undefined {
  const events = ledger.events()
  const mail = wanted === undefined ? youngest(events) : wanted.replace(/^<|>$/g, '')
  if (mail === undefined) return undefined
  const flows = new Map(ledger.flows().map((known) => [known.flow.id, known]))
  const logins = loginsIn(events)
  const steps: MailStep[] = []
  for (const recorded of events) {
    if (!mailsOf(recorded.event).includes(mail)) continue
    const flow = recorded.flowId === undefined ? undefined : flows.get(recorded.flowId)
    const step = stepOf(recorded, flow, nameOf, steps)
    const auth = recorded.flowId === undefined ? undefined : logins.get(recorded.flowId)
    if (!isToldAlready(step, steps)) steps.push(auth === undefined ? step : { ...step, auth })
  }
  return steps.length === 0 ? undefined : { mail, steps }
}

/** The mail whose first event is the latest. */
function youngest(events: readonly RecordedEvent[]): string | undefined {
  return [...new Set(events.flatMap(({ event }) => mailsOf(event)))].at(-1)
}

function mailsOf(event: Event): readonly string[] {
  const mail = event.detail?.['mail']
  return typeof mail === 'string' ? mail.split(' ').filter((id) => id !== '') : []
}

/** By flow: the mechanism of the login in it. */
function loginsIn(events: readonly RecordedEvent[]): ReadonlyMap<number, string> {
  const logins = new Map<number, string>()
  for (const { flowId, event } of events) {
    const mechanism = event.detail?.['mechanism']
    if (flowId !== undefined && event.kind.endsWith('.login') && typeof mechanism === 'string') {
      logins.set(flowId, mechanism)
    }
  }
  return logins
}

function stepOf(
  { atMs, service, event }: RecordedEvent,
  known: RecordedFlow | undefined,
  nameOf: NameOf,
  before: readonly MailStep[],
): MailStep {
  const port = known?.flow.to.port ?? numberIn(event, 'port') ?? 0
  const named = (ip: string) => nameOf(ip) ?? ip
  // What a relay does for itself belongs to no flow: it is the host that took the mail before.
  const holder = before.findLast((step) => step.kind === ACCEPTED)?.to ?? service
  return {
    atMs,
    port,
    name: nameOfPort(port) ?? service,
    from: known === undefined ? holder : named(known.flow.from.ip),
    to: known === undefined ? (textIn(event, 'host') ?? '') : named(known.flow.to.ip),
    kind: event.kind,
    text: textOf(event),
    ...(known?.tls === undefined ? {} : { tls: known.tls.version.replace(/^TLSv/, 'TLS ') }),
    severity: event.severity ?? 'info',
  }
}

function textOf(event: Event): string {
  const [domain, answer] = [textIn(event, 'domain'), textIn(event, 'answer')]
  if (event.kind !== LOOKUP || domain === undefined || answer === undefined) return event.summary
  return `mail for ${domain} goes to ${answer}`
}

function nameOfPort(port: number): string | undefined {
  const known = WELL_KNOWN_PORTS.find((one) => one.port === port)
  return known?.name === 'domain' ? 'dns' : known?.name
}

/** A hop within the world is told by both of its ends; the one that took the mail says more. */
function isToldAlready(step: MailStep, before: readonly MailStep[]): boolean {
  if (step.kind !== RELAYED) return false
  return before.some((one) => one.kind === ACCEPTED && one.port === step.port && one.to === step.to)
}

function textIn(event: Event, key: string): string | undefined {
  const value = event.detail?.[key]
  return typeof value === 'string' ? value : undefined
}

function numberIn(event: Event, key: string): number | undefined {
  const value = event.detail?.[key]
  return typeof value === 'number' ? value : undefined
}
