// From an open file to a socket without passing through this process: sendfile(2), Linux, through koffi where it loads.

import type { Socket } from 'node:net'

/** Handed to the kernel at a time, so that other streams get their turn: about 0.2 ms of copying. */
const SLICE_MAX_BYTES = 524_288
/** sendfile(2): an offset of 64 bits, in and out. */
const OFFSET_BYTES = 8

type SendFile = (socket: number, file: number, offset: Buffer, length: number) => number

let loading: Promise<void> | undefined
let sendFile: SendFile | undefined
const offsetRoom = Buffer.alloc(OFFSET_BYTES)

/**
 * Bytes that the kernel took for `socket`, which has nothing queued: up to `length` from `offset` of an open file. 0 where it takes none
 * now, and where that cannot be done; the first call begins to load what it needs, and says 0.
 */
export function sendFromFile(socket: Socket, descriptor: number, offset: number, length: number): number {
  if (sendFile === undefined) {
    loading ??= load()
    return 0
  }
  const fd = descriptorOf(socket)
  if (fd === undefined || length <= 0) return 0
  offsetRoom.writeBigInt64LE(BigInt(offset))
  return Math.max(0, sendFile(fd, descriptor, offsetRoom, Math.min(length, SLICE_MAX_BYTES)))
}

/** Node shows it on the handle below the socket only; -1 once that is closed. */
function descriptorOf(socket: Socket): number | undefined {
  const handle: unknown = '_handle' in socket ? socket._handle : undefined
  if (typeof handle !== 'object' || handle === null || !('fd' in handle)) return undefined
  return typeof handle.fd === 'number' && handle.fd >= 0 ? handle.fd : undefined
}

async function load(): Promise<void> {
  if (process.platform !== 'linux') return
  try {
    const { default: koffi } = await import('koffi')
    const call = koffi.load(null).func('int64_t sendfile64(int socket, int file, void *offset, uint64_t length)')
    sendFile = (socket, file, offset, length) => Number(call(socket, file, offset, length))
  } catch {
    // Without it every byte is read and written.
  }
}
