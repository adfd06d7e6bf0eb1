// What people and programs want to know of a record: names asked for, conversations held, what was refused. Counts and
// groups; the words are text.ts's, the fields of JSON stand here.

import type { Transport } from '../../../core/address.ts'
import type { Verdict } from '../../../core/flow.ts'
import type { Event as ServiceEvent } from '../../../core/event.ts'
import type { Ledger, RecordedEvent, RecordedFlow } from '../flow-record.ts'
import { Names, type AskedName } from './names.ts'
import { Tally, type Counted } from './tally.ts'

/** Attempts that were turned away before they became flows, as the private plane's nftables counts them. */
export interface RefusedAttempt {
  readonly verdict: Exclude<Verdict, 'allow'>
  /** Index into the world's rules, from 0. */
  readonly rule?: number
  readonly because: string
  readonly to: { readonly ip: string; readonly port: number }
  readonly transport: Transport
  readonly count: number
}

/** All flows of one opener to one service on one port of one host, or on all ports that they agreed on. */
export interface Conversation {
  readonly from: string
  readonly host: string
  /** The first of them, where they were agreed on. */
  readonly port: number
  /** The two ends had agreed on them in another conversation: FTP's data. */
  readonly agreed: boolean
  readonly transport: Transport
  readonly service: string
  readonly flows: number
  readonly open: number
  /** Bytes on the wire from the opener, and to it. */
  readonly bytesUp: number
  readonly bytesDown: number
  /** The longest of them, milliseconds; undefined while all are open. */
  readonly longestMs: number | undefined
  /** `TLS 1.3, h2`. */
  readonly tls: readonly string[]
  readonly programs: readonly string[]
  /** A host of the world opened it, not a client: a mail server that relays, say. */
  readonly byHost: boolean
  readonly said: readonly Counted<Said>[]
}

export interface Said {
  readonly text: string
  readonly severity: ServiceEvent['severity'] & {}
}

export interface Refused {
  readonly verdict: Exclude<Verdict, 'allow'>
  readonly host: string
  readonly port: number
  readonly transport: Transport
  readonly because: string
  /** Counted from 1, as people count; undefined when no rule decided. */
  readonly rule: number | undefined
  readonly programs: readonly string[]
}

export interface Note extends Said {
  readonly service: string
}

export interface Summary {
  readonly names: readonly AskedName[]
  readonly unknownNames: readonly AskedName[]
  readonly conversations: readonly Conversation[]
  readonly refused: readonly Counted<Refused>[]
  /** Events that belong to none of the conversations. */
  readonly notes: readonly Counted<Note>[]
  readonly lost: { readonly flows: number; readonly events: number }
}

/** The world's name for an address; undefined for one that it does not know. */
export type NameOf = (ip: string) => string | undefined

/** Whose the addresses are. */
export interface Places {
  readonly nameOf: NameOf
  readonly isHost: (ip: string) => boolean
}

export function summarize(ledger: Ledger, { nameOf, isHost }: Places, attempts: readonly RefusedAttempt[]): Summary {
  const flows = ledger.flows()
  const events = ledger.events()
  const byId = new Map(flows.map((known) => [known.flow.id, known]))
  const names = new Names()
  const groups = new Map<string, Gathered>()
  const refused = new Tally<Refused>()
  for (const known of flows) {
    if (known.decision.verdict !== 'allow') refused.add(refusedFlow(known, known.decision.verdict, nameOf))
    else if (!toldByNames(known, nameOf)) gather(groups, known, nameOf)
  }
  for (const attempt of attempts) refused.add(refusedAttempt(attempt, nameOf), attempt.count)
  const notes = new Tally<Note>()
  for (const recorded of events) {
    const known = recorded.flowId === undefined ? undefined : byId.get(recorded.flowId)
    if (isAmongServers(recorded, known, { nameOf, isHost })) continue
    if (names.take(recorded.event, known?.process?.name)) continue
    const group = known && groups.get(keyOf(known, nameOf))
    if (group) group.said.add(saidIn(recorded))
    else notes.add({ service: recorded.service, ...saidIn(recorded) })
  }
  return {
    names: names.known(),
    unknownNames: names.unknown(),
    conversations: [...groups.values()].map((group) => conversationOf(group, isHost)),
    refused: refused.all(),
    notes: notes.all(),
    lost: ledger.dropped,
  }
}

/** Plain questions to the world's own name servers are told by the names; who asks somebody else, or in secret, is told of it. */
function toldByNames({ flow }: RecordedFlow, nameOf: NameOf): boolean {
  return NAME_SERVICES.has(flow.service) && !SECRET_PORTS.has(flow.to.port) && nameOf(flow.to.ip) !== undefined
}

