// The world's gatekeeper: asks the gate about each flow, tells the record, and knows every identity.

import type { Address } from '../core/address.ts'
import type { Event } from '../core/event.ts'
import type { Failure } from '../core/failure.ts'
import type { Flow, Verdict } from '../core/flow.ts'
import type { TlsInfo } from '../core/io.ts'
import type { Layer } from '../core/layer.ts'
import type { Agreement, Gatekeeper, Identity } from '../core/plane.ts'
import { CHOSE } from './detect/index.ts'
import { namesFor, type Authority } from './authority/index.ts'
import { isFarEndOurs } from './far-end.ts'
import { Agreements, AGREEMENTS_MAX, type Decision, type FlowRequest, type Gate } from './firewall/index.ts'
import type { FlowRecord } from './record/index.ts'
import type { World } from './world/model.ts'

/** Where the network decides as well. */
export interface NetworkGate {
  /** Resolves once it is in effect. */
  open(agreement: Agreement): Promise<Failure | undefined>
  close(agreement: Agreement): void
}

export interface KeeperOptions {
  readonly world: World
  readonly gate: Gate
  readonly record: FlowRecord
  readonly authority: Authority
  /** The world's clock. Left out: the machine's. */
  readonly wallMs?: () => number
  readonly layers: readonly Layer[]
  /** Every address exists, and none of them is outside: what services open may go anywhere. Default: to hosts of the world. */
  readonly everyAddress?: boolean
  readonly network?: NetworkGate
  /** Hears each flow as the gate decided it. */
  readonly watch?: (flow: Flow, decision: Decision) => void
  /** Hears each event, after the record has it. */
  readonly overhear?: (flow: Flow | undefined, service: string, event: Event) => void
  readonly tlsSecret?: (flow: Flow, line: string) => void
}

/** Nothing leaves, whatever a name, a record or a peer leads a service to. */
const NOWHERE: Decision = { verdict: 'reject', because: 'no host of this world has this address', path: [] }

export class Keeper implements Gatekeeper {
  readonly layers: readonly Layer[]
  readonly trustedPem: string
  readonly wallMs?: () => number
  readonly tlsSecret?: (flow: Flow, line: string) => void
  readonly #options: KeeperOptions
  readonly #serving: ReadonlySet<string>
  readonly #existing: ReadonlySet<string>
  readonly #agreements = new Agreements()
  #toldFull = false
  /** Flows between two of the world's hosts, on the record where they arrive; by the number of their opener's end. */
  readonly #inside = new Map<number, Decision>()
  #lastFlowId = 0

  constructor(options: KeeperOptions) {
    this.#options = options
    this.layers = options.layers
    this.trustedPem = options.authority.certificatePem
    if (options.wallMs !== undefined) this.wallMs = options.wallMs
    if (options.tlsSecret !== undefined) this.tlsSecret = options.tlsSecret
    const { hosts } = options.world
    this.#serving = new Set(hosts.filter((host) => !host.client).flatMap((host) => host.addresses))
    this.#existing = new Set(hosts.flatMap((host) => host.addresses))
  }

  opened(flow: Flow): Verdict {
    const { world, record, watch } = this.#options
    const direction = flow.dialed === true || this.#serving.has(flow.from.ip) ? 'out' : 'in'
    const request = { transport: flow.transport, from: flow.from, to: flow.to, direction } as const
    const decision = this.#decide(request, flow.dialed === true)
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

  async agree(agreement: Agreement): Promise<(() => void) | Failure> {
    const full = this.#agreements.add(agreement)
    if (full !== undefined) return this.#full(agreement, full)
    this.#toldFull &&= this.#agreements.size > AGREEMENTS_MAX / 2
    const failed = await this.#options.network?.open(agreement)
    const takeBack = () => {
      if (this.#agreements.delete(agreement)) this.#options.network?.close(agreement)
    }
    if (failed === undefined) return takeBack
    takeBack()
    return failed
  }

  #decide(request: FlowRequest, isDialed: boolean): Decision {
    const agreed = this.#agreements.decide(request)
    if (agreed !== undefined) return agreed
    const { everyAddress = false, gate } = this.#options
    if (isDialed && !everyAddress && !this.#existing.has(request.to.ip)) return NOWHERE
    return gate.decide(request)
  }

  #full({ flow }: Agreement, full: Failure): Failure {
    const summary = `${full.message}; more are refused`
    if (!this.#toldFull) this.event(flow, flow?.service ?? '', { kind: 'driver.limit', summary, severity: 'warning' })
    this.#toldFull = true
    return full
  }

  nextFlowId(): number {
    return ++this.#lastFlowId
  }
}

/** It never arrived, so its opener's end is the only one. */
function isUnanswered(flow: Flow, reason: string): boolean {
  return flow.transport === 'udp' || reason.startsWith('failed')
}
