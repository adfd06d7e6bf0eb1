// The sets of a message's section, each with the signatures that came for it.

import type { Name } from '../../../core/name.ts'
import { foldName } from '../../dns/codec/name.ts'
import { TYPE, type ResourceRecord } from '../../dns/messages.ts'
import { decodeRrsig, type Rrsig } from '../records.ts'
import type { ReceivedSet } from '../verify.ts'

interface GrowingSet extends ReceivedSet {
  ttlSeconds: number
  readonly data: Uint8Array[]
  readonly signatures: Rrsig[]
}

/** In the order in which they came. Signatures of sets that did not come are left out. */
export function setsOf(records: readonly ResourceRecord[]): readonly ReceivedSet[] {
  const sets = new Map<string, GrowingSet>()
  for (const record of records) {
    if (record.type === TYPE.RRSIG) continue
    const name = foldName(record.name)
    const key = keyOf(name, record.type, record.class)
    const known = sets.get(key)
    if (known === undefined) sets.set(key, begun(record, name))
    else {
      known.data.push(record.data)
      known.ttlSeconds = Math.min(known.ttlSeconds, record.ttlSeconds)
    }
  }
  for (const record of records) if (record.type === TYPE.RRSIG) addSignature(sets, record)
  return [...sets.values()]
}

function begun({ type, class: recordClass, ttlSeconds, data }: ResourceRecord, name: Name): GrowingSet {
  return { name, type, class: recordClass, ttlSeconds, data: [data], signatures: [] }
}

function addSignature(sets: ReadonlyMap<string, GrowingSet>, record: ResourceRecord): void {
  const rrsig = decodeRrsig(record.data)
  if (rrsig === undefined) return
  sets.get(keyOf(foldName(record.name), rrsig.covered, record.class))?.signatures.push(rrsig)
}

function keyOf(name: Name, type: number, recordClass: number): string {
  return `${type} ${recordClass} ${name}`
}

export function setAt(sets: readonly ReceivedSet[], name: Name, type: number): ReceivedSet | undefined {
  return sets.find((set) => set.type === type && set.name === name)
}
