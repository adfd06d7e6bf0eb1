// The plane on real sockets: node:net, node:tls and node:dgram below, the shared runners above. With no
// layer on a flow nothing lies between its socket and its machine.

import { randomFillSync } from 'node:crypto'
import { createServer, type Server, type Socket } from 'node:net'
import { familyOf, formatAddress, unmapped, type Address, type Transport } from '../core/address.ts'
import { agreedDial, agreedPort } from '../core/agreed.ts'
import { plainClock, type WallClock } from '../core/clock.ts'
import { DatagramRunner } from '../core/datagram-runner.ts'
import { furtherAddress, type Engine, type Owner } from '../core/engine.ts'
import { failureFrom, isFailure, type Failure } from '../core/failure.ts'
import type { Flow } from '../core/flow.ts'
import type { ConnectOptions, DatagramListen, Io, Listen, StreamIo, StreamListen, StreamMachine } from '../core/io.ts'
import { layered } from '../core/layered-wire.ts'
import { CONNECT_MAX_MS, STREAMS_PER_LISTENER } from '../core/limits.ts'
import type { Bound, Gatekeeper, ListenOptions, Plane } from '../core/plane.ts'
import { ServiceIo } from '../core/service-io.ts'
import { dialedFlow, outboundRunner, StreamDoor, uncomposed, type Compose } from '../core/stream-door.ts'
import type { StreamRunner } from '../core/stream-runner.ts'
import { deadWire, type Wire } from '../core/stream-wire.ts'
import type { TimerHeap } from '../core/timer-heap.ts'
import { openAnyPort, type AnyPort, type AnyPortOptions } from './any-port.ts'
import { call, HUNG_UP } from './call.ts'
import { HostClock } from './clock.ts'
import { DatagramSocket, type BatchReader } from './datagram-socket.ts'
import { machineMs } from './machine-time.ts'
import { RoutedDatagrams } from './routed-datagrams.ts'
import { SecurableWire, SocketWire } from './socket-wire.ts'
import { systemCalls } from './system-calls.ts'

export interface HostOptions {
  /** The world's wall clock. Default: the machine's. */
  readonly wallClock?: WallClock
  /**
   * Whether datagrams may be read many at a time through koffi (Linux). `auto`, the default: once a
   * socket is busy and if koffi loads. `true`: from the start.
   */
  readonly batchedDatagrams?: boolean | 'auto'
  readonly streamsPerListener?: number
  /** Monotonic milliseconds, for tests that skip time. Default: `performance.now`. */
  readonly clock?: () => number
  /** Where on this machine an address of the world stands, for streams that are opened from here. Default: there. */
  readonly route?: (to: Address, transport: Transport) => Address
  /** The address of the world that a datagram's sender on this machine stands for: `route` backwards. Default: its own. */
  readonly origin?: (from: Address) => Address
  /** Where on this machine a stream may come from that is to come from a port of the world, best first. Default: from there. */
  readonly sources?: (from: Address) => readonly Address[]
  /**
   * What is opened from here reaches what this plane listens on, and nobody else on this machine, unless it was agreed on.
   * Default: whoever there is.
   */
  readonly ownListenersOnly?: boolean
  /** Addresses at which others of this machine may be reached all the same. */
  readonly othersAt?: ReadonlySet<string>
}

/** A stream that is being opened from here. */
interface Call {
  readonly owner: Owner
  readonly to: Address
  readonly dial: (io: StreamIo) => StreamMachine
  readonly source: string | undefined
  readonly fromPort: number | undefined
  readonly isAgreed: boolean
  /** Heard once it is over. */
  readonly over: () => void
}

/** Connects that wait to be accepted. Linux caps it at net.core.somaxconn, 4,096 by default. */
const ACCEPT_BACKLOG = 4096
/** Randomness is drawn from the system in blocks of this size: one system call for many small numbers. */
const RANDOM_BLOCK_BYTES = 4096

export class HostPlane implements Plane, Engine {
  readonly now: () => number
  readonly timers: TimerHeap
  readonly clock: WallClock
  readonly #clock: HostClock
  readonly #options: HostOptions
  readonly #bound = new Set<Bound>()
  /** Where, as `placeOf` writes it. */
  readonly #listening = new Set<string>()
  readonly #runners = new Set<StreamRunner>()
  /** Hang up what nobody has answered yet. */
  readonly #calls = new Set<() => void>()
  readonly #services = new Set<ServiceIo>()
  #chance = new Uint8Array(0)
  #chanceUsed = 0
  #stopped = false

  constructor(options: HostOptions = {}) {
    this.#options = options
    this.now = options.clock ?? monotonic
    this.clock = options.wallClock ?? plainClock
    this.#clock = new HostClock(this.now)
    this.timers = this.#clock.timers
  }

  wallMs(): number {
    return this.clock.worldMs(machineMs())
  }

