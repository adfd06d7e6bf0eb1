// What changed from serial to serial, for those who transfer increments (RFC 1995); the oldest go first.

import type { ZoneDifference, ZoneRecord } from '../core/zones.ts'
import { DIFFERENCES_MAX, DIFFERENCES_MAX_BYTES, RECORD_OVERHEAD_BYTES } from './limits.ts'
import { serialOf } from '../shared/dns/serial.ts'

export class Differences {
  #kept: ZoneDifference[] = []
  #bytes = 0

  add(difference: ZoneDifference): void {
    this.#kept.push(difference)
    this.#bytes += sizeOf(difference)
    while (this.#kept.length > DIFFERENCES_MAX || this.#bytes > DIFFERENCES_MAX_BYTES) {
      const oldest = this.#kept.shift()
      if (oldest === undefined) return
      this.#bytes -= sizeOf(oldest)
    }
  }

  clear(): void {
    this.#kept = []
    this.#bytes = 0
  }

  /** Up to the newest; undefined: not kept. */
  since(serial: number): readonly ZoneDifference[] | undefined {
    const from = this.#kept.findIndex((one) => serialOf(one.from.data) === serial)
    return from === -1 ? undefined : this.#kept.slice(from)
  }
}

function sizeOf({ removed, added }: ZoneDifference): number {
  return bytesOf(removed) + bytesOf(added)
}

function bytesOf(records: readonly ZoneRecord[]): number {
  return records.reduce((sum, { name, data }) => sum + name.length + RECORD_OVERHEAD_BYTES + data.length, 0)
}
