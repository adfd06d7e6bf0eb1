// What TSIG's MAC is made over (RFC 8945 §4.3, §5.3.1), and the sizes of MACs.

import { createHmac } from 'node:crypto'
import type { TransactionKey } from '../../../core/zones.ts'
import { Writer } from '../../../wire/writer.ts'
import { foldName, nameBytes } from '../codec/name.ts'
import { CLASS } from '../messages.ts'
import { writeTime, type TsigRecord } from './record.ts'

type Algorithm = TransactionKey['algorithm']

/** Hash and bytes of a whole MAC (RFC 8945 §6). */
const ALGORITHMS: Readonly<Record<Algorithm, readonly [hash: string, bytes: number]>> = {
  'hmac-sha1': ['sha1', 20],
  'hmac-sha224': ['sha224', 28],
  'hmac-sha256': ['sha256', 32],
  'hmac-sha384': ['sha384', 48],
  'hmac-sha512': ['sha512', 64],
}
/** Bytes that a MAC is cut to at most, and so is half of it (RFC 8945 §5.2.2.1). */
const MAC_FLOOR_BYTES = 10
/** Bytes of a TSIG record without its names and MAC. */
const FIXED_BYTES = 26

export function macBytes(algorithm: Algorithm): number {
  return ALGORITHMS[algorithm][1]
}

/** The shortest MAC that is not malformed (RFC 8945 §5.2.2.1). */
export function macFloorBytes(algorithm: Algorithm): number {
  return Math.max(MAC_FLOOR_BYTES, macBytes(algorithm) / 2)
}

/** What signing adds to a message, in bytes: room to leave for it. `otherBytes` is 6 after BADTIME. */
export function tsigBytes(key: TransactionKey, otherBytes = 0): number {
  return (
    nameBytes(key.name).length + nameBytes(key.algorithm).length + FIXED_BYTES + macBytes(key.algorithm) + otherBytes
  )
}

/**
 * The MAC over `parts`, each a whole message without its TSIG, and over `record`'s fields: all of them, or only the times in the later
 * messages of a stream. `prior` is the MAC of the request, or of the signed message before.
 */
export function macOf(
  key: TransactionKey,
  prior: Uint8Array | undefined,
  parts: readonly Uint8Array[],
  record: Omit<TsigRecord, 'mac'>,
  timersOnly: boolean,
): Uint8Array {
  const hmac = createHmac(ALGORITHMS[key.algorithm][0], key.secret)
  if (prior !== undefined) hmac.update(Uint8Array.of(prior.length >> 8, prior.length)).update(prior)
  for (const part of parts) hmac.update(part)
  return new Uint8Array(hmac.update(timersOnly ? timers(record) : variables(record)).digest())
}

function timers({ timeSeconds, fudgeSeconds }: Omit<TsigRecord, 'mac'>): Uint8Array {
  const writer = new Writer(8)
  writeTime(writer, timeSeconds)
  writer.u16(fudgeSeconds)
  return writer.finish()
}

function variables(record: Omit<TsigRecord, 'mac'>): Uint8Array {
  const writer = new Writer(128)
  writer.put(nameBytes(foldName(record.name)))
  writer.u16(CLASS.ANY)
  writer.u32(0)
  writer.put(nameBytes(foldName(record.algorithm)))
  writeTime(writer, record.timeSeconds)
  writer.u16(record.fudgeSeconds)
  writer.u16(record.error)
  writer.u16(record.other.length)
  writer.put(record.other)
  return writer.finish()
}
