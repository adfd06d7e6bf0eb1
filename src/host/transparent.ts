// The catch-all's sockets: they take what TPROXY brings, whatever address and port was asked for, and
// answer from there. Linux, through koffi; without either, a failure says so. Not a driver: who reads
// the connections and packets is the caller's affair.

import { closeSync } from 'node:fs'
import { createServer, type Server, type ServerOpts } from 'node:net'
import { createSocket, type Socket } from 'node:dgram'
import { isMainThread } from 'node:worker_threads'
import { familyOf, formatAddress, unmapped, type Address } from '../core/address.ts'
import { failure, failureFrom, isFailure, type Failure } from '../core/failure.ts'
import { formatIp } from '../wire/ip.ts'
import { AF, IP_AT, sockaddr, SOCKADDR_BYTES } from './sockaddr.ts'

/** Answers leave from a socket of their own for each address and port that was asked; the longest unused closes first. */
const REPLY_SOCKETS_MAX = 512
/** Packets taken before other events get their turn. */
const PACKETS_PER_TURN = 64
/** RFC 768: the length field counts to 65,535. */
const PACKET_MAX_BYTES = 65_535
/** Room for one original destination of either family (RFC 3542 §20.2 alignment), and some more. */
const CONTROL_BYTES = 256

// Linux, asm-generic: x64 and arm64 alike.
const SOCK_STREAM = 1
const SOCK_DGRAM = 2
const SOCK_CLOEXEC = 0o2000000
const SOCK_NONBLOCK = 0o4000
const SOL_IP = 0
const SOL_SOCKET = 1
const SOL_IPV6 = 41
const SO_REUSEADDR = 2
const IP_TRANSPARENT = 19
const IP_RECVORIGDSTADDR = 20
const IPV6_V6ONLY = 26
const IPV6_RECVORIGDSTADDR = 74
const IPV6_TRANSPARENT = 75
const F_GETFL = 3
const F_SETFL = 4
const F_SETOWN = 8
const O_ASYNC = 0o20000
const IP_BYTES = { 4: 4, 6: 16 } as const
/** What stands before an IPv4 address in an IPv6 socket's (RFC 4291 §2.5.5.2). */
const MAPPED = Buffer.from('00000000000000000000ffff', 'hex')

interface Libc {
  socket(family: number, type: number, protocol: number): number
  setsockopt(fd: number, level: number, name: number, value: Buffer, length: number): number
  bind(fd: number, address: Buffer, length: number): number
  fcntl(fd: number, command: number, value: number): number
  recvmsg(fd: number, message: Buffer, flags: number): number
  address(buffer: Buffer): bigint
  errno(): number
}

export interface TransparentDatagram {
  /** `from` is the address that was asked, `to` the one who asked. What cannot be sent is counted in `dropped`. */
  send(packet: Uint8Array, from: Address, to: Address): void
  readonly dropped: number
  close(): void
}

/**
 * A listening server on `port` of every address, ready for TPROXY. A connection's `localAddress` and
 * `localPort` are what the client asked for (IPv4 in mapped form). Failures: `NO_TRANSPARENT` (not
 * Linux, or no koffi), `EPERM` and other system codes. Needs CAP_NET_ADMIN in its network namespace.
 */
export async function openTransparentStream(port: number, options: ServerOpts = {}): Promise<Server | Failure> {
  const libc = await openLibc()
  if (isFailure(libc)) return libc
  const fd = openSocket(libc, 6, SOCK_STREAM, sockaddr({ ip: '::', port }))
  if (isFailure(fd)) return fd
  return new Promise((resolve) => {
    const server = createServer(options)
    server.once('error', (error) => resolve(failureFrom(error)))
    server.listen({ fd }, () => resolve(server))
  })
}

/**
 * The same for datagrams. `onPacket` gets a view valid during the call, the sender, and the address
 * that was asked. Failures as for streams; `NO_TRANSPARENT` also off the main thread, where Node hears no signals.
 */
export async function openTransparentDatagram(
  port: number,
  onPacket: (packet: Uint8Array, from: Address, to: Address) => void,
): Promise<TransparentDatagram | Failure> {
  const libc = await openLibc()
  if (isFailure(libc)) return libc
  if (!isMainThread) return failure('NO_TRANSPARENT', 'transparent datagrams need the main thread')
  const fd = openSocket(libc, 6, SOCK_DGRAM, sockaddr({ ip: '::', port }))
  if (isFailure(fd)) return fd
  const receiving = startReceiving(libc, fd)
  if (isFailure(receiving)) return receiving
  const replies = new ReplySockets(libc, onPacket)
  const receiver = new Receiver(libc, fd, onPacket)
  wakeOnInput(receiver)
  return {
    send: (packet, from, to) => replies.send(packet, from, to),
    get dropped() {
      return replies.dropped
    },
    close() {
      receiver.close()
      replies.close()
    },
  }
}