  random(size: number): Uint8Array {
    if (size > RANDOM_BLOCK_BYTES) return randomFillSync(new Uint8Array(size))
    if (this.#chanceUsed + size > this.#chance.length) {
      this.#chance = randomFillSync(new Uint8Array(RANDOM_BLOCK_BYTES))
      this.#chanceUsed = 0
    }
    const from = this.#chanceUsed
    this.#chanceUsed += size
    return this.#chance.slice(from, from + size)
  }

  soon(run: () => void): void {
    setImmediate(run)
  }

  asking(): void {}

  async listenStream(listen: StreamListen, options: ListenOptions, gatekeeper: Gatekeeper): Promise<Bound | Failure> {
    const maxStreams = this.#options.streamsPerListener ?? STREAMS_PER_LISTENER
    const compose: Compose = (owner, wire) => this.#compose(owner, wire)
    const gone = () => {
      this.#bound.delete(bound)
      options.gone?.()
    }
    const door = new StreamDoor(this, compose, maxStreams, listen, { ...options, gone }, gatekeeper)
    const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) =>
      arrived(door, socket, options.known),
    )
    const local = await listening(server, options.at)
    if (isFailure(local)) return local
    const place = placeOf(local, 'tcp')
    const bound: Bound = {
      local,
      shut: () => {
        this.#listening.delete(place)
        server.close()
        door.shut()
      },
      close: async () => {
        this.#bound.delete(bound)
        this.#listening.delete(place)
        const closed = new Promise<void>((resolve) => server.close(() => resolve()))
        door.stop()
        await closed
      },
    }
    this.#bound.add(bound)
    this.#listening.add(place)
    return bound
  }

  async listenDatagram(
    listen: DatagramListen,
    options: ListenOptions,
    gatekeeper: Gatekeeper,
  ): Promise<Bound | Failure> {
    const batched = this.#options.batchedDatagrams ?? 'auto'
    const socket = await DatagramSocket.bind(options.at, batched === false ? undefined : quicken)
    if (isFailure(socket)) return socket
    const known = options.known ?? socket.local
    const reaches = (at: Address) => this.#reaches(at, 'udp')
    const carrier = listen.port === 0 ? new RoutedDatagrams(socket, { ...this.#options, reaches }) : socket
    const runner = new DatagramRunner(
      this,
      listen,
      options,
      known,
      gatekeeper,
      (packet, peer) => carrier.send(packet, peer),
      (packet, peer, stamps, stamper) => carrier.sendStamped(packet, peer, stamps, stamper),
    )
    if (listen.stamped === true || batched === true) await this.#quicken(socket, listen)
    carrier.start(runner)
    const place = placeOf(socket.local, 'udp')
    this.#listening.add(place)
    return this.#keep(socket.local, async () => {
      this.#listening.delete(place)
      runner.stop()
      options.gone?.()
      await socket.close()
    })
  }

  /** Serves every port of every address that nobody else listens on (Linux, as root of the network namespace). */
  async listenAnyPort(options: Omit<AnyPortOptions, 'compose'>): Promise<AnyPort | Failure> {
    const compose = (owner: Owner, wire: Wire) => this.#compose(owner, wire)
    const anyPort = await openAnyPort(this, { ...options, compose })
    if (!isFailure(anyPort)) this.#keep({ ip: '::', port: options.tcpPort }, () => anyPort.close())
    return anyPort
  }

  serviceIo(service: string, from: readonly string[], gatekeeper: Gatekeeper, woke: (timer: string) => void): Io {
    const io = new ServiceIo(this, { service, gatekeeper, flow: undefined, from }, woke)
    this.#services.add(io)
    return io
  }

  connect(owner: Owner, to: Address, dial: (io: StreamIo) => StreamMachine, options: ConnectOptions = {}): void {
    const source = owner.from.find((ip) => familyOf(ip) === familyOf(to.ip))
    const { fromPort, agreed } = options
    agreedDial(owner, { from: source ?? '', to }, agreed, (over) =>
      this.#call({ owner, to, dial, source, fromPort, isAgreed: agreed !== undefined, over }),
    )
  }

  listen(owner: Owner, listen: Listen, gone: () => void): Promise<Bound | Failure> {
    const options = {
      at: { ip: furtherAddress(owner, listen) ?? '127.0.0.1', port: listen.port },
      service: owner.service,
      gone,
    }
    const { gatekeeper } = owner
    if (listen.transport === 'udp') return this.listenDatagram(listen, options, gatekeeper)
    // A port that a conversation asked for takes files, most often.
    if (listen.agreed !== undefined) systemCalls()
    return agreedPort(owner, listen, this.listenStream(listen, options, gatekeeper))
  }

  async stop(): Promise<void> {
    this.#stopped = true
    for (const service of this.#services) service.stop()
    for (const hangUp of this.#calls) hangUp()
    for (const runner of this.#runners) runner.stop()
    await Promise.all([...this.#bound].map((bound) => bound.close()))
    this.#clock.stop()
  }

  #call(asked: Call): void {
    const { owner, to, source } = asked
    const from = { ip: source ?? '', port: 0 }
    const flow = dialedFlow(this, owner, from, to)
    const verdict = owner.gatekeeper.opened(flow)
    if (verdict !== 'allow') return this.#refused(asked, flow, verdict)
    if (this.#stopped) return this.#unanswered(asked, flow, HUNG_UP)
    const at = this.#options.route?.(to, 'tcp') ?? to
    if (!asked.isAgreed && !this.#reaches(at, 'tcp')) return this.#unanswered(asked, flow, 'ECONNREFUSED')
    const caller = { ip: source, ports: this.#portsToCallFrom(asked) }
    const hangUp = call(this, at, caller, (result) => {
      this.#calls.delete(hangUp)
      if (isFailure(result)) return this.#unanswered(asked, flow, result.code)
      from.ip = unmapped(result.localAddress ?? from.ip)
      from.port = result.localPort ?? 0
      this.#outbound(asked, new SocketWire(result), flow).open(false)
    })
    this.#calls.add(hangUp)
  }

  /** A world's start does not pay for koffi, unless that was asked for; who opens a port later does. */
  async #quicken(socket: DatagramSocket, { port, stamped = false }: DatagramListen): Promise<void> {
    if (port === 0 || this.#options.batchedDatagrams === true) await socket.quicken(stamped)
    else socket.quickenSoon()
  }

  #reaches(at: Address, transport: Transport): boolean {
    const { ownListenersOnly, othersAt } = this.#options
    return ownListenersOnly !== true || this.#listening.has(placeOf(at, transport)) || othersAt?.has(at.ip) === true
  }

  #portsToCallFrom({ source = '', fromPort }: Call): readonly number[] {
    if (fromPort === undefined) return []
    const from = { ip: source, port: fromPort }
    const sources = this.#options.sources?.(from) ?? [from]
    return sources.map(({ port }) => port).filter((port) => port !== 0)
  }

  #refused(asked: Call, flow: Flow, verdict: 'reject' | 'drop'): void {
    const runner = this.#outbound(asked, deadWire(), flow, uncomposed)
    if (verdict === 'drop') runner.failIn(CONNECT_MAX_MS, 'ETIMEDOUT')
    else runner.fail('ECONNREFUSED')
  }

  #unanswered(asked: Call, flow: Flow, code: string): void {
    const runner = this.#outbound(asked, deadWire(), flow, uncomposed)
    if (code === HUNG_UP) runner.stop()
    else runner.fail(code)
  }

  #outbound(
    { owner, dial, over }: Call,
    wire: Wire,
    flow: Flow,
    compose: Compose = (of, bare) => this.#compose(of, bare),
  ): StreamRunner {
    const runner = outboundRunner(this, compose, owner, wire, flow, dial, (ended) => {
      this.#runners.delete(ended)
      over()
    })
    this.#runners.add(runner)
    return runner
  }

  #compose(owner: Owner, bare: Wire): Wire {
    if (bare instanceof SocketWire) bare.owner = owner
    if (owner.gatekeeper.layers.length === 0) return bare
    const wire = layered(this, owner, bare, 'wire')
    return layered(this, owner, wire === bare ? bare : new SecurableWire(wire, owner), 'plain')
  }

  #keep(local: Address, close: () => Promise<void>): Bound {
    const bound: Bound = {
      local,
      shut: () => void bound.close(),
      close: async () => {
        this.#bound.delete(bound)
        await close()
      },
    }
    this.#bound.add(bound)
    return bound
  }
}

