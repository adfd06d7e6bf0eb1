// A gatekeeper for tests: it lets everything in unless told otherwise, and writes down what it hears.

import type { Address } from '../core/address.ts'
import type { Event } from '../core/event.ts'
import type { Failure } from '../core/failure.ts'
import type { Flow, Verdict } from '../core/flow.ts'
import type { TlsInfo } from '../core/io.ts'
import type { Layer } from '../core/layer.ts'
import type { Agreement, Gatekeeper, Identity } from '../core/plane.ts'

export interface HeardEvent extends Event {
  readonly service: string
  readonly flowId: number | undefined
}

export interface ClosedFlow {
  readonly flow: Flow
  readonly received: number
  readonly sent: number
  readonly reason: string
}

const NO_PEM: Identity = { keyPem: '', certificatePem: '' }

export class OpenGate implements Gatekeeper {
  readonly flows: Flow[] = []
  readonly ended: ClosedFlow[] = []
  readonly events: HeardEvent[] = []
  readonly secrets: string[] = []
  /** TLS sessions, in the order in which they were agreed on. */
  readonly agreed: { readonly flow: Flow; readonly tls: TlsInfo }[] = []
  /** What conversations have agreed on and not taken back. */
  readonly agreements: Agreement[] = []
  layers: readonly Layer[] = []
  trustedPem = ''
  /** The verdict for new flows. */
  verdict: (flow: Flow) => Verdict = () => 'allow'
  /** The identity for a server name; in sim only whether there is one matters. */
  identify: (local: Address, serverName: string | undefined) => Identity | undefined = () => NO_PEM
  #lastFlowId = 0

  opened(flow: Flow): Verdict {
    this.flows.push(flow)
    const about = this.agreements.filter(({ to }) => to.ip === flow.to.ip && to.port === flow.to.port)
    if (about.some(({ from }) => from.ip === flow.from.ip)) return 'allow'
    return about.some(({ direction }) => direction === 'in') ? 'reject' : this.verdict(flow)
  }

  closed(flow: Flow, received: number, sent: number, reason: string): void {
    this.ended.push({ flow, received, sent, reason })
  }

  secured(flow: Flow, tls: TlsInfo): void {
    this.agreed.push({ flow, tls })
  }

  event(flow: Flow | undefined, service: string, event: Event): void {
    this.events.push({ ...event, service, flowId: flow?.id })
  }

  identity(local: Address, serverName: string | undefined): Identity | undefined {
    return this.identify(local, serverName)
  }

  async agree(agreement: Agreement): Promise<(() => void) | Failure> {
    this.agreements.push(agreement)
    return () => {
      const at = this.agreements.indexOf(agreement)
      if (at !== -1) this.agreements.splice(at, 1)
    }
  }

  tlsSecret(_flow: Flow, line: string): void {
    this.secrets.push(line)
  }

  nextFlowId(): number {
    return ++this.#lastFlowId
  }

  /** Kinds of the events heard, in order. */
  get kinds(): string[] {
    return this.events.map((event) => event.kind)
  }
}