/** The unconnected socket: the first packet of each asked address and port, with that address in its control data. */
class Receiver {
  readonly #libc: Libc
  readonly #fd: number
  readonly #onPacket: (packet: Uint8Array, from: Address, to: Address) => void
  readonly #name = Buffer.allocUnsafeSlow(SOCKADDR_BYTES[6])
  readonly #data = Buffer.allocUnsafeSlow(PACKET_MAX_BYTES)
  readonly #control = Buffer.allocUnsafeSlow(CONTROL_BYTES)
  readonly #iov = Buffer.allocUnsafeSlow(16)
  readonly #message = Buffer.alloc(56)
  #closed = false

  constructor(libc: Libc, fd: number, onPacket: (packet: Uint8Array, from: Address, to: Address) => void) {
    this.#libc = libc
    this.#fd = fd
    this.#onPacket = onPacket
    this.#iov.writeBigUInt64LE(libc.address(this.#data), 0)
    this.#iov.writeBigUInt64LE(BigInt(PACKET_MAX_BYTES), 8)
    this.#message.writeBigUInt64LE(libc.address(this.#name), 0)
    this.#message.writeBigUInt64LE(libc.address(this.#iov), 16)
    this.#message.writeBigUInt64LE(1n, 24)
    this.#message.writeBigUInt64LE(libc.address(this.#control), 32)
  }

