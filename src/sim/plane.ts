// A plane in memory: no socket, no waiting, a clock that the test turns and chance from a seed. The
// machines on it run through the same runners as on real sockets.

import { formatAddress, type Address, type Transport } from '../core/address.ts'
import { agreedDial, agreedPort } from '../core/agreed.ts'
import { plainClock, type WallClock } from '../core/clock.ts'
import { DatagramRunner } from '../core/datagram-runner.ts'
import { furtherAddress, type Engine, type Owner } from '../core/engine.ts'
import { failure, isFailure, type Failure } from '../core/failure.ts'
import type { ConnectOptions, DatagramListen, Io, Listen, StreamIo, StreamListen, StreamMachine } from '../core/io.ts'
import { layered } from '../core/layered-wire.ts'
import { CONNECT_MAX_MS, STREAMS_PER_LISTENER } from '../core/limits.ts'
import type { Bound, Gatekeeper, ListenOptions, Plane } from '../core/plane.ts'
import { ServiceIo } from '../core/service-io.ts'
import { dialedFlow, outboundRunner, StreamDoor, uncomposed } from '../core/stream-door.ts'
import type { StreamRunner } from '../core/stream-runner.ts'
import { TimerHeap } from '../core/timer-heap.ts'
import { SimDatagramPeer, SimPeer, type PeerTls } from './peer.ts'
import { pipe, type IdentityFor, type SimWire } from './pipe.ts'
import { SeededRandom } from './seeded.ts'

export interface SimOptions {
  readonly seed?: number
  /** Bytes in one piece at most, for every stream. Default: as they were sent. */
  readonly chunkMaxBytes?: number
  /** The wall clock at the start, milliseconds since 1970-01-01T00:00Z. */
  readonly wallMs?: number
  /** Makes the world's wall clock from the one that starts at `wallMs`. Default: that one. */
  readonly wallClock?: (machineMs: () => number) => WallClock
  readonly streamsPerListener?: number
}

export interface SimConnect {
  /** Where the peer comes from. Default: 192.0.2.1 and a port of its own. */
  readonly from?: Address
  /** Starts TLS at once, for listeners with implicit TLS. */
  readonly tls?: PeerTls
}

/** 2026-01-01T00:00Z. */
const WALL_START_MS = 1_767_225_600_000
/** Steps after one call of the test before something counts as never coming to rest. */
const STEPS_MAX = 5_000_000
/** Turns of the event loop that `settled` gives to answers that are out. */
const SETTLE_TURNS_MAX = 1000
/** The first dynamic port (RFC 6335 §6). */
const DYNAMIC_FROM = 49_152

const compose = (engine: Engine) => (owner: Owner, wire: Parameters<typeof layered>[2]) =>
  layered(engine, owner, wire, 'both')

interface StreamListener {
  readonly identity: IdentityFor
  arrived(wire: SimWire, from: Address, to: Address): void
  stop(): void
}

type SimReceiver = (packet: Uint8Array, from: Address) => void

export class SimPlane implements Plane, Engine {
  readonly timers = new TimerHeap()
  readonly clock: WallClock
  chunkMaxBytes: number
  readonly #random: SeededRandom
  readonly #streamsPerListener: number
  readonly #listeners = new Map<string, StreamListener>()
  readonly #receivers = new Map<string, SimReceiver>()
  readonly #runners = new Set<StreamRunner>()
  readonly #datagrams = new Set<DatagramRunner>()
  readonly #services = new Set<ServiceIo>()
  #nowMs = 0
  #wallStartMs: number
  #queue: (() => void)[] = []
  #running = false
  #kicked = false
  #answersOut = 0
  #lastPort = DYNAMIC_FROM

  constructor(options: SimOptions = {}) {
    this.chunkMaxBytes = options.chunkMaxBytes ?? Infinity
    this.#random = new SeededRandom(options.seed ?? 1)
    this.#wallStartMs = options.wallMs ?? WALL_START_MS
    this.clock = options.wallClock?.(() => this.machineMs()) ?? plainClock
    this.#streamsPerListener = options.streamsPerListener ?? STREAMS_PER_LISTENER
  }

  now(): number {
    return this.#nowMs
  }

  wallMs(): number {
    return this.clock.worldMs(this.machineMs())
  }

  /** What the world's clock is made from. */
  machineMs(): number {
    return this.#wallStartMs + this.#nowMs
  }

  random(size: number): Uint8Array {
    return this.#random.bytes(size)
  }

