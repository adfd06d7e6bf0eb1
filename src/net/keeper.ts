// The world's gatekeeper: asks the gate about each flow, tells the record, and knows every identity.

import type { Address } from '../core/address.ts'
import type { Event } from '../core/event.ts'
import type { Flow, Verdict } from '../core/flow.ts'
import type { TlsInfo } from '../core/io.ts'
import type { Layer } from '../core/layer.ts'
import type { Agreement, Gatekeeper, Identity } from '../core/plane.ts'
import { CHOSE } from './detect/index.ts'
import { namesFor, type Authority } from './authority/index.ts'
import { isFarEndOurs } from './far-end.ts'
import type { Decision, Gate } from './firewall/index.ts'
import type { FlowRecord } from './record/index.ts'
import type { World } from './world/model.ts'

export interface KeeperOptions {
  readonly world: World
  readonly gate: Gate
  readonly record: FlowRecord
  readonly authority: Authority
  readonly layers: readonly Layer[]
  /** Hears each flow as the gate decided it. */
  readonly watch?: (flow: Flow, decision: Decision) => void
  /** Hears each event, after the record has it. */
  readonly overhear?: (flow: Flow | undefined, service: string, event: Event) => void
  readonly tlsSecret?: (flow: Flow, line: string) => void
}

export class Keeper implements Gatekeeper {
  readonly layers: readonly Layer[]
  readonly trustedPem: string
  readonly tlsSecret?: (flow: Flow, line: string) => void
  readonly #options: KeeperOptions
  readonly #serving: ReadonlySet<string>
  /** Flows between two of the world's hosts, on the record where they arrive; by the number of their opener's end. */
  readonly #inside = new Map<number, Decision>()
  #lastFlowId = 0

  constructor(options: KeeperOptions) {
    this.#options = options
    this.layers = options.layers
    this.trustedPem = options.authority.certificatePem
    if (options.tlsSecret !== undefined) this.tlsSecret = options.tlsSecret
    this.#serving = new Set(options.world.hosts.filter((host) => !host.client).flatMap((host) => host.addresses))
  }

  opened(flow: Flow): Verdict {
    const { world, gate, record, watch } = this.#options
    const direction = flow.dialed === true || this.#serving.has(flow.from.ip) ? 'out' : 'in'
    const decision = gate.decide({ transport: flow.transport, from: flow.from, to: flow.to, direction })
    if (decision.verdict === 'allow' && isFarEndOurs(world, flow)) this.#inside.set(flow.id, decision)
    else record.opened(flow, decision)
    watch?.(flow, decision)
    return decision.verdict
  }

  closed(flow: Flow, received: number, sent: number, reason: string): void {
    const { record } = this.#options
    const decision = this.#inside.get(flow.id)
    this.#inside.delete(flow.id)
    if (decision !== undefined && received === 0 && isUnanswered(flow, reason)) record.opened(flow, decision)
    record.closed(flow, received, sent, reason)
  }

  secured(flow: Flow, tls: TlsInfo): void {
    this.#options.record.secured(flow, tls)
  }

  event(flow: Flow | undefined, service: string, event: Event): void {
    const { record } = this.#options
    record.event(flow, service, event)
    if (flow !== undefined && event.kind === CHOSE) record.served(flow, String(event.detail?.['service']))
    this.#options.overhear?.(flow, service, event)
  }

  identity(local: Address, serverName: string | undefined): Identity | undefined {
    const names = namesFor(this.#options.world, local.ip, serverName)
    return names === undefined ? undefined : this.#options.authority.identity(names)
  }

  async agree(_agreement: Agreement): Promise<() => void> {
    return () => {}
  }

  nextFlowId(): number {
    return ++this.#lastFlowId
  }
}

/** It never arrived, so its opener's end is the only one. */
function isUnanswered(flow: Flow, reason: string): boolean {
  return flow.transport === 'udp' || reason.startsWith('failed')
}
