// A datagram socket as the plane sees it, and the one over node:dgram. Where datagrams come thick, a
// faster reader can take over the same socket (datagram-batched.ts).

import { createSocket, type Socket } from 'node:dgram'
import { familyOf, unmapped, type Address } from '../core/address.ts'
import type { DatagramPeer, DatagramRunner, Stamper } from '../core/datagram-runner.ts'
import { failureFrom, type Failure } from '../core/failure.ts'
import type { DepartureStamps } from '../core/io.ts'
import { machineMs, sharpenMachineTime } from './machine-time.ts'

/** Room for a burst of some 5,000 queries of 200 bytes with the kernel's overhead. The kernel caps it at net.core.rmem_max. */
const RECEIVE_BUFFER_BYTES = 4_194_304

/** What a carrier needs of the runner above it. */
export type DatagramEvents = Pick<DatagramRunner, 'received' | 'receivedFrom' | 'peerOf'>

/** Reads and writes many datagrams with one system call, beside a `node:dgram` socket that wakes it. */
export interface BatchReader {
  /** Hands on the packet that node:dgram has just read, and takes what else has arrived. */
  take(events: DatagramEvents, packet: Uint8Array, ip: string, port: number): void
  /** Whether it took the packet. */
  send(packet: Uint8Array, peer: DatagramPeer): boolean
  sendStamped(packet: Uint8Array, peer: DatagramPeer, stamps: DepartureStamps, stamper: Stamper): boolean
  /** Reads nothing more. */
  close(): void
}

/** Says whether, and with what, to go on reading a socket. Called once for each socket. `stamped`: with the kernel's stamps. */
export type Quicken = (local: Address, stamped: boolean) => Promise<BatchReader | undefined>

/** A socket is busy that hears this many packets within a second: a tenth of what dgram can do. */
const BUSY_PACKETS_PER_SECOND = 8000

/** By then a world has started, and what loads meanwhile keeps nobody waiting. Ours. */
const STARTED_MS = 250

export class DatagramSocket {
  readonly local: Address
  readonly #socket: Socket
  readonly #quicken: Quicken | undefined
  #reader: BatchReader | undefined
  #counted = 0
  #countedSinceMs = 0
  #quickened = false
  #soon: NodeJS.Timeout | undefined
  #closed = false

  private constructor(socket: Socket, local: Address, quicken: Quicken | undefined) {
    this.#socket = socket
    this.local = local
    this.#quicken = quicken
  }

  static bind(at: Address, quicken: Quicken | undefined): Promise<DatagramSocket | Failure> {
    const socket = createSocket({
      type: familyOf(at.ip) === 6 ? 'udp6' : 'udp4',
      recvBufferSize: RECEIVE_BUFFER_BYTES,
      lookup: (host, _options, found) => found(null, host, familyOf(host)),
    })
    return new Promise((resolve) => {
      socket.once('error', (error) => {
        socket.close()
        resolve(failureFrom(error))
      })
      socket.bind({ address: at.ip, port: at.port, exclusive: true }, () => {
        socket.removeAllListeners('error')
        socket.on('error', () => {})
        const { address, port } = socket.address()
        resolve(new DatagramSocket(socket, { ip: address, port }, quicken))
      })
    })
  }

  /** Packets are told from the next turn of the event loop on. */
  start(events: DatagramEvents): void {
    this.#socket.on('message', (packet, { address, port }) => {
      if (this.#reader !== undefined) return this.#reader.take(events, packet, unmapped(address), port)
      if (this.#soon !== undefined) void this.quicken(true)
      events.received(packet, unmapped(address), port)
      this.#count()
    })
  }

  /** `packet` may be overwritten when this returns. */
  send(packet: Uint8Array, peer: DatagramPeer): void {
    if (this.#closed || this.#reader?.send(packet, peer) === true) return
    // A copy from Buffer's pool: a typed array of its own costs five times as much to make.
    this.#socket.send(Buffer.from(packet), peer.address.port, this.#reachable(peer.address.ip))
  }

  /** The same for one that bears its time of leaving. */
  sendStamped(packet: Uint8Array, peer: DatagramPeer, stamps: DepartureStamps, stamper: Stamper): void {
    if (this.#closed || this.#reader?.sendStamped(packet, peer, stamps, stamper) === true) return
    const copy = Buffer.from(packet)
    stamper.leaving(stamps, copy, machineMs())
    this.#socket.send(copy, peer.address.port, this.#reachable(peer.address.ip))
    stamper.left(stamps, machineMs())
  }

  /** Asks for one with the kernel's stamps once the first packet has come, or the world has started. */
  quickenSoon(): void {
    this.#soon = setTimeout(() => void this.quicken(true), STARTED_MS).unref()
  }

  /** Asks for a batched reader now, busy or not. */
  async quicken(stamped = false): Promise<boolean> {
    clearTimeout(this.#soon)
    this.#soon = undefined
    if (this.#quickened || this.#quicken === undefined) return this.#reader !== undefined
    this.#quickened = true
    if (stamped) await sharpenMachineTime()
    const reader = await this.#quicken(this.local, stamped)
    if (this.#closed) reader?.close()
    else this.#reader = reader
    return this.#reader !== undefined
  }

  close(): Promise<void> {
    if (this.#closed) return Promise.resolve()
    this.#closed = true
    clearTimeout(this.#soon)
    this.#reader?.close()
    this.#reader = undefined
    return new Promise((resolve) => this.#socket.close(() => resolve()))
  }

  #reachable(ip: string): string {
    return familyOf(this.local.ip) === 6 && familyOf(ip) === 4 ? `::ffff:${ip}` : ip
  }

  #count(): void {
    if (this.#quickened || this.#quicken === undefined || ++this.#counted < BUSY_PACKETS_PER_SECOND) return
    const nowMs = performance.now()
    const busy = nowMs - this.#countedSinceMs <= 1000
    this.#counted = 0
    this.#countedSinceMs = nowMs
    if (busy) void this.quicken()
  }
}