/** How the world's own hosts ask one another for names and hand zones on, as long as it goes well. */
function isAmongServers({ event, flowId }: RecordedEvent, known: RecordedFlow | undefined, places: Places): boolean {
  const isWell = event.severity !== 'warning'
  if (known === undefined) return flowId === undefined && isWell && COPYING.has(event.kind)
  if (!toldByNames(known, places.nameOf) || !places.isHost(known.flow.from.ip)) return false
  return ASKING.has(event.kind) || (isWell && COPYING.has(event.kind))
}

const ASKING: ReadonlySet<string> = new Set(['dns.query', 'dns.queries', 'dns.unknown-name'])
const COPYING: ReadonlySet<string> = new Set(['dns.notify', 'dns.transfer'])
const NAME_SERVICES: ReadonlySet<string> = new Set(['dns', 'resolver'])
/** DNS over TLS (RFC 7858 §3.1) and over HTTPS (RFC 8484 §4). */
const SECRET_PORTS: ReadonlySet<number> = new Set([853, 443])

interface Gathered {
  readonly from: string
  readonly host: string
  readonly flows: RecordedFlow[]
  readonly said: Tally<Said>
}

function gather(groups: Map<string, Gathered>, known: RecordedFlow, nameOf: NameOf): void {
  const { from, to } = known.flow
  const key = keyOf(known, nameOf)
  const group = groups.get(key)
  if (group) group.flows.push(known)
  else
    groups.set(key, {
      from: nameOf(from.ip) ?? from.ip,
      host: nameOf(to.ip) ?? to.ip,
      flows: [known],
      said: new Tally(),
    })
}

function keyOf({ flow, decision }: RecordedFlow, nameOf: NameOf): string {
  const { from, to, transport, service } = flow
  const port = decision.agreedIn === undefined ? to.port : 'agreed'
  return [nameOf(from.ip) ?? from.ip, nameOf(to.ip) ?? to.ip, port, transport, service].join(' ')
}

function conversationOf({ from, host, flows, said }: Gathered, isHost: Places['isHost']): Conversation {
  const first = flows[0]!.flow
  const ends = flows.flatMap((known) => (known.end ? [{ ...known.end, flow: known.flow }] : []))
  const up = (end: (typeof ends)[number]): number => (end.flow.dialed ? end.sent : end.received)
  const both = ends.reduce((sum, end) => sum + end.sent + end.received, 0)
  const bytesUp = ends.reduce((sum, end) => sum + up(end), 0)
  return {
    from,
    host,
    port: first.to.port,
    agreed: flows[0]!.decision.agreedIn !== undefined,
    transport: first.transport,
    service: first.service,
    flows: flows.length,
    open: flows.length - ends.length,
    bytesUp,
    bytesDown: both - bytesUp,
    longestMs: ends.length === 0 ? undefined : Math.max(0, ...ends.map((end) => end.closedMs - end.flow.openedMs)),
    tls: distinct(flows.map((known) => known.tls && tlsText(known.tls))),
    programs: distinct(flows.map((known) => known.process?.name)),
    byHost: isHost(first.from.ip),
    said: said.all(),
  }
}

function refusedFlow(known: RecordedFlow, verdict: Refused['verdict'], nameOf: NameOf): Refused {
  const { to, transport } = known.flow
  const { because, rule } = known.decision
  const programs = distinct([known.process?.name])
  return { verdict, host: nameOf(to.ip) ?? to.ip, port: to.port, transport, because, rule: numbered(rule), programs }
}

function refusedAttempt(attempt: RefusedAttempt, nameOf: NameOf): Refused {
  const { verdict, to, transport, because, rule } = attempt
  return {
    verdict,
    host: nameOf(to.ip) ?? to.ip,
    port: to.port,
    transport,
    because,
    rule: numbered(rule),
    programs: [],
  }
}

function saidIn({ event }: RecordedEvent): Said {
  return { text: event.summary, severity: event.severity ?? 'info' }
}

function numbered(rule: number | undefined): number | undefined {
  return rule === undefined ? undefined : rule + 1
}

function tlsText(tls: { readonly version: string; readonly alpn?: string }): string {
  const version = tls.version.replace(/^TLSv/, 'TLS ')
  return tls.alpn === undefined ? version : `${version}, ${tls.alpn}`
}

function distinct(values: readonly (string | undefined)[]): string[] {
  return [...new Set(values.filter((value) => value !== undefined))]
}
