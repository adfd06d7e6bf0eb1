// A load for NTP servers, in a process of its own: some sockets, each with so many questions under way, for so long; prints answers a
// second. Many packets go with one system call, so that whoever is asked is busier than this. Linux, through koffi.

import koffi from 'koffi'
import { sockaddr } from '../../src/host/sockaddr.ts'

const SOCKETS = 4
/** Under way on one socket: together few enough for the smallest receive buffer. */
const WINDOW = 32
/** RFC 5905 §7.3. */
const PACKET_BYTES = 48
const QUESTION_FIRST = 0x23 // leap 0, version 4, mode 3
const MODE_SERVER = 4
const STRATUM_AT = 1
const ORIGIN_AT = 24
const TRANSMIT_AT = 40
/** A lost packet holds its place no longer. */
const LOST_AFTER_US = 20_000

const AF_INET = 2
const SOCK_DGRAM = 2
const SOL_SOCKET = 1
const SO_RCVTIMEO = 20
const MSG_WAITFORONE = 0x10000
/** `struct mmsghdr` and `struct iovec` on 64-bit Linux. */
const HEADER_BYTES = 64
const IOVEC_BYTES = 16
const VECTOR_AT = 16
const VECTORS_AT = 24
const RECEIVED_AT = 56

const libc = koffi.load('libc.so.6')
const socketCall = libc.func('int socket(int family, int type, int protocol)')
const connectCall = libc.func('int connect(int fd, void *address, unsigned int length)')
const setOption = libc.func('int setsockopt(int fd, int level, int name, void *value, unsigned int length)')
const receive = libc.func('int recvmmsg(int fd, void *headers, unsigned int count, int flags, void *timeout)')
const send = libc.func('int sendmmsg(int fd, void *headers, unsigned int count, int flags)')
const move = libc.func('uintptr_t memmove(void *to, void *from, size_t count)')

/** Room for a window of packets, laid out once. */
class Packets {
  readonly headers = new Uint8Array(WINDOW * HEADER_BYTES)
  readonly room = Buffer.alloc(WINDOW * PACKET_BYTES)
  readonly #vectors = new Uint8Array(WINDOW * IOVEC_BYTES)
  readonly #view = new DataView(this.headers.buffer)

  constructor() {
    const vectors = new DataView(this.#vectors.buffer)
    const [room, at] = [addressOf(this.room), addressOf(this.#vectors)]
    for (let index = 0; index < WINDOW; index++) {
      vectors.setBigUint64(index * IOVEC_BYTES, room + BigInt(index * PACKET_BYTES), true)
      vectors.setBigUint64(index * IOVEC_BYTES + 8, BigInt(PACKET_BYTES), true)
      this.#view.setBigUint64(index * HEADER_BYTES + VECTOR_AT, at + BigInt(index * IOVEC_BYTES), true)
      this.#view.setBigUint64(index * HEADER_BYTES + VECTORS_AT, 1n, true)
    }
  }

  bytes(index: number): number {
    return this.#view.getUint32(index * HEADER_BYTES + RECEIVED_AT, true)
  }
}

function addressOf(bytes: Uint8Array): bigint {
  return BigInt(move(bytes, bytes, 0))
}

const questions = new Packets()
const answers = new Packets()
let asked = 0

/** Each with a transmit timestamp that no other has. */
function ask(fd: number, count: number): void {
  for (let index = 0; index < count; index++) {
    const at = index * PACKET_BYTES
    questions.room[at] = QUESTION_FIRST
    questions.room.writeUInt32BE(++asked, at + TRANSMIT_AT)
  }
  if (send(fd, questions.headers, count, 0) !== count) throw new Error('questions could not be sent')
}

/** How many of the packets that came are answers: of this mode, from a source, and to one of the last questions. */
function taken(count: number): number {
  for (let index = 0; index < count; index++) {
    const at = index * PACKET_BYTES
    const isAnswer =
      answers.bytes(index) === PACKET_BYTES &&
      (answers.room[at]! & 7) === MODE_SERVER &&
      answers.room[at + STRATUM_AT]! > 0 &&
      asked - answers.room.readUInt32BE(at + ORIGIN_AT) >= 0
    if (!isAnswer) throw new Error(`no answer: ${answers.room.toString('hex', at, at + PACKET_BYTES)}`)
  }
  return count
}

function openTo(ip: string, port: number): number {
  const fd = Number(socketCall(AF_INET, SOCK_DGRAM, 0))
  const to = sockaddr({ ip, port })
  const timeout = Buffer.alloc(16)
  timeout.writeBigInt64LE(BigInt(LOST_AFTER_US), 8)
  if (connectCall(fd, to, to.length) !== 0 || setOption(fd, SOL_SOCKET, SO_RCVTIMEO, timeout, timeout.length) !== 0)
    throw new Error(`no socket to ${ip}:${port}`)
  return fd
}

const [ip = '', port = '', ms = ''] = process.argv.slice(2)
const sockets = Array.from({ length: SOCKETS }, () => openTo(ip, Number(port)))
for (const fd of sockets) ask(fd, WINDOW)
const begun = performance.now()
const until = begun + Number(ms)
let answered = 0
while (performance.now() < until) {
  for (const fd of sockets) {
    const came = Number(receive(fd, answers.headers, WINDOW, MSG_WAITFORONE, null))
    answered += taken(Math.max(0, came))
    ask(fd, came > 0 ? came : WINDOW)
  }
}
console.log(`${(answered / (performance.now() - begun)) * 1000} answers/s`)