  drain(): void {
    for (let count = 0; count < PACKETS_PER_TURN; count++) {
      if (this.#closed || !this.#receive()) return
    }
    setImmediate(() => this.drain())
  }

  close(): void {
    if (this.#closed) return
    this.#closed = true
    receivers.delete(this)
    closeSync(this.#fd)
  }

  #receive(): boolean {
    this.#message.writeUInt32LE(SOCKADDR_BYTES[6], 8)
    this.#message.writeBigUInt64LE(BigInt(CONTROL_BYTES), 40)
    const length = this.#libc.recvmsg(this.#fd, this.#message, 0)
    if (length < 0) return false
    const from = decodeSockaddr(this.#name)
    const to = originalDestination(this.#control, Number(this.#message.readBigUInt64LE(40)))
    if (to !== undefined) this.#onPacket(this.#data.subarray(0, length), from, to)
    return true
  }
}

/** One bound socket for each asked address; further packets of that address arrive there, too. */
class ReplySockets {
  readonly #libc: Libc
  readonly #onPacket: (packet: Uint8Array, from: Address, to: Address) => void
  readonly #sockets = new Map<string, Socket>()
  dropped = 0

  constructor(libc: Libc, onPacket: (packet: Uint8Array, from: Address, to: Address) => void) {
    this.#libc = libc
    this.#onPacket = onPacket
  }

  send(packet: Uint8Array, from: Address, to: Address): void {
    const socket = this.#socketFor(from)
    if (socket === undefined) {
      this.dropped++
      return
    }
    socket.send(packet, to.port, to.ip, (error) => {
      if (error) this.dropped++
    })
  }

  close(): void {
    for (const socket of this.#sockets.values()) socket.close()
    this.#sockets.clear()
  }

  #socketFor(asked: Address): Socket | undefined {
    const key = formatAddress(asked)
    const socket = this.#sockets.get(key) ?? this.#open(asked)
    if (socket === undefined) return undefined
    this.#sockets.delete(key)
    this.#sockets.set(key, socket)
    this.#evict()
    return socket
  }

  #open(asked: Address): Socket | undefined {
    const family = familyOf(asked.ip)
    const fd = openSocket(this.#libc, family, SOCK_DGRAM, sockaddr(asked))
    if (isFailure(fd)) return undefined
    const socket = createSocket(family === 6 ? 'udp6' : 'udp4')
    socket.on('error', () => this.#forget(formatAddress(asked)))
    socket.on('message', (packet, from) =>
      this.#onPacket(packet, { ip: unmapped(from.address), port: from.port }, asked),
    )
    socket.bind({ fd })
    return socket
  }

  #evict(): void {
    if (this.#sockets.size <= REPLY_SOCKETS_MAX) return
    const [oldest] = this.#sockets.keys()
    if (oldest !== undefined) this.#forget(oldest)
  }

  #forget(key: string): void {
    this.#sockets.get(key)?.close()
    this.#sockets.delete(key)
  }
}

const receivers = new Set<Receiver>()
let listening = false

/**
 * Node polls no foreign datagram socket, so the kernel says by SIGIO that input is there. The handler
 * stays for good: a signal that comes late, after a close, would otherwise end the process.
 */
function wakeOnInput(receiver: Receiver): void {
  receivers.add(receiver)
  if (!listening) process.on('SIGIO', () => receivers.forEach((each) => each.drain()))
  listening = true
  receiver.drain()
}

function startReceiving(libc: Libc, fd: number): Failure | undefined {
  return (
    option(libc, fd, SOL_IP, IP_RECVORIGDSTADDR, 1) ??
    option(libc, fd, SOL_IPV6, IPV6_RECVORIGDSTADDR, 1) ??
    checked(libc, fd, libc.fcntl(fd, F_SETOWN, process.pid)) ??
    checked(libc, fd, libc.fcntl(fd, F_SETFL, libc.fcntl(fd, F_GETFL, 0) | O_ASYNC))
  )
}

/** A bound socket with IP_TRANSPARENT; IPv6 ones carry IPv4 as well when bound to `::`. */
function openSocket(libc: Libc, family: 4 | 6, type: number, address: Buffer): number | Failure {
  const fd = libc.socket(AF[family], type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)
  if (fd < 0) return systemFailure(libc)
  const problem =
    (type === SOCK_STREAM ? option(libc, fd, SOL_SOCKET, SO_REUSEADDR, 1) : undefined) ??
    (family === 6
      ? (option(libc, fd, SOL_IPV6, IPV6_V6ONLY, 0) ?? option(libc, fd, SOL_IPV6, IPV6_TRANSPARENT, 1))
      : option(libc, fd, SOL_IP, IP_TRANSPARENT, 1)) ??
    checked(libc, fd, libc.bind(fd, address, SOCKADDR_BYTES[family]))
  return problem ?? fd
}

function option(libc: Libc, fd: number, level: number, name: number, value: number): Failure | undefined {
  const bytes = Buffer.allocUnsafeSlow(4)
  bytes.writeInt32LE(value)
  return checked(libc, fd, libc.setsockopt(fd, level, name, bytes, 4))
}

/** Closes `fd` when a call on it failed. */
function checked(libc: Libc, fd: number, result: number): Failure | undefined {
  if (result >= 0) return undefined
  const problem = systemFailure(libc)
  closeSync(fd)
  return problem
}

const ERRORS = new Map([
  [1, 'EPERM'],
  [13, 'EACCES'],
  [24, 'EMFILE'],
  [97, 'EAFNOSUPPORT'],
  [98, 'EADDRINUSE'],
  [99, 'EADDRNOTAVAIL'],
])

function systemFailure(libc: Libc): Failure {
  const errno = libc.errno()
  return failure(ERRORS.get(errno) ?? `errno ${errno}`, `a transparent socket could not be opened (errno ${errno})`)
}

function decodeSockaddr(bytes: Buffer): Address {
  const family = bytes.readUInt16LE(0) === AF[6] ? 6 : 4
  const ip = bytes.subarray(IP_AT[family], IP_AT[family] + IP_BYTES[family])
  return { ip: formatIp(MAPPED.equals(ip.subarray(0, 12)) ? ip.subarray(12) : ip), port: bytes.readUInt16BE(2) }
}

/** Walks the control messages: length in 8 bytes, level and type in 4 each, then a sockaddr. */
function originalDestination(control: Buffer, length: number): Address | undefined {
  for (let at = 0; at + 16 <= length;) {
    const size = Number(control.readBigUInt64LE(at))
    const level = control.readInt32LE(at + 8)
    const type = control.readInt32LE(at + 12)
    const original =
      level === SOL_IP ? type === IP_RECVORIGDSTADDR : level === SOL_IPV6 && type === IPV6_RECVORIGDSTADDR
    if (original) return decodeSockaddr(control.subarray(at + 16, at + size))
    at += Math.max(16, Math.ceil(size / 8) * 8)
  }
  return undefined
}

let loaded: Libc | undefined

async function openLibc(): Promise<Libc | Failure> {
  if (process.platform !== 'linux') return failure('NO_TRANSPARENT', 'transparent sockets exist on Linux only')
  try {
    return (loaded ??= await loadLibc())
  } catch (error) {
    return failure('NO_TRANSPARENT', `transparent sockets need the package koffi: ${failureFrom(error).message}`)
  }
}

async function loadLibc(): Promise<Libc> {
  const { default: koffi } = await import('koffi')
  const library = koffi.load(null)
  return {
    socket: library.func('int socket(int, int, int)'),
    setsockopt: library.func('int setsockopt(int, int, int, void*, uint)'),
    bind: library.func('int bind(int, void*, uint)'),
    fcntl: library.func('int fcntl(int, int, int)'),
    recvmsg: library.func('long recvmsg(int, void*, int)'),
    address: (buffer) => koffi.address(buffer),
    errno: () => koffi.errno(),
  }
}
