// What happened in a world, flat enough to be read in a test.

import type { Event } from '../core/event.ts'
import type { Flow, Verdict } from '../core/flow.ts'
import type { TlsInfo } from '../core/io.ts'
import type { FlowEnd, NameOf, RecordedEvent, RecordedFlow } from '../net/record/index.ts'

/** One conversation. Addresses are those of the world, not of this machine. */
export interface WorldFlow extends Flow {
  /** The name at `to`, if the world has one. */
  readonly host: string | undefined
  readonly verdict: Verdict
  /** Why: the reason of the firewall rule that decided, or that none did. */
  readonly because: string
  /** The rule that decided, counted from 0; undefined when the default did. */
  readonly rule: number | undefined
  /** The last TLS session in it, if there was one. */
  readonly tls: TlsInfo | undefined
  /** Bytes, reason and time of its end; undefined while it is open. */
  readonly end: FlowEnd | undefined
}

/** One thing that a service told of: `kind` is a dotted word such as `http.request`; README.md of each protocol lists them. */
export interface WorldEvent extends Event {
  /** World's clock, milliseconds since 1970-01-01T00:00Z. */
  readonly atMs: number
  readonly service: string
  /** The `id` of its flow, if it belongs to one. */
  readonly flowId: number | undefined
}

export function flowOf(recorded: RecordedFlow, nameOf: NameOf): WorldFlow {
  const { flow, decision, tls, end } = recorded
  const { verdict, because, rule } = decision
  return { ...flow, host: nameOf(flow.to.ip), verdict, because, rule, tls, end }
}

export function eventOf({ atMs, service, flowId, event }: RecordedEvent): WorldEvent {
  return { ...event, atMs, service, flowId }
}