function placeOf(at: Address, transport: Transport): string {
  return `${transport} ${formatAddress(at)}`
}

function monotonic(): number {
  return performance.now()
}

function arrived(door: StreamDoor, socket: Socket, known: Address | undefined): void {
  const { remoteAddress, remotePort, localAddress, localPort } = socket
  if (remoteAddress === undefined || localAddress === undefined) return void socket.destroy()
  const from = { ip: unmapped(remoteAddress), port: remotePort ?? 0 }
  door.arrived(new SocketWire(socket), from, known ?? { ip: unmapped(localAddress), port: localPort ?? 0 })
}

function listening(server: Server, at: Address): Promise<Address | Failure> {
  return new Promise((resolve) => {
    server.once('error', (error) => resolve(failureFrom(error)))
    server.listen({ host: at.ip, port: at.port, backlog: ACCEPT_BACKLOG, exclusive: true }, () => {
      server.removeAllListeners('error')
      server.on('error', () => {})
      const bound = server.address()
      resolve({ ip: at.ip, port: bound !== null && typeof bound === 'object' ? bound.port : at.port })
    })
  })
}

async function quicken(local: Address, stamped: boolean): Promise<BatchReader | undefined> {
  const { batchReader } = await import('./datagram-batched.ts')
  return batchReader(local, stamped)
}
