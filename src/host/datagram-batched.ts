// Many datagrams with one system call, where Linux and koffi are there. A node:dgram socket still waits
// for the first packet, so an idle socket costs nothing and no thread is held; what else has arrived by
// then is taken 64 at a time from the same file descriptor, and the answers leave together.

import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import type { Address } from '../core/address.ts'
import { familyOf } from '../core/address.ts'
import type { DatagramPeer, Stamper } from '../core/datagram-runner.ts'
import type { DepartureStamps } from '../core/io.ts'
import type { BatchReader, DatagramEvents } from './datagram-socket.ts'
import { Departures } from './departures.ts'
import { departureRequest, KernelStamps, STAMP_CONTROL_BYTES, stampIn, type StampCalls } from './kernel-stamps.ts'
import { Lead } from './lead.ts'
import { machineMs } from './machine-time.ts'
import { sockaddr } from './sockaddr.ts'

/** Datagrams in one system call. Twice as many gain nothing that can be measured. */
const BATCH = 64
/** Batches in one go, before streams and timers have their turn: 1,024 packets. */
const BATCHES_PER_TURN = 16
/** The largest UDP payload (RFC 768): 65,535 less the header's 8. */
const PACKET_MAX_BYTES = 65_527
/** Packets that bear their time of leaving go so many at a time, lest the last one's be far from true: some 15 µs. */
const STAMPED_AT_ONCE = 8
/** Larger answers leave one by one. EDNS answers are bounded at 4,096 by most servers (RFC 6891 §6.2.5). */
const ANSWER_MAX_BYTES = 4096
/** `struct sockaddr_in6`; `sockaddr_in` has 16 bytes. */
const NAME_BYTES = 28
/** `struct mmsghdr` and `struct iovec` on 64-bit Linux. */
const HEADER_BYTES = 64
const IOVEC_BYTES = 16
const MSG_DONTWAIT = 0x40
/** Peers of one socket that are kept by the bytes of their address; more than the flows that the runner keeps. */
const PEERS_MAX = 32_768

/** Arrays of headers, addresses and room for packets, laid out once for `recvmmsg` and `sendmmsg`. */
class Batch {
  readonly room: Uint8Array
  readonly names = new Uint8Array(BATCH * NAME_BYTES)
  readonly headers = new Uint8Array(BATCH * HEADER_BYTES)
  /** The headers from each slot on. */
  readonly headersFrom = Array.from({ length: BATCH }, (_, index) => this.headers.subarray(index * HEADER_BYTES))
  readonly view = new DataView(this.headers.buffer)
  readonly packetMaxBytes: number
  /** Control data: a piece of `STAMP_CONTROL_BYTES` for each, or one piece for all. */
  readonly control: Uint8Array
  readonly controlView: DataView
  readonly #vectors = new Uint8Array(BATCH * IOVEC_BYTES)
  readonly #vectorView = new DataView(this.#vectors.buffer)

