// Serial numbers of zones: how they are compared and counted (RFC 1982), and where they stand in an SOA (RFC 1035 §3.3.13).

/** Serial, refresh, retry, expire and minimum: the end of an SOA's data. */
const NUMBERS_BYTES = 20
const HALF = 0x8000_0000

/** Whether `one` comes after `other` (RFC 1982 §3.2). Of two that are half of all apart neither does. */
export function isLater(one: number, other: number): boolean {
  const ahead = (one - other) >>> 0
  return ahead !== 0 && ahead < HALF
}

/** The next one. 0 is left out, since some take it for none (RFC 2136 §4.5 leaves the step open). */
export function nextSerial(serial: number): number {
  return (serial + 1) >>> 0 || 1
}

/** Of an SOA's data; undefined: it is none. */
export function serialOf(soa: Uint8Array): number | undefined {
  const at = soa.length - NUMBERS_BYTES
  if (at < 2) return undefined
  return new DataView(soa.buffer, soa.byteOffset, soa.byteLength).getUint32(at)
}

/** A copy of an SOA's data with another serial. */
export function withSerial(soa: Uint8Array, serial: number): Uint8Array {
  const copy = new Uint8Array(soa)
  new DataView(copy.buffer).setUint32(copy.length - NUMBERS_BYTES, serial)
  return copy
}
