// Runs one DatagramMachine over one datagram socket, and keeps the flows that its peers make: one for
// each peer address and port, bounded in number and ended by silence. No socket, no clock of its own.

import type { Address } from './address.ts'
import type { Event } from './event.ts'
import { MachineIo, type Engine } from './engine.ts'
import type { Flow, Verdict } from './flow.ts'
import type { DatagramIo, DatagramListen, DatagramMachine, DepartureStamps } from './io.ts'
import type { DatagramLayer } from './layer.ts'
import { FlowLink } from './layered-wire.ts'
import { DATAGRAM_FLOW_IDLE_MS, DATAGRAM_FLOWS_MAX, DATAGRAMS_HELD_MAX } from './limits.ts'
import type { Gatekeeper, ListenOptions } from './plane.ts'
import { Deadline } from './timer-heap.ts'

/** Flows looked at to find a quiet one to give up, so that a packet from a new peer costs the same in a full table. */
const EVICTION_LOOKS = 8

/** What carries datagrams. `packet` is a view that the carrier copies or sends before it returns. */
export type SendDatagram = (packet: Uint8Array, to: DatagramPeer) => void

/** The same for packets that bear their time of leaving: it calls `leaving` right before, and `left` of `stamper` after. */
export type SendStamped = (packet: Uint8Array, to: DatagramPeer, stamps: DepartureStamps, stamper: Stamper) => void

/** Tells who sent a packet of its leaving: times of the machine's clock, milliseconds since 1970-01-01T00:00Z. */
export interface Stamper {
  leaving(stamps: DepartureStamps, packet: Uint8Array, machineMs: number): void
  left(stamps: DepartureStamps, machineMs: number): void
}

/** One peer of one socket. */
export interface DatagramPeer {
  readonly address: Address
  readonly flow: Flow
  readonly verdict: Verdict
  readonly link: FlowLink | undefined
  readonly inbound: (packet: Uint8Array) => void
  readonly outbound: (packet: Uint8Array) => void
  readonly layers: readonly DatagramLayer[]
  received: number
  sent: number
  heardMs: number
  /** Whether the flow is over; the next packet makes another. */
  gone: boolean
  /** The address in the carrier's own form, if it keeps one. */
  sockaddr: Uint8Array | undefined
}

/** A packet that its machine does not want yet. */
interface Held {
  readonly peer: DatagramPeer
  readonly packet: Uint8Array
  /** By the world's clock. */
  readonly arrivedMs: number
}

export class DatagramRunner extends MachineIo implements DatagramIo, Stamper {
  readonly local: Address
  readonly #send: SendDatagram
  readonly #sendStamped: SendStamped | undefined
  readonly #gatekeeper: Gatekeeper
  readonly #peers = new Map<string, Map<number, DatagramPeer>>()
  readonly #order = new Set<DatagramPeer>()
  readonly #sweep: Deadline
  #machine: DatagramMachine | undefined
  #current: DatagramPeer | undefined
  #stopped = false
  /** By the world's clock; NaN: not asked for yet. */
  #arrivedMs = NaN
  /** Undefined: they are handed over as they come. */
  #held: Held[] | undefined

  constructor(
    engine: Engine,
    listen: DatagramListen,
    options: ListenOptions,
    local: Address,
    gatekeeper: Gatekeeper,
    send: SendDatagram,
    sendStamped?: SendStamped,
  ) {
    super(engine, { service: options.service, gatekeeper, flow: undefined, from: [local.ip] })
    this.local = local
    this.#gatekeeper = gatekeeper
    this.#send = send
    this.#sendStamped = sendStamped
    this.#sweep = new Deadline(() => this.#endIdle())
    this.enqueue(() => {
      this.#machine = listen.open(this)
    })
  }

  /** A packet has come. `packet` is read before this returns. `machineMs`: when, by the machine's clock, if that is known (not NaN). */
  received(packet: Uint8Array, ip: string, port: number, machineMs = NaN): void {
    this.receivedFrom(this.peerOf(ip, port), packet, machineMs)
  }

