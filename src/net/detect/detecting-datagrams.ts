// Datagrams for ports that several services share: the first that knows the bytes, else the sink. One machine of each service is made when it is first needed.

import { formatAddress, type Address } from '../../core/address.ts'
import type { Event } from '../../core/event.ts'
import type { Failure } from '../../core/failure.ts'
import type {
  ConnectOptions,
  DatagramIo,
  DatagramMachine,
  DepartureStamps,
  FurtherPort,
  Listen,
  StreamIo,
  StreamMachine,
} from '../../core/io.ts'
import { CHOSE, choose, type Candidates, type Recognizer } from './choice.ts'
import { HEAD_MAX_BYTES, PEERS_MAX } from './limits.ts'

export interface DatagramEntry extends Recognizer {
  open(io: DatagramIo): DatagramMachine
}

/** A peer stays with the service that its first datagram chose, unless a later one is surely another's. */
export function detectingDatagrams(io: DatagramIo, options: Candidates<DatagramEntry>): DatagramMachine {
  return new DetectingDatagrams(io, options)
}

class DetectingDatagrams implements DatagramMachine {
  readonly #io: DatagramIo
  readonly #options: Candidates<DatagramEntry>
  readonly #machines = new Map<DatagramEntry, DatagramMachine>()
  readonly #peers = new Map<string, DatagramEntry>()

  constructor(io: DatagramIo, options: Candidates<DatagramEntry>) {
    this.#io = io
    this.#options = options
  }

  received(packet: Uint8Array, from: Address): void {
    const entry = this.#entryFor(packet, from)
    this.#machineOf(entry).received(packet, from)
  }

  woke(timer: string): void {
    const end = timer.indexOf(SEPARATOR)
    const service = timer.slice(0, end)
    for (const [entry, machine] of this.#machines) {
      if (entry.service === service) machine.woke?.(timer.slice(end + 1))
    }
  }

  stopped(): void {
    for (const machine of this.#machines.values()) machine.stopped?.()
  }

  #entryFor(packet: Uint8Array, from: Address): DatagramEntry {
    const key = formatAddress(from)
    const choice = choose(this.#options.entries, packet.subarray(0, HEAD_MAX_BYTES), true)
    const before = this.#peers.get(key)
    const entry = choice === 'nobody' || choice === 'undecided' ? (before ?? this.#options.sink) : choice
    if (entry !== before) this.#tell(entry.service)
    this.#remember(key, entry)
    return entry
  }

  #remember(key: string, entry: DatagramEntry): void {
    this.#peers.delete(key)
    this.#peers.set(key, entry)
    if (this.#peers.size <= PEERS_MAX) return
    const [oldest] = this.#peers.keys()
    if (oldest !== undefined) this.#peers.delete(oldest)
  }

  #machineOf(entry: DatagramEntry): DatagramMachine {
    const known = this.#machines.get(entry)
    if (known !== undefined) return known
    const machine = entry.open(new SharedIo(this.#io, entry.service))
    this.#machines.set(entry, machine)
    return machine
  }

  #tell(service: string): void {
    const why = service === this.#options.sink.service ? 'since nobody recognises its bytes' : 'by its bytes'
    this.#io.emit({ kind: CHOSE, summary: `${service}, ${why}`, detail: { service } })
  }
}

const SEPARATOR = '/'

/** One socket's io as several machines share it: each has timers of its own. */
class SharedIo implements DatagramIo {
  readonly #io: DatagramIo
  readonly #owner: string

  constructor(io: DatagramIo, owner: string) {
    this.#io = io
    this.#owner = owner
  }

  get now(): number {
    return this.#io.now
  }

  get wallMs(): number {
    return this.#io.wallMs
  }

  get local(): Address {
    return this.#io.local
  }

  get arrivedMs(): number {
    return this.#io.arrivedMs
  }

  wakeAt(timer: string, atMs: number): void {
    this.#io.wakeAt(`${this.#owner}${SEPARATOR}${timer}`, atMs)
  }

  wakeAtWall(timer: string, wallMs: number): void {
    this.#io.wakeAtWall(`${this.#owner}${SEPARATOR}${timer}`, wallMs)
  }

  cancel(timer: string): void {
    this.#io.cancel(`${this.#owner}${SEPARATOR}${timer}`)
  }

  connect(to: Address, dial: (io: StreamIo) => StreamMachine, options?: ConnectOptions): void {
    this.#io.connect(to, dial, options)
  }

  listen(listen: Listen, bound: (result: FurtherPort | Failure) => void): void {
    this.#io.listen(listen, bound)
  }

  ask<T>(answer: T | Promise<T>, then: (value: T) => void): void {
    this.#io.ask(answer, then)
  }

  holdFor<T>(answer: Promise<T>, then: (value: T) => void): void {
    this.#io.holdFor(answer, then)
  }

  random(size: number): Uint8Array {
    return this.#io.random(size)
  }

  emit(event: Event): void {
    this.#io.emit(event)
  }

  send(packet: Uint8Array, to: Address): void {
    this.#io.send(packet, to)
  }

  sendStamped(packet: Uint8Array, to: Address, stamps: DepartureStamps): void {
    this.#io.sendStamped(packet, to, stamps)
  }
}