  constructor(packetMaxBytes: number, addressOf: (bytes: Uint8Array) => bigint, shared?: Uint8Array) {
    this.packetMaxBytes = packetMaxBytes
    this.control = shared ?? new Uint8Array(BATCH * STAMP_CONTROL_BYTES)
    this.controlView = new DataView(this.control.buffer)
    const control = addressOf(this.control)
    this.room = new Uint8Array(BATCH * packetMaxBytes)
    const room = addressOf(this.room)
    const names = addressOf(this.names)
    const vectors = addressOf(this.#vectors)
    for (let index = 0; index < BATCH; index++) {
      const at = index * HEADER_BYTES
      this.view.setBigUint64(at, names + BigInt(index * NAME_BYTES), true)
      this.view.setBigUint64(at + 16, vectors + BigInt(index * IOVEC_BYTES), true)
      this.view.setBigUint64(at + 24, 1n, true)
      this.view.setBigUint64(at + 32, control + BigInt(shared === undefined ? index * STAMP_CONTROL_BYTES : 0), true)
      this.#vectorView.setBigUint64(index * IOVEC_BYTES, room + BigInt(index * packetMaxBytes), true)
      this.setLength(index, packetMaxBytes)
      this.setNameLength(index, NAME_BYTES)
    }
  }

  setLength(index: number, bytes: number): void {
    this.#vectorView.setUint32(index * IOVEC_BYTES + 8, bytes, true)
  }

  setNameLength(index: number, bytes: number): void {
    this.view.setUint32(index * HEADER_BYTES + 8, bytes, true)
  }

  /** Bytes of control data that go out, or may come in. */
  setControlLength(index: number, bytes: number): void {
    this.view.setUint32(index * HEADER_BYTES + 40, bytes, true)
  }

  length(index: number): number {
    return this.#vectorView.getUint32(index * IOVEC_BYTES + 8, true)
  }

  controlLength(index: number): number {
    return this.view.getUint32(index * HEADER_BYTES + 40, true)
  }

  nameLength(index: number): number {
    return this.view.getUint32(index * HEADER_BYTES + 8, true)
  }

  /** What the kernel says was received into, or sent from, a slot. */
  done(index: number): number {
    return this.view.getUint32(index * HEADER_BYTES + 56, true)
  }
}

interface Calls {
  readonly receive: (fd: number, headers: Uint8Array, count: number, flags: number, timeout: null) => number
  readonly send: (fd: number, headers: Uint8Array, count: number, flags: number) => number
  /** One for the whole process: both are used within one turn only. */
  readonly inbound: Batch
  readonly outbound: Batch
  /** Whether a socket has what it sends in `outbound`: another's is sent one by one then. */
  isTaken: boolean
  readonly stamps: StampCalls
}

let calls: Promise<Calls | undefined> | undefined

/** A reader for the socket of this process that is bound to `local`, with the kernel's stamps or without; undefined where that can't be. */
export async function batchReader(local: Address, stamped: boolean): Promise<BatchReader | undefined> {
  if (process.platform !== 'linux' || !['x64', 'arm64'].includes(process.arch)) return undefined
  calls ??= loadCalls()
  const loaded = await calls
  const fd = loaded === undefined ? undefined : descriptorOf(local)
  if (loaded === undefined || fd === undefined) return undefined
  const stamps = stamped ? new KernelStamps(fd, loaded.stamps) : undefined
  return new LinuxBatchReader(fd, familyOf(local.ip), loaded, stamps)
}

async function loadCalls(): Promise<Calls | undefined> {
  try {
    const { default: koffi } = await import('koffi')
    const libc = koffi.load('libc.so.6')
    const move = libc.func('uintptr_t memmove(void *to, void *from, size_t count)')
    const addressOf = (bytes: Uint8Array) => BigInt(move(bytes, bytes, 0))
    return {
      receive: libc.func('int recvmmsg(int fd, void *headers, unsigned int count, int flags, void *timeout)'),
      send: libc.func('int sendmmsg(int fd, void *headers, unsigned int count, int flags)'),
      inbound: new Batch(PACKET_MAX_BYTES, addressOf),
      outbound: new Batch(ANSWER_MAX_BYTES, addressOf, departureRequest()),
      isTaken: false,
      stamps: {
        ioctl: libc.func('int ioctl(int fd, unsigned long request, void *value)'),
        setOption: libc.func('int setsockopt(int fd, int level, int name, void *value, int length)'),
        receiveOne: libc.func('int recvmsg(int fd, void *message, int flags)'),
        addressOf,
      },
    }
  } catch {
    return undefined
  }
}

/** A packet of the outbound batch that bears its time of leaving. */
interface Departing {
  readonly stamps: DepartureStamps
  readonly stamper: Stamper
  /** Whether the kernel is to say when it left. */
  readonly isAsked: boolean
  /** The clock when it was told of its time. */
  readMs: number
}

class LinuxBatchReader implements BatchReader {
  readonly #fd: number
  readonly #family: 4 | 6
  readonly #calls: Calls
  readonly #stamps: KernelStamps | undefined
  readonly #departures: Departures | undefined
  readonly #byName = new Map<number | string, DatagramPeer>()
  readonly #departing: (Departing | undefined)[] = []
  readonly #lead = new Lead()
  #draining = false
  #waiting = 0
  #stamped = 0

  constructor(fd: number, family: 4 | 6, loaded: Calls, stamps: KernelStamps | undefined) {
    this.#fd = fd
    this.#family = family
    this.#calls = loaded
    this.#stamps = stamps
    this.#departures = stamps === undefined ? undefined : new Departures(stamps)
  }