  soon(run: () => void): void {
    this.#queue.push(run)
    if (this.#running || this.#kicked) return
    this.#kicked = true
    queueMicrotask(() => this.run())
  }

  asking(change: 1 | -1): void {
    this.#answersOut += change
  }

  /** Does all that can be done at this moment of the clock. */
  run(): void {
    if (this.#running) return
    this.#kicked = false
    this.#running = true
    try {
      this.#drain()
    } finally {
      this.#running = false
    }
  }

  /** Turns the clock forward by `ms`, through every deadline on the way. */
  advance(ms: number): void {
    const until = this.#nowMs + ms
    this.run()
    for (let steps = 0; this.timers.nextAt <= until; steps++) {
      if (steps === STEPS_MAX) throw new Error('the timers never come to rest')
      this.#nowMs = Math.max(this.#nowMs, this.timers.nextAt)
      this.timers.fire(this.#nowMs)
      this.run()
    }
    this.#nowMs = until
  }

  /** Turns the clock until no deadline is left, or for `atMostMs`; says how long that took. */
  exhaust(atMostMs: number): number {
    const started = this.#nowMs
    while (this.timers.nextAt !== Infinity && this.timers.nextAt - started <= atMostMs) {
      this.advance(Math.max(0, this.timers.nextAt - this.#nowMs))
    }
    return this.#nowMs - started
  }

  /** Resolves when no answer is out any more and all that follows is done. */
  async settled(): Promise<void> {
    this.run()
    for (let turn = 0; turn < SETTLE_TURNS_MAX; turn++) {
      await new Promise((resolve) => setImmediate(resolve))
      this.run()
      if (this.#answersOut === 0 && turn > 0) return
    }
  }

  /** A test's own end of a stream to `to`. */
  peer(to: Address, options: SimConnect = {}): SimPeer {
    const from = options.from ?? { ip: '192.0.2.1', port: this.#freshPort() }
    const [near, far] = this.#pipe(nameless, to)
    const peer = new SimPeer(near, from, to, () => this.run())
    this.#arrive(far, from, to)
    if (options.tls !== undefined) peer.secure(options.tls)
    this.run()
    return peer
  }

  /** A test's own listener: what it gives fills with the test's ends of the streams that come. */
  peersAt(at: Address): readonly SimPeer[] {
    const peers: SimPeer[] = []
    this.#listeners.set(key('tcp', at), {
      identity: nameless,
      arrived: (wire, from, to) => void peers.push(new SimPeer(wire, to, from, () => this.run())),
      stop() {},
    })
    return peers
  }

  /** A test's own datagram socket. */
  datagramPeer(at: Address = { ip: '192.0.2.1', port: this.#freshPort() }): SimDatagramPeer {
    const peer = new SimDatagramPeer(at, (packet, from, to) => {
      this.#carry(packet, from, to)
      this.run()
    })
    this.#receivers.set(key('udp', at), (packet, from) => peer.received.push({ packet, from }))
    return peer
  }

  async listenStream(listen: StreamListen, options: ListenOptions, gatekeeper: Gatekeeper): Promise<Bound | Failure> {
    const local = this.#bind('tcp', options.at)
    if (isFailure(local)) return local
    const door = new StreamDoor(this, compose(this), this.#streamsPerListener, listen, options, gatekeeper)
    const { known } = options
    this.#listeners.set(key('tcp', local), {
      identity: (serverName) => gatekeeper.identity(known ?? local, serverName),
      arrived: (wire, from, to) => door.arrived(wire, from, known ?? to),
      stop: () => door.stop(),
    })
    return {
      local,
      shut: () => {
        this.#listeners.delete(key('tcp', local))
        door.shut()
      },
      close: async () => {
        this.#listeners.delete(key('tcp', local))
        door.stop()
        this.run()
      },
    }
  }

  async listenDatagram(
    listen: DatagramListen,
    options: ListenOptions,
    gatekeeper: Gatekeeper,
  ): Promise<Bound | Failure> {
    const local = this.#bind('udp', options.at)
    if (isFailure(local)) return local
    const known = options.known ?? local
    const runner = new DatagramRunner(this, listen, options, known, gatekeeper, (packet, to) =>
      this.#carry(packet, local, to.address),
    )
    this.#datagrams.add(runner)
    this.#receivers.set(key('udp', local), (packet, from) => runner.received(packet, from.ip, from.port))
    const shut = () => {
      this.#receivers.delete(key('udp', local))
      this.#datagrams.delete(runner)
      runner.stop()
      options.gone?.()
    }
    return { local, shut, close: async () => shut() }
  }

  serviceIo(service: string, from: readonly string[], gatekeeper: Gatekeeper, woke: (timer: string) => void): Io {
    const io = new ServiceIo(this, { service, gatekeeper, flow: undefined, from }, woke)
    this.#services.add(io)
    return io
  }

  connect(owner: Owner, to: Address, dial: (io: StreamIo) => StreamMachine, options: ConnectOptions = {}): void {
    const from = { ip: sourceFor(owner, to), port: options.fromPort ?? this.#freshPort() }
    agreedDial(owner, { from: from.ip, to }, options.agreed, (over) => this.#dial(owner, from, to, dial, over))
  }

  listen(owner: Owner, listen: Listen, gone: () => void): Promise<Bound | Failure> {
    const options = {
      at: { ip: furtherAddress(owner, listen) ?? '0.0.0.0', port: listen.port },
      service: owner.service,
      gone,
    }
    const { gatekeeper } = owner
    if (listen.transport === 'udp') return this.listenDatagram(listen, options, gatekeeper)
    return agreedPort(owner, listen, this.listenStream(listen, options, gatekeeper))
  }

  async stop(): Promise<void> {
    for (const service of this.#services) service.stop()
    for (const listener of this.#listeners.values()) listener.stop()
    for (const runner of this.#runners) runner.stop()
    for (const runner of this.#datagrams) runner.stop()
    this.#listeners.clear()
    this.#receivers.clear()
    this.run()
  }

  #dial(owner: Owner, from: Address, to: Address, dial: (io: StreamIo) => StreamMachine, over: () => void): void {
    const flow = dialedFlow(this, owner, from, to)
    const verdict = owner.gatekeeper.opened(flow)
    const answers = verdict === 'allow' && this.#find(this.#listeners, 'tcp', to) !== undefined
    const [near, far] = this.#pipe((serverName) => owner.gatekeeper.identity(from, serverName), to)
    const gone = (ended: StreamRunner) => {
      this.#runners.delete(ended)
      over()
    }
    const runner = outboundRunner(this, answers ? compose(this) : uncomposed, owner, near, flow, dial, gone)
    this.#runners.add(runner)
    if (verdict === 'drop') return void runner.failIn(CONNECT_MAX_MS, 'ETIMEDOUT')
    if (!answers) return runner.fail('ECONNREFUSED')
    this.#arrive(far, from, to)
    runner.open(false)
  }

  #drain(): void {
    for (let at = 0; at < this.#queue.length; at++) {
      if (at === STEPS_MAX) throw new Error('the simulation never comes to rest')
      this.#queue[at]!()
    }
    this.#queue = []
  }

  #pipe(near: IdentityFor, to: Address): [SimWire, SimWire] {
    const options = {
      chunkMaxBytes: () => this.chunkMaxBytes,
      soon: (run: () => void) => this.soon(run),
      random: (size: number) => this.#random.bytes(size),
    }
    return pipe(options, near, this.#find(this.#listeners, 'tcp', to)?.identity ?? nameless)
  }

  #arrive(far: SimWire, from: Address, to: Address): void {
    const listener = this.#find(this.#listeners, 'tcp', to)
    if (listener === undefined) far.refuse()
    else listener.arrived(far, from, to)
  }

  #carry(packet: Uint8Array, from: Address, to: Address): void {
    const copy = new Uint8Array(packet)
    this.soon(() => this.#find(this.#receivers, 'udp', to)?.(copy, from))
  }

  #find<T>(among: Map<string, T>, transport: Transport, to: Address): T | undefined {
    const everywhere = { ip: to.ip.includes(':') ? '::' : '0.0.0.0', port: to.port }
    return among.get(key(transport, to)) ?? among.get(key(transport, everywhere))
  }

  #bind(transport: Transport, at: Address): Address | Failure {
    const local = at.port === 0 ? { ip: at.ip, port: this.#freshPort() } : at
    const taken = transport === 'tcp' ? this.#listeners : this.#receivers
    return taken.has(key(transport, local)) ? failure('EADDRINUSE', `${formatAddress(local)} is taken`) : local
  }

  #freshPort(): number {
    this.#lastPort = this.#lastPort >= 65_535 ? DYNAMIC_FROM : this.#lastPort + 1
    return this.#lastPort
  }
}

function key(transport: Transport, address: Address): string {
  return `${transport} ${formatAddress(address)}`
}

/** The identity of a test's own ends: none, so that they are no TLS servers. */
function nameless(): undefined {}

function sourceFor(owner: Owner, to: Address): string {
  const six = to.ip.includes(':')
  return owner.from.find((ip) => ip.includes(':') === six) ?? (six ? '2001:db8::1' : '192.0.2.1')
}
