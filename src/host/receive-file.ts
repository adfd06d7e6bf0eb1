// From a socket to an open file without passing through this process, where the system has a way: by a pipe, which takes
// over the memory in which the bytes came.

import { readSync } from 'node:fs'
import type { Socket } from 'node:net'
import { descriptorOf, systemCalls, type SystemCalls } from './system-calls.ts'

/** Moved at a time, so that other streams get their turn: about 0.4 ms of copying. What the system lets everybody's pipe hold (pipe(7)). */
const SLICE_MAX_BYTES = 1_048_576
/** splice(2): an offset of 64 bits. */
const OFFSET_BYTES = 8
const NOTHING = new Uint8Array(0)

export interface Moved {
  /** Bytes that the file took. */
  readonly bytes: number
  /** What had left the socket, and the file did not take. */
  readonly rest: Uint8Array
}

const NONE: Moved = { bytes: 0, rest: NOTHING }

/** One for all: it is empty whenever nothing moves. */
let pipe: ReturnType<SystemCalls['pipe']> | undefined
const offsetRoom = Buffer.alloc(OFFSET_BYTES)

/** Moves what has come, up to `length`, to `offset`. Nothing where nothing has, and where that cannot be done or not yet. */
export function receiveIntoFile(socket: Socket, descriptor: number, offset: number, length: number): Moved {
  const system = systemCalls()
  const fd = descriptorOf(socket)
  if (system === undefined || fd === undefined || length <= 0) return NONE
  pipe ??= system.pipe(SLICE_MAX_BYTES)
  const came = system.splice(fd, null, pipe.in, null, Math.min(length, SLICE_MAX_BYTES))
  if (came <= 0) return NONE
  const bytes = intoFile(system, pipe.out, descriptor, offset, came)
  return { bytes, rest: bytes === came ? NOTHING : drawn(pipe.out, came - bytes) }
}

function intoFile(system: SystemCalls, from: number, descriptor: number, offset: number, length: number): number {
  let moved = 0
  while (moved < length) {
    offsetRoom.writeBigInt64LE(BigInt(offset + moved))
    const taken = system.splice(from, null, descriptor, offsetRoom, length - moved)
    if (taken <= 0) break
    moved += taken
  }
  return moved
}

function drawn(from: number, length: number): Uint8Array {
  const bytes = Buffer.alloc(length)
  for (let at = 0; at < length;) at += readSync(from, bytes, at, length - at, null)
  return bytes
}
