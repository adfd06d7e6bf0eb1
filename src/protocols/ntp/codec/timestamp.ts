// NTP's timestamps (RFC 5905 §6) and milliseconds. A timestamp resolves 0.23 ns; milliseconds since 1970 in a double
// resolve 2^-12 ms (0.24 µs). What came as a timestamp therefore stays one, and differences are taken of timestamps.

import type { Timestamp } from '../messages.ts'

/** From 1900-01-01 to 1970-01-01 (RFC 5905 §6, figure 4). */
const SECONDS_TO_1970 = 2_208_988_800
const TWO_32 = 4_294_967_296
const ERA_MS = TWO_32 * 1000
const TIMESTAMP_BITS = 64

/** Seconds since 1900 within their era, of milliseconds since 1970. */
export function secondsOf(ms: number): number {
  const seconds = (Math.floor(ms / 1000) + SECONDS_TO_1970) % TWO_32
  return seconds < 0 ? seconds + TWO_32 : seconds
}

/** The 32 bits behind the point, rounded to the nearest that is below the next second. */
export function fractionOf(ms: number): number {
  const rest = ms - Math.floor(ms / 1000) * 1000
  return Math.min(TWO_32 - 1, Math.round((rest * TWO_32) / 1000))
}

/** Of milliseconds since 1970-01-01T00:00Z; the era is dropped. */
export function timestampOf(ms: number): Timestamp {
  return (BigInt(secondsOf(ms)) << 32n) | BigInt(fractionOf(ms))
}

/** Milliseconds since 1970, in the era that puts them within 68 years of `nearMs`; rounded to 2^-12 ms. */
export function msOf(timestamp: Timestamp, nearMs: number): number {
  const seconds = Number(timestamp >> 32n) - SECONDS_TO_1970
  const ms = seconds * 1000 + (Number(timestamp & 0xffff_ffffn) * 1000) / TWO_32
  return ms + Math.round((nearMs - ms) / ERA_MS) * ERA_MS
}

/**
 * `later - earlier` in milliseconds, signed, across the turn of an era, without going through a time of day: a difference below
 * a second loses nothing. Exact for times within 68 years of each other (RFC 5905 §6).
 */
export function msBetween(later: Timestamp, earlier: Timestamp): number {
  return (Number(BigInt.asIntN(TIMESTAMP_BITS, later - earlier)) * 1000) / TWO_32
}

/** Into 8 octets at `at`, most significant first. Makes no object. */
export function writeTimestamp(view: DataView, at: number, ms: number): void {
  view.setUint32(at, secondsOf(ms))
  view.setUint32(at + 4, fractionOf(ms))
}
