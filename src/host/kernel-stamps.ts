// The kernel's stamps of one UDP socket: when packets came (SIOCGSTAMPNS for what Node has read, SO_TIMESTAMPNS for what is read here) and
// when they left (SO_TIMESTAMPING, read from the error queue). Linux, through koffi; socket(7), and the kernel's timestamping document.

import { msOf } from './machine-time.ts'

export interface StampCalls {
  readonly ioctl: (fd: number, request: number, value: Uint8Array) => number
  readonly setOption: (fd: number, level: number, name: number, value: Uint8Array, length: number) => number
  readonly receiveOne: (fd: number, message: Uint8Array, flags: number) => number
  readonly addressOf: (bytes: Uint8Array) => bigint
}

/** A packet's place among those whose leaving was asked for, and when it left; milliseconds of the machine's clock. */
export interface Departed {
  readonly count: number
  readonly machineMs: number
}

// Linux, asm-generic: x64 and arm64 alike.
const SOL_SOCKET = 1
const SO_TIMESTAMPNS = 35
const SO_TIMESTAMPING = 37
const SIOCGSTAMPNS = 0x8907
const SOF_TIMESTAMPING_TX_SOFTWARE = 1 << 1
const SOF_TIMESTAMPING_OPT_ID = 1 << 7
const SOF_TIMESTAMPING_OPT_TSONLY = 1 << 11
const MSG_DONTWAIT = 0x40
const MSG_ERRQUEUE = 0x2000
/** `struct cmsghdr`: length, level, type; what it holds starts behind, and the next one at a multiple of eight. */
const HEADER_BYTES = 16
const TIMESPEC_BYTES = 16
const MESSAGE_BYTES = 56
/** Room for a stamp, and a `sock_extended_err` with the longest address behind. */
const ERROR_CONTROL_BYTES = 256
/** Where `ee_data`, the packet's number, stands in `struct sock_extended_err`. */
const ERROR_DATA_AT = 12
const ERROR_BYTES = 16

/** Control data that a received packet brings: its stamp, and some more. */
export const STAMP_CONTROL_BYTES = 64

/** The control data by which a packet asks for the stamp of its leaving. */
export function departureRequest(): Uint8Array {
  const bytes = new Uint8Array(HEADER_BYTES + 8)
  const view = new DataView(bytes.buffer)
  view.setBigUint64(0, BigInt(HEADER_BYTES + 4), true)
  view.setUint32(8, SOL_SOCKET, true)
  view.setUint32(12, SO_TIMESTAMPING, true)
  view.setUint32(HEADER_BYTES, SOF_TIMESTAMPING_TX_SOFTWARE, true)
  return bytes
}

/** The stamp in `length` bytes of control data at `at`; NaN if there is none. */
export function stampIn(view: DataView, at: number, length: number): number {
  const found = find(view, at, length, (level, type, bytes) => {
    return level === SOL_SOCKET && type === SO_TIMESTAMPNS && bytes >= HEADER_BYTES + TIMESPEC_BYTES
  })
  return found === undefined ? NaN : msOf(view, found)
}

/** Where the content of the first fitting piece stands. */
function find(
  view: DataView,
  at: number,
  length: number,
  fits: (level: number, type: number, bytes: number) => boolean,
): number | undefined {
  for (let piece = at; piece + HEADER_BYTES <= at + length;) {
    const bytes = view.getUint32(piece, true)
    if (bytes < HEADER_BYTES || piece + bytes > at + length) return undefined
    if (fits(view.getUint32(piece + 8, true), view.getUint32(piece + 12, true), bytes)) return piece + HEADER_BYTES
    piece += (bytes + 7) & ~7
  }
  return undefined
}

export class KernelStamps {
  readonly #fd: number
  readonly #calls: StampCalls
  readonly #time = new Uint8Array(TIMESPEC_BYTES)
  readonly #timeView = new DataView(this.#time.buffer)
  readonly #option = new Uint8Array(4)
  readonly #message = new Uint8Array(MESSAGE_BYTES)
  readonly #messageView = new DataView(this.#message.buffer)
  readonly #control = new Uint8Array(ERROR_CONTROL_BYTES)
  readonly #controlView = new DataView(this.#control.buffer)

  #showing = 0

  constructor(fd: number, calls: StampCalls) {
    this.#fd = fd
    this.#calls = calls
    this.#messageView.setBigUint64(32, calls.addressOf(this.#control), true)
    this.#set(SO_TIMESTAMPING, SOF_TIMESTAMPING_OPT_ID | SOF_TIMESTAMPING_OPT_TSONLY)
    // The first one fails, and has the kernel stamp from now on.
    this.lastMs()
  }

  /** When the packet came that was last read without `shown`; NaN if the kernel does not say. */
  lastMs(): number {
    return this.#calls.ioctl(this.#fd, SIOCGSTAMPNS, this.#time) === 0 ? msOf(this.#timeView, 0) : NaN
  }

  /** Has what is read bring its stamp as control data, until it was called with `false` as often. `lastMs` knows nothing of it then. */
  shown(shown: boolean): void {
    const before = this.#showing
    this.#showing += shown ? 1 : -1
    if (before === 0 || this.#showing === 0) this.#set(SO_TIMESTAMPNS, shown ? 1 : 0)
  }

  /** The next packet whose leaving the kernel has stamped. `shown` while it is read. */
  departed(): Departed | undefined {
    this.#messageView.setBigUint64(40, BigInt(ERROR_CONTROL_BYTES), true)
    if (this.#calls.receiveOne(this.#fd, this.#message, MSG_ERRQUEUE | MSG_DONTWAIT) < 0) return undefined
    const length = this.#messageView.getUint32(40, true)
    const error = find(this.#controlView, 0, length, (level, _type, bytes) => {
      return level !== SOL_SOCKET && bytes >= HEADER_BYTES + ERROR_BYTES
    })
    const count = error === undefined ? -1 : this.#controlView.getUint32(error + ERROR_DATA_AT, true)
    return { count, machineMs: stampIn(this.#controlView, 0, length) }
  }

  #set(name: number, value: number): void {
    new DataView(this.#option.buffer).setUint32(0, value, true)
    this.#calls.setOption(this.#fd, SOL_SOCKET, name, this.#option, this.#option.length)
  }
}
