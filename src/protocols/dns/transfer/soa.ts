// The numbers at the end of an SOA (RFC 1035 §3.3.13), and where an SOA stands.

import type { ZoneRecord, ZoneVersion } from '../../../core/zones.ts'
import { CLASS, TYPE, type ResourceRecord } from '../../../shared/dns/messages.ts'
import { nextSerial, withSerial } from '../../../shared/dns/serial.ts'
import { Reader } from '../../../wire/reader.ts'

export interface SoaNumbers {
  readonly serial: number
  readonly refreshSeconds: number
  readonly retrySeconds: number
  readonly expireSeconds: number
}

/** Serial, refresh, retry, expire and minimum. */
const NUMBERS_BYTES = 20

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

export function withNextSerial(soa: ZoneRecord): ZoneRecord {
  return { ...soa, data: withSerial(soa.data, nextSerial(soaNumbers(soa.data).serial)) }
}