  /** The same, for carriers that keep the peer themselves. */
  receivedFrom(peer: DatagramPeer, packet: Uint8Array, machineMs = NaN): void {
    if (this.#stopped) return
    this.begin()
    this.#arrivedMs = Number.isNaN(machineMs) ? NaN : this.engine.clock.worldMs(machineMs)
    peer.heardMs = this.now
    peer.received += packet.length
    if (peer.verdict === 'allow') {
      if (peer.layers.length === 0) this.#hand(peer, packet)
      else peer.inbound(new Uint8Array(packet))
    }
    this.busy = false
    if (this.queued.length > 0) this.turn()
  }

  /** The peer at an address, known from now on. */
  peerOf(ip: string, port: number): DatagramPeer {
    return this.#peerAt(ip, port, false)
  }

  #peerAt(ip: string, port: number, dialed: boolean): DatagramPeer {
    let ports = this.#peers.get(ip)
    if (ports === undefined) this.#peers.set(ip, (ports = new Map()))
    const known = ports.get(port)
    if (known !== undefined) return known
    const peer = this.#add({ ip, port }, dialed)
    if (!this.#peers.has(ip)) this.#peers.set(ip, ports)
    ports.set(port, peer)
    return peer
  }

  send(packet: Uint8Array, to: Address): void {
    if (this.#stopped) return
    const peer = this.#peerTo(to)
    if (!mayAnswer(peer)) return
    if (peer.layers.length === 0) this.#leave(peer, packet)
    else peer.outbound(new Uint8Array(packet))
  }

  get arrivedMs(): number {
    if (Number.isNaN(this.#arrivedMs)) this.#arrivedMs = this.engine.wallMs()
    return this.#arrivedMs
  }

  sendStamped(packet: Uint8Array, to: Address, stamps: DepartureStamps): void {
    if (this.#stopped) return
    const peer = this.#peerTo(to)
    if (!mayAnswer(peer)) return
    if (peer.layers.length > 0 || this.#sendStamped === undefined) return this.#sendByClock(packet, peer, stamps)
    peer.sent += packet.length
    this.#sendStamped(packet, peer, stamps, this)
  }

  holdFor<T>(answer: Promise<T>, then: (value: T) => void): void {
    this.#held ??= []
    this.ask(answer, (value) => {
      then(value)
      this.#handHeld()
    })
  }

  leaving(stamps: DepartureStamps, packet: Uint8Array, machineMs: number): void {
    this.#guarded(() => stamps.leaving(packet, this.engine.clock.worldMs(machineMs)))
  }

  left(stamps: DepartureStamps, machineMs: number): void {
    if (stamps.left === undefined) return
    const wallMs = this.engine.clock.worldMs(machineMs)
    this.enqueue(() => stamps.left?.(wallMs))
  }

  override emit(event: Event, about?: Address): void {
    const peer = about === undefined ? this.#current : this.#peers.get(about.ip)?.get(about.port)
    this.#gatekeeper.event(peer?.flow, this.owner.service, event)
  }

  stop(): void {
    if (this.#stopped) return
    this.#stopped = true
    this.engine.timers.remove(this.#sweep)
    this.release()
    this.begin()
    this.#guarded(() => this.#machine?.stopped?.())
    this.busy = false
    for (const peer of this.#order) this.#end(peer, 'stopped')
  }

  protected override wake(timer: string): void {
    this.enqueue(() => this.#machine?.woke?.(timer))
  }

  protected override broken(thrown: unknown): void {
    this.reportBroken(thrown)
  }

  protected override turn(): void {
    if (this.#stopped) return
    this.begin()
    for (let call = this.queued.shift(); call !== undefined; call = this.queued.shift()) this.#guarded(call)
    this.busy = false
  }

  #guarded(call: () => void): void {
    try {
      call()
    } catch (thrown) {
      this.broken(thrown)
    }
  }

  #hand(peer: DatagramPeer, packet: Uint8Array): void {
    if (this.#held === undefined) {
      this.#current = peer
      try {
        this.#machine?.received(packet, peer.address)
      } catch (thrown) {
        this.broken(thrown)
      }
      this.#current = undefined
    }
    if (this.#held !== undefined && this.#held.length < DATAGRAMS_HELD_MAX) {
      this.#held.push({ peer, packet: new Uint8Array(packet), arrivedMs: this.arrivedMs })
    }
  }

  #handHeld(): void {
    const held = this.#held ?? []
    this.#held = undefined
    for (const { peer, packet, arrivedMs } of held) {
      this.#arrivedMs = arrivedMs
      this.#hand(peer, packet)
    }
  }

  #peerTo(to: Address): DatagramPeer {
    const current = this.#current
    return current !== undefined && current.address === to ? current : this.#peerAt(to.ip, to.port, true)
  }

  /** It has left when the layers have it: what they hold it back for is the time that its way takes. */
  #sendByClock(packet: Uint8Array, peer: DatagramPeer, stamps: DepartureStamps): void {
    const wallMs = this.engine.wallMs()
    const copy = new Uint8Array(packet)
    stamps.leaving(copy, wallMs)
    if (peer.layers.length === 0) this.#leave(peer, copy)
    else peer.outbound(copy)
    if (stamps.left !== undefined) this.enqueue(() => stamps.left?.(wallMs))
  }

  #leave(peer: DatagramPeer, packet: Uint8Array): void {
    peer.sent += packet.length
    this.#send(packet, peer)
  }

  #add(address: Address, dialed: boolean): DatagramPeer {
    if (this.#order.size >= DATAGRAM_FLOWS_MAX) this.#makeRoom()
    const { service } = this.owner
    const flow: Flow = {
      id: this.#gatekeeper.nextFlowId(),
      transport: 'udp',
      ...(dialed ? { from: this.local, to: address, dialed } : { from: address, to: this.local }),
      service,
      openedMs: Math.floor(this.engine.wallMs()),
    }
    const verdict = this.#gatekeeper.opened(flow)
    const peer = this.#peer(address, flow, verdict)
    this.#order.add(peer)
    if (this.#sweep.atMs === Infinity) this.#sweepIn(DATAGRAM_FLOW_IDLE_MS)
    return peer
  }

  #peer(address: Address, flow: Flow, verdict: Verdict): DatagramPeer {
    const wanted = verdict === 'allow' && this.#gatekeeper.layers.length > 0
    const link = wanted
      ? new FlowLink(this.engine, { ...this.owner, flow }, flow, () => this.#end(peer, 'reset'))
      : undefined
    const layers = link === undefined ? [] : this.#layersFor(link)
    const peer: DatagramPeer = {
      address,
      flow,
      verdict,
      link,
      layers,
      inbound: (packet) => this.#through(peer, 'inbound', packet, 0),
      outbound: (packet) => this.#through(peer, 'outbound', packet, layers.length - 1),
      received: 0,
      sent: 0,
      heardMs: this.engine.now(),
      gone: false,
      sockaddr: undefined,
    }
    return peer
  }

  #layersFor(link: FlowLink): DatagramLayer[] {
    return this.#gatekeeper.layers.map((layer) => layer.datagram?.(link)).filter((layer) => layer !== undefined)
  }

  #through(peer: DatagramPeer, direction: 'inbound' | 'outbound', packet: Uint8Array, index: number): void {
    const layer = peer.layers[index]
    if (this.#stopped) return
    if (layer !== undefined) {
      const next = direction === 'inbound' ? index + 1 : index - 1
      return layer.packet(direction, packet, (passed) => this.#through(peer, direction, passed, next))
    }
    if (direction === 'outbound') return this.#leave(peer, packet)
    if (this.busy) return this.#hand(peer, packet)
    this.enqueue(() => {
      this.#arrivedMs = NaN
      this.#hand(peer, packet)
    })
  }

  #makeRoom(): void {
    let quietest: DatagramPeer | undefined
    let looked = 0
    for (const peer of this.#order) {
      if (quietest === undefined || peer.heardMs < quietest.heardMs) quietest = peer
      this.#order.delete(peer)
      this.#order.add(peer)
      if (++looked === EVICTION_LOOKS) break
    }
    if (quietest !== undefined) this.#end(quietest, 'evicted')
  }

  #endIdle(): void {
    const idleSince = this.engine.now() - DATAGRAM_FLOW_IDLE_MS
    let oldestMs = Infinity
    for (const peer of this.#order) {
      if (peer.heardMs <= idleSince) this.#end(peer, 'idle')
      else oldestMs = Math.min(oldestMs, peer.heardMs)
    }
    if (oldestMs !== Infinity) this.#sweepIn(Math.max(1000, oldestMs - idleSince))
  }

  #sweepIn(ms: number): void {
    this.engine.timers.set(this.#sweep, this.engine.now() + ms)
  }

  #end(peer: DatagramPeer, reason: string): void {
    if (!this.#order.delete(peer)) return
    peer.gone = true
    const ports = this.#peers.get(peer.address.ip)
    ports?.delete(peer.address.port)
    if (ports?.size === 0) this.#peers.delete(peer.address.ip)
    peer.link?.close()
    for (const layer of peer.layers) layer.closed?.()
    this.#gatekeeper.closed(peer.flow, peer.received, peer.sent, reason)
  }
}

/** Who sends from port 0 wants no answer, and there is nowhere to send one (RFC 768). */
function mayAnswer({ verdict, address }: DatagramPeer): boolean {
  return verdict === 'allow' && address.port !== 0
}
