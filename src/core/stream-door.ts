// What happens to a stream that arrives at a listener or is opened from here, whatever carries it: the
// gate's verdict, the bound on open streams, its layers and its runner.

import type { Address } from './address.ts'
import type { Engine, Owner } from './engine.ts'
import type { Flow, Verdict } from './flow.ts'
import type { StreamIo, StreamListen, StreamMachine } from './io.ts'
import { DROPPED_STREAM_MS, DROPPED_STREAMS_MAX } from './limits.ts'
import type { Gatekeeper, ListenOptions } from './plane.ts'
import { StreamRunner } from './stream-runner.ts'
import type { Wire } from './stream-wire.ts'
import { Deadline } from './timer-heap.ts'

/** Puts the gate's layers over a bare wire. Each plane knows how, since TLS lies between the two kinds. */
export type Compose = (owner: Owner, wire: Wire) => Wire

export class StreamDoor {
  readonly #engine: Engine
  readonly #listen: StreamListen
  readonly #options: ListenOptions
  readonly #gatekeeper: Gatekeeper
  readonly #compose: Compose
  readonly #maxStreams: number
  readonly #open = new Set<StreamRunner>()
  readonly #dropped = new Set<() => void>()
  #full = false
  #shut = false

  constructor(
    engine: Engine,
    compose: Compose,
    maxStreams: number,
    listen: StreamListen,
    options: ListenOptions,
    gatekeeper: Gatekeeper,
  ) {
    this.#engine = engine
    this.#compose = compose
    this.#maxStreams = maxStreams
    this.#listen = listen
    this.#options = options
    this.#gatekeeper = gatekeeper
  }

  /** Open streams. */
  get size(): number {
    return this.#open.size
  }

  /** A stream from `from` that asked for `to`. Nothing is read from `wire` unless the gate allows it. */
  arrived(wire: Wire, from: Address, to: Address): void {
    if (this.#refuseWhenFull()) return wire.reset()
    const { service, addresses = [] } = this.#options
    const flow = openFlow(this.#engine, this.#gatekeeper, service, from, to)
    const verdict = this.#gatekeeper.opened(flow)
    if (verdict !== 'allow') return this.#turnAway(wire, flow, verdict)
    const owner: Owner = { service, gatekeeper: this.#gatekeeper, flow, from: [to.ip, ...addresses] }
    const runner: StreamRunner = new StreamRunner(this.#engine, owner, {
      wire: this.#compose(owner, wire),
      peer: from,
      local: to,
      alpn: this.#listen.alpn ?? [],
      session: this.#listen.session,
      accept: this.#listen.accept.bind(this.#listen),
      gone: () => {
        this.#open.delete(runner)
        this.#tellGone()
      },
    })
    this.#open.add(runner)
    runner.open(this.#listen.tls === 'implicit')
  }

  /** Nothing more will arrive; what stands goes on. */
  shut(): void {
    this.#shut = true
    for (const release of this.#dropped) release()
    this.#tellGone()
  }

  stop(): void {
    for (const runner of this.#open) runner.stop()
    for (const release of this.#dropped) release()
  }

  #tellGone(): void {
    if (this.#shut && this.#open.size === 0) this.#options.gone?.()
  }

  #refuseWhenFull(): boolean {
    if (this.#open.size < this.#maxStreams) {
      this.#full &&= this.#open.size > this.#maxStreams / 2
      return false
    }
    if (!this.#full) this.#reportFull()
    this.#full = true
    return true
  }

  #reportFull(): void {
    const { service, at } = this.#options
    const summary = `port ${at.port} has ${this.#maxStreams} open streams; more are refused`
    const detail = { streamsMax: this.#maxStreams, port: at.port }
    this.#gatekeeper.event(undefined, service, { kind: 'driver.limit', summary, severity: 'warning', detail })
  }

  #turnAway(wire: Wire, flow: Flow, verdict: Exclude<Verdict, 'allow'>): void {
    if (verdict === 'reject') {
      wire.reset()
      return this.#gatekeeper.closed(flow, wire.bytesReceived, wire.bytesSent, verdict)
    }
    const release = () => {
      if (!this.#dropped.delete(release)) return
      this.#engine.timers.remove(deadline)
      wire.reset()
      this.#gatekeeper.closed(flow, wire.bytesReceived, wire.bytesSent, verdict)
    }
    const deadline = new Deadline(release)
    this.#dropped.add(release)
    this.#engine.timers.set(deadline, this.#engine.now() + DROPPED_STREAM_MS)
    wire.events = { received() {}, drained() {}, ended() {}, closed: release }
    const [oldest] = this.#dropped
    if (this.#dropped.size > DROPPED_STREAMS_MAX) oldest?.()
  }
}

function openFlow(engine: Engine, gatekeeper: Gatekeeper, service: string, from: Address, to: Address): Flow {
  return { id: gatekeeper.nextFlowId(), transport: 'tcp', from, to, service, openedMs: Math.floor(engine.wallMs()) }
}

/** The flow of a stream that is opened from here. */
export function dialedFlow(engine: Engine, { gatekeeper, service }: Owner, from: Address, to: Address): Flow {
  return { ...openFlow(engine, gatekeeper, service, from, to), dialed: true }
}

/** For streams that never stood: no layer has anything to see. */
export const uncomposed: Compose = (_owner, wire) => wire

/** The runner of a stream that is being opened from here; it is then told `open` or `fail`. */
export function outboundRunner(
  engine: Engine,
  compose: Compose,
  opener: Owner,
  wire: Wire,
  flow: Flow,
  dial: (io: StreamIo) => StreamMachine,
  gone: (runner: StreamRunner) => void,
): StreamRunner {
  const owner = { ...opener, flow, from: [flow.from.ip] }
  const runner: StreamRunner = new StreamRunner(engine, owner, {
    wire: compose(owner, wire),
    peer: flow.to,
    local: flow.from,
    accept: dial,
    gone: () => gone(runner),
  })
  return runner
}
