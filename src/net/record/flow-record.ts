// What happened in a world: every flow with its verdict, every event, in bounded memory. Decides nothing and prints nothing.

import type { Event } from '../../core/event.ts'
import type { Flow, Verdict } from '../../core/flow.ts'
import type { TlsInfo } from '../../core/io.ts'
import { Ring } from './ring.ts'

/** The gate's answer, as far as the record keeps it. */
export interface RecordedDecision {
  readonly verdict: Verdict
  /** Index into the world's rules, from 0; undefined when the default decided. */
  readonly rule?: number
  /** The number of the flow in which its two ends agreed on this one. */
  readonly agreedIn?: number
  readonly because: string
}

/** The program that opened a flow. */
export interface FlowProcess {
  readonly pid: number
  readonly name: string
}

export interface FlowEnd {
  /** World's wall clock, milliseconds. */
  readonly closedMs: number
  /** Bytes on the wire from the peer to us, and from us to the peer. */
  readonly received: number
  readonly sent: number
  readonly reason: string
}

export interface RecordedFlow {
  readonly flow: Flow
  readonly decision: RecordedDecision
  readonly process?: FlowProcess
  /** The last TLS session agreed on in it. */
  readonly tls?: TlsInfo
  /** Undefined while it is open. */
  readonly end?: FlowEnd
}

export interface RecordedEvent {
  /** World's wall clock, milliseconds. */
  readonly atMs: number
  readonly flowId: number | undefined
  readonly service: string
  readonly event: Event
}

/** Entries that made room for younger ones. */
export interface Dropped {
  readonly flows: number
  readonly events: number
}

export interface RecordLimits {
  readonly flowsMax: number
  readonly eventsMax: number
  readonly eventBytesMax: number
}

/** What the gatekeeper tells and the report asks. */
export interface Ledger {
  readonly dropped: Dropped
  flows(): readonly RecordedFlow[]
  events(): readonly RecordedEvent[]
}

const FLOWS_MAX = 10_000 // ours: about 5 MB
const EVENTS_MAX = 20_000 // ours
const EVENT_BYTES_MAX = 8 * 1024 * 1024 // ours
const TEXT_MAX_CHARACTERS = 1000 // ours: of one summary, detail or reason
const DETAILS_MAX = 32 // ours: keys of one event
const ENTRY_BYTES = 200 // an entry's own objects, measured roughly
const FLOW_BYTES = 512 // likewise

export class FlowRecord implements Ledger {
  readonly #wallMs: () => number
  readonly #flows: Ring<number>
  readonly #byId = new Map<number, RecordedFlow>()
  readonly #events: Ring<RecordedEvent>

  /** `wallMs` is the world's clock. */
  constructor(wallMs: () => number, limits: Partial<RecordLimits> = {}) {
    const { flowsMax = FLOWS_MAX, eventsMax = EVENTS_MAX, eventBytesMax = EVENT_BYTES_MAX } = limits
    this.#wallMs = wallMs
    this.#flows = new Ring({ entriesMax: flowsMax, bytesMax: flowsMax * FLOW_BYTES })
    this.#events = new Ring({ entriesMax: eventsMax, bytesMax: eventBytesMax })
  }

  opened(flow: Flow, decision: RecordedDecision): void {
    const { verdict, rule, agreedIn, because } = decision
    const origin = { ...(rule === undefined ? {} : { rule }), ...(agreedIn === undefined ? {} : { agreedIn }) }
    this.#byId.set(flow.id, { flow, decision: { verdict, because, ...origin } })
    this.#flows.push(flow.id, FLOW_BYTES, (id) => this.#byId.delete(id))
  }

  closed(flow: Flow, received: number, sent: number, reason: string): void {
    this.#amend(flow.id, { end: { closedMs: this.#wallMs(), received, sent, reason: shortened(reason) } })
  }

  secured(flow: Flow, tls: TlsInfo): void {
    this.#amend(flow.id, { tls })
  }

  /** Which service took the flow, where that was not known when it was opened. */
  served(flow: Flow, service: string): void {
    this.#amend(flow.id, { flow: { ...flow, service } })
  }

  /** Who opened the flow, once somebody found out. */
  openedBy(flowId: number, process: FlowProcess): void {
    this.#amend(flowId, { process: { pid: process.pid, name: shortened(process.name) } })
  }

  event(flow: Flow | undefined, service: string, event: Event): void {
    const kept = boundedEvent(event)
    this.#events.push({ atMs: this.#wallMs(), flowId: flow?.id, service, event: kept }, bytesOf(kept))
  }

  /** Oldest first. */
  flows(): readonly RecordedFlow[] {
    return [...this.#byId.values()]
  }

  /** Oldest first. */
  events(): readonly RecordedEvent[] {
    return [...this.#events]
  }

  get dropped(): Dropped {
    return { flows: this.#flows.dropped, events: this.#events.dropped }
  }

  /** A flow that was dropped stays so. */
  #amend(flowId: number, more: Partial<RecordedFlow>): void {
    const known = this.#byId.get(flowId)
    if (known) this.#byId.set(flowId, { ...known, ...more })
  }
}

function boundedEvent(event: Event): Event {
  if (event.detail === undefined) return { ...event, summary: shortened(event.summary) }
  const detail = Object.entries(event.detail)
    .slice(0, DETAILS_MAX)
    .map(([key, value]) => [key, typeof value === 'string' ? shortened(value) : value] as const)
  return { ...event, summary: shortened(event.summary), detail: Object.fromEntries(detail) }
}

function bytesOf(event: Event): number {
  const details = Object.entries(event.detail ?? {}).map(([key, value]) => key.length + String(value).length + 16)
  return ENTRY_BYTES + 2 * (event.summary.length + details.reduce((sum, bytes) => sum + bytes, 0))
}

function shortened(text: string): string {
  return text.length > TEXT_MAX_CHARACTERS ? `${text.slice(0, TEXT_MAX_CHARACTERS)}…` : text
}
