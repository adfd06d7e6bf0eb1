// System calls that Node has no way to: they move bytes between sockets and files without this process seeing them. Linux,
// through koffi where it loads.

import type { Socket } from 'node:net'

export interface SystemCalls {
  /** sendfile(2): bytes that the socket took, or -1. `offset`: 64 bits, little-endian. */
  sendFile(socket: number, file: number, offset: Buffer, length: number): number
  /** splice(2), which never waits for a pipe: bytes moved, or -1. Of the two, pipes have no offset. */
  splice(from: number, fromOffset: null, to: number, toOffset: Buffer | null, length: number): number
  /** pipe2(2): a pipe that holds up to `bytes` if the system lets it; -1 twice where there can be none. */
  pipe(bytes: number): { readonly out: number; readonly in: number }
}

/** open(2), fcntl(2), splice(2). */
const O_CLOEXEC = 0o2000000
const F_SETPIPE_SZ = 1031
const SPLICE_F_NONBLOCK = 2
const DESCRIPTOR_BYTES = 4

let loading: Promise<void> | undefined
let calls: SystemCalls | undefined

/** `undefined` where there are none, and not yet: the first call begins to load them. */
export function systemCalls(): SystemCalls | undefined {
  loading ??= load()
  return calls
}

/** Node shows it on the handle below the socket only; -1 once that is closed. */
export function descriptorOf(socket: Socket): number | undefined {
  const handle: unknown = '_handle' in socket ? socket._handle : undefined
  if (typeof handle !== 'object' || handle === null || !('fd' in handle)) return undefined
  return typeof handle.fd === 'number' && handle.fd >= 0 ? handle.fd : undefined
}

async function load(): Promise<void> {
  if (process.platform !== 'linux') return
  try {
    const { default: koffi } = await import('koffi')
    const library = koffi.load(null)
    const sendFile = library.func('int64_t sendfile64(int socket, int file, void *offset, uint64_t length)')
    const splice = library.func(
      'int64_t splice(int from, void *fromOffset, int to, void *toOffset, uint64_t length, uint32_t flags)',
    )
    const pipe = library.func('int pipe2(void *descriptors, int flags)')
    const fcntl = library.func('int fcntl(int descriptor, int command, ...)')
    calls = {
      sendFile: (socket, file, offset, length) => Number(sendFile(socket, file, offset, length)),
      splice: (from, fromOffset, to, toOffset, length) =>
        Number(splice(from, fromOffset, to, toOffset, length, SPLICE_F_NONBLOCK)),
      pipe: (bytes) => {
        const ends = Buffer.alloc(2 * DESCRIPTOR_BYTES)
        if (pipe(ends, O_CLOEXEC) !== 0) return { out: -1, in: -1 }
        const made = { out: ends.readInt32LE(0), in: ends.readInt32LE(DESCRIPTOR_BYTES) }
        fcntl(made.in, F_SETPIPE_SZ, 'int', bytes)
        return made
      },
    }
  } catch {
    // Without them every byte is read and written.
  }
}
