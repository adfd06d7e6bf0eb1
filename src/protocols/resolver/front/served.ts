// An encoded answer as the front keeps it: with the places of its TTLs, which count down where they stand.

import { HEADER_BYTES, TYPE } from '../../../shared/dns/messages.ts'
import type { CachedAnswer } from '../../../shared/dns/serving/answer-cache.ts'

/** In the header's fourth byte (RFC 4035 §3.2.3). */
const AD_BIT = 0x20

export interface ServedAnswer extends CachedAnswer {
  /** Where each TTL stands, and what it was at first. */
  readonly ttlAt: readonly number[]
  readonly ttls: readonly number[]
  /** By the world's clock. */
  readonly storedMs: number
  readonly expiresMs: number
  /** From when on it is made anew while it is still good. Infinity: never. */
  refreshMs: number
  /** Seconds by which the TTLs in `bytes` have counted down. */
  agedSeconds: number
  readonly secure: boolean
}

/** Where the TTLs of an encoded message stand; that of OPT is none. */
export function ttlsIn(bytes: Uint8Array, questionEnd: number): { readonly ttlAt: number[]; readonly ttls: number[] } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const records = view.getUint16(6) + view.getUint16(8) + view.getUint16(10)
  const ttlAt: number[] = []
  let at = questionEnd
  for (let n = 0; n < records; n += 1) {
    at = nameEnd(bytes, at)
    if (view.getUint16(at) !== TYPE.OPT) ttlAt.push(at + 4)
    at += 10 + view.getUint16(at + 8)
  }
  return { ttlAt, ttls: ttlAt.map((place) => view.getUint32(place)) }
}

/** The shortest TTL of all records of an encoded answer to one question; 0 where there are none. */
export function leastTtl(answer: Uint8Array): number {
  const { ttls } = ttlsIn(answer, nameEnd(answer, HEADER_BYTES) + 4)
  return ttls.length === 0 ? 0 : Math.min(...ttls)
}

function nameEnd(bytes: Uint8Array, start: number): number {
  let at = start
  while (at < bytes.length) {
    const length = bytes[at]!
    if (length >= 0xc0) return at + 2
    at += length + 1
    if (length === 0) return at
  }
  return at
}

/** Makes the TTLs in its bytes those of now. Costs a comparison for all but the first asker of a second. */
export function age(answer: ServedAnswer, wallMs: number): void {
  const seconds = Math.floor((wallMs - answer.storedMs) / 1000)
  if (seconds === answer.agedSeconds) return
  answer.agedSeconds = seconds
  const { bytes, ttlAt, ttls } = answer
  for (let n = 0; n < ttlAt.length; n += 1) {
    const at = ttlAt[n]!
    const ttl = Math.max(0, ttls[n]! - seconds)
    bytes[at] = ttl >>> 24
    bytes[at + 1] = ttl >>> 16
    bytes[at + 2] = ttl >>> 8
    bytes[at + 3] = ttl
  }
}

/** Whether it is good at a time of the world's clock; a clock set back makes it void. */
export function isGood(answer: ServedAnswer, wallMs: number): boolean {
  return answer.storedMs <= wallMs && wallMs < answer.expiresMs
}

/** Sets AD for who understands it (RFC 6840 §5.8), and for nobody else. */
export function markSecure(answer: ServedAnswer, packet: Uint8Array, dnssecOk: boolean): void {
  const tell = answer.secure && (dnssecOk || (packet[3]! & AD_BIT) !== 0)
  answer.bytes[3] = tell ? answer.bytes[3]! | AD_BIT : answer.bytes[3]! & ~AD_BIT
}

/** Whether recursion is desired (RFC 1035 §4.1.1). */
export function desiresRecursion(packet: Uint8Array): boolean {
  return (packet[2]! & 0x01) !== 0
}

/** Whether checking is disabled (RFC 4035 §3.2.2). */
export function disablesChecking(packet: Uint8Array): boolean {
  return (packet[3]! & 0x10) !== 0
}

/** Whether the class of the question is IN. */
export function isInternet(packet: Uint8Array, questionEnd: number): boolean {
  return questionEnd >= HEADER_BYTES && packet[questionEnd - 2] === 0 && packet[questionEnd - 1] === 1
}
