// The numbers at the end of an SOA (RFC 1035 §3.3.13), and the order of serials (RFC 1982).

import type { ZoneRecord, ZoneVersion } from '../../../core/zones.ts'
import { CLASS, TYPE, type ResourceRecord } from '../../../shared/dns/messages.ts'
import { Reader } from '../../../wire/reader.ts'

export interface SoaNumbers {
  readonly serial: number
  readonly refreshSeconds: number
  readonly retrySeconds: number
  readonly expireSeconds: number
}

/** Serial, refresh, retry, expire and minimum. */
const NUMBERS_BYTES = 20
const HALF = 0x8000_0000

/** Of an SOA's valid data. */
export function soaNumbers(data: Uint8Array): SoaNumbers {
  const reader = new Reader(data, data.length - NUMBERS_BYTES)
  return {
    serial: reader.u32(),
    refreshSeconds: reader.u32(),
    retrySeconds: reader.u32(),
    expireSeconds: reader.u32(),
  }
}

/** The first among these that has data: in the classes of updates it may have none (RFC 2136 §2.4). */
export function soaIn(records: readonly ResourceRecord[]): ResourceRecord | undefined {
  return records.find((record) => record.type === TYPE.SOA && record.class === CLASS.IN)
}

export function soaOf(version: ZoneVersion): ZoneRecord {
  const set = version.setAt(version.apex, TYPE.SOA)
  const data = set?.data[0]
  if (set === undefined || data === undefined) throw new Error(`a version of ${version.apex || '.'} without an SOA`)
  return { name: version.apex, type: TYPE.SOA, ttlSeconds: set.ttlSeconds, data }
}

/** Whether `one` comes after `other` (RFC 1982 §3.2). */
export function isLaterSerial(one: number, other: number): boolean {
  const ahead = (one - other) >>> 0
  return ahead !== 0 && ahead < HALF
}

/** The next serial (RFC 1982); 0 is left out, since some take it for none. */
export function withNextSerial(soa: ZoneRecord): ZoneRecord {
  const data = new Uint8Array(soa.data)
  const next = (soaNumbers(data).serial + 1) >>> 0 || 1
  new DataView(data.buffer).setUint32(data.length - NUMBERS_BYTES, next)
  return { ...soa, data }
}
