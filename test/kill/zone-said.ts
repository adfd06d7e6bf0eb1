// The zone of the kill test, and what is edited into it.

import type { ZoneRecord } from '../../src/core/zones.ts'
import { TYPE } from '../../src/shared/dns/index.ts'

export const APEX = 'harbor.test'

export const DERIVED = [
  { name: APEX, type: 'SOA', ttlSeconds: 60, data: 'ns.harbor.test. root.harbor.test. 1 2 3 4 5' },
  { name: APEX, type: 'NS', ttlSeconds: 60, data: 'ns.harbor.test.' },
]

export function nameOf(number: number): string {
  return `n${number}.${APEX}`
}

export function recordOf(number: number): ZoneRecord {
  const data = Uint8Array.of(10, number >>> 16, number >>> 8, number)
  return { name: nameOf(number), type: TYPE.A, ttlSeconds: 60, data }
}