  take(events: DatagramEvents, packet: Uint8Array, ip: string, port: number): void {
    this.#draining = true
    this.#calls.isTaken = true
    events.received(packet, ip, port, this.#stamps?.lastMs())
    this.#stamps?.shown(true)
    for (let round = 0; round < BATCHES_PER_TURN && this.#receive(events) === BATCH; round++);
    this.#stamps?.shown(false)
    this.#draining = false
    this.#calls.isTaken = false
  }

  send(packet: Uint8Array, peer: DatagramPeer): boolean {
    if (!this.#draining || peer.sockaddr === undefined || packet.length > ANSWER_MAX_BYTES) return false
    this.#put(packet, peer.sockaddr, undefined)
    return true
  }

  sendStamped(packet: Uint8Array, peer: DatagramPeer, stamps: DepartureStamps, stamper: Stamper): boolean {
    if (packet.length > ANSWER_MAX_BYTES || (this.#calls.isTaken && !this.#draining)) return false
    peer.sockaddr ??= this.#nameOf(peer.address)
    this.#stamped++
    const isAsked = this.#departures !== undefined && (stamps.left !== undefined || this.#learns(packet))
    this.#put(packet, peer.sockaddr, { stamps, stamper, isAsked, readMs: NaN })
    if (!this.#draining) this.#flush()
    return true
  }

  close(): void {
    this.#departures?.stop()
  }

  #receive(events: DatagramEvents): number {
    const { inbound, receive } = this.#calls
    const controlBytes = this.#stamps === undefined ? 0 : STAMP_CONTROL_BYTES
    for (let index = 0; index < BATCH; index++) inbound.setControlLength(index, controlBytes)
    const count = receive(this.#fd, inbound.headers, BATCH, MSG_DONTWAIT, null)
    for (let index = 0; index < count; index++) this.#hand(events, inbound, index)
    this.#flush()
    return count
  }

  #put(packet: Uint8Array, sockaddr: Uint8Array, departing: Departing | undefined): void {
    const { outbound } = this.#calls
    const index = this.#waiting++
    outbound.room.set(packet, index * ANSWER_MAX_BYTES)
    outbound.names.set(sockaddr, index * NAME_BYTES)
    outbound.setLength(index, packet.length)
    outbound.setNameLength(index, sockaddr.length)
    outbound.setControlLength(index, departing?.isAsked === true ? outbound.control.length : 0)
    this.#departing[index] = departing
    if (this.#waiting === BATCH) this.#flush()
  }

  /** Only from packets that leave alone. */
  #learns(packet: Uint8Array): boolean {
    return this.#waiting === 0 && this.#lead.wants(packet.length, machineMs())
  }

  #nameOf({ ip, port }: Address): Uint8Array {
    return sockaddr({ ip: this.#family === 6 && familyOf(ip) === 4 ? `::ffff:${ip}` : ip, port })
  }

  #hand(events: DatagramEvents, inbound: Batch, index: number): void {
    const peer = this.#peer(events, inbound, index)
    const at = index * PACKET_MAX_BYTES
    const packet = inbound.room.subarray(at, at + inbound.done(index))
    inbound.setNameLength(index, NAME_BYTES)
    events.receivedFrom(peer, packet, this.#stampOf(inbound, index))
  }

  #stampOf(inbound: Batch, index: number): number {
    if (this.#stamps === undefined) return NaN
    return stampIn(inbound.controlView, index * STAMP_CONTROL_BYTES, inbound.controlLength(index))
  }

  #peer(events: DatagramEvents, inbound: Batch, index: number): DatagramPeer {
    const { names } = inbound
    const at = index * NAME_BYTES
    const key = this.#family === 4 ? keyOf4(names, at) : keyOf6(names, at)
    const known = this.#byName.get(key)
    if (known !== undefined && !known.gone) return known
    const port = (names[at + 2]! << 8) | names[at + 3]!
    const peer = events.peerOf(this.#family === 4 ? ipOf4(names, at + 4) : ipOf6(names, at + 8), port)
    peer.sockaddr = names.slice(at, at + inbound.nameLength(index))
    if (this.#byName.size >= PEERS_MAX) this.#byName.clear()
    this.#byName.set(key, peer)
    return peer
  }

  #flush(): void {
    const { outbound, send } = this.#calls
    const count = this.#waiting
    const most = this.#stamped === 0 ? BATCH : STAMPED_AT_ONCE
    this.#waiting = 0
    this.#stamped = 0
    for (let from = 0; from < count;) {
      const until = Math.min(count, from + most)
      if (most < BATCH) this.#leave(from, until)
      const sent = send(this.#fd, outbound.headersFrom[from]!, until - from, MSG_DONTWAIT)
      if (most < BATCH) this.#left(from, from + Math.max(0, sent), count)
      from += Math.max(1, sent)
    }
    this.#departures?.read()
  }

  #leave(from: number, until: number): void {
    const { outbound } = this.#calls
    for (let index = from; index < until; index++) {
      const departing = this.#departing[index]
      if (departing === undefined) continue
      const at = index * ANSWER_MAX_BYTES
      const bytes = outbound.length(index)
      departing.readMs = machineMs()
      const leavingMs = departing.readMs + this.#lead.of(bytes)
      departing.stamper.leaving(departing.stamps, outbound.room.subarray(at, at + bytes), leavingMs)
    }
  }

  /** `count`: how many were sent together. */
  #left(from: number, until: number, count: number): void {
    for (let index = from; index < until; index++) {
      const departing = this.#departing[index]
      this.#departing[index] = undefined
      if (departing === undefined) continue
      const { stamps, stamper, isAsked, readMs } = departing
      if (!isAsked && stamps.left === undefined) continue
      const bytes = this.#calls.outbound.length(index)
      const left = (leftMs: number, isStamp: boolean) => {
        if (isStamp && count === 1) this.#lead.saw(bytes, leftMs - readMs)
        stamper.left(stamps, leftMs)
      }
      if (this.#departures === undefined || !isAsked) left(machineMs(), false)
      else this.#departures.wait(machineMs(), left)
    }
  }
}

/** IPv4 address and port as one number, from a `sockaddr_in`. */
function keyOf4(names: Uint8Array, at: number): number {
  const low = (names[at + 7]! << 16) | (names[at + 2]! << 8) | names[at + 3]!
  return (((names[at + 4]! << 16) | (names[at + 5]! << 8) | names[at + 6]!) >>> 0) * 0x1000000 + low
}

/** Port, address and scope from a `sockaddr_in6`, one character a byte. */
function keyOf6(names: Uint8Array, at: number): string {
  return Buffer.from(names.buffer, at + 2, NAME_BYTES - 2).toString('latin1')
}

function ipOf4(names: Uint8Array, at: number): string {
  return `${names[at]}.${names[at + 1]}.${names[at + 2]}.${names[at + 3]}`
}

function ipOf6(names: Uint8Array, at: number): string {
  const words = Array.from({ length: 8 }, (_, word) => (names[at + word * 2]! << 8) | names[at + word * 2 + 1]!)
  const mapped = words.slice(0, 5).every((word) => word === 0) && words[5] === 0xffff
  return mapped
    ? ipOf4(names, at + 12)
    : new URL(`http://[${words.map((word) => word.toString(16)).join(':')}]`).hostname.slice(1, -1)
}

function fieldsOf(line: string): string[] {
  return line.trim().split(/\s+/)
}

/** The descriptor of the UDP socket bound to `local`, by the kernel's own tables (proc(5): net/udp, fd). */
function descriptorOf(local: Address): number | undefined {
  const six = familyOf(local.ip) === 6
  const table = readFileSync(six ? '/proc/self/net/udp6' : '/proc/self/net/udp', 'latin1')
  const bound = `${six ? hexOf6(local.ip) : hexOf4(local.ip)}:${local.port.toString(16).padStart(4, '0')}`.toUpperCase()
  const rows = table.split('\n').map(fieldsOf)
  const inodes = new Set(rows.filter((row) => row[1] === bound).map((row) => `socket:[${row[9]}]`))
  const found = readdirSync('/proc/self/fd').filter((fd) => inodes.has(linkOf(fd)))
  return found.length === 1 ? Number(found[0]) : undefined
}

function linkOf(fd: string): string {
  try {
    return readlinkSync(`/proc/self/fd/${fd}`)
  } catch {
    return ''
  }
}

/** As the table prints it: 32-bit words in the machine's order, little-endian here. */
function hexOf4(ip: string): string {
  return ip
    .split('.')
    .toReversed()
    .map((byte) => Number(byte).toString(16).padStart(2, '0'))
    .join('')
}

function hexOf6(ip: string): string {
  const [head = '', tail] = ip.split('::')
  const before = head.split(':').filter((word) => word !== '')
  const after = (tail ?? '').split(':').filter((word) => word !== '')
  const missing = tail === undefined ? 0 : 8 - before.length - after.length
  const words = [...before, ...Array.from({ length: missing }, () => '0'), ...after]
  const bytes = words.flatMap((word) => [word.padStart(4, '0').slice(0, 2), word.padStart(4, '0').slice(2)])
  return [0, 4, 8, 12]
    .map((at) =>
      bytes
        .slice(at, at + 4)
        .toReversed()
        .join(''),
    )
    .join('')
}
