// From an open file to a socket without passing through this process, where the system has a way.

import type { Socket } from 'node:net'
import { descriptorOf, systemCalls } from './system-calls.ts'

/** Handed to the kernel at a time, so that other streams get their turn: about 0.2 ms of copying. */
const SLICE_MAX_BYTES = 524_288
/** sendfile(2): an offset of 64 bits, in and out. */
const OFFSET_BYTES = 8

const offsetRoom = Buffer.alloc(OFFSET_BYTES)

/**
 * Bytes that the kernel took for `socket`, which has nothing queued: up to `length` from `offset` of an open file. 0 where it
 * takes none now, and where that cannot be done or not yet.
 */
export function sendFromFile(socket: Socket, descriptor: number, offset: number, length: number): number {
  const fd = descriptorOf(socket)
  const system = systemCalls()
  if (system === undefined || fd === undefined || length <= 0) return 0
  offsetRoom.writeBigInt64LE(BigInt(offset))
  return Math.max(0, system.sendFile(fd, descriptor, offsetRoom, Math.min(length, SLICE_MAX_BYTES)))
}
