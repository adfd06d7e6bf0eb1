// Sets of records in canonical form (RFC 4034 §6), and the bytes that a signature covers.

import { Writer } from '../../wire/writer.ts'
import { canonicalRdata, compareRdata } from '../dns/codec/canonical.ts'
import { nameBytes } from '../dns/codec/name.ts'
import type { DomainName } from '../dns/messages.ts'
import { writeRrsigHead, type Rrsig } from './records.ts'

export { compareNames as canonicalOrder } from '../dns/codec/canonical.ts'

/** Data of one set in the order in which it is signed, each once (RFC 4034 §6.3). */
function canonicalSet(type: number, data: readonly Uint8Array[]): readonly Uint8Array[] {
  if (data.length === 1) return [canonicalRdata(type, data[0] ?? new Uint8Array(0))]
  const sorted = data.map((each) => canonicalRdata(type, each)).toSorted(compareRdata)
  return sorted.filter((each, at) => at === 0 || compareRdata(each, sorted[at - 1] ?? each) !== 0)
}

/** What a signature is made over (RFC 4034 §3.1.8.1): `owner` folded, with `*` for an expanded wildcard. */
export function writeSigned(
  writer: Writer,
  head: Omit<Rrsig, 'signature'>,
  owner: DomainName,
  recordClass: number,
  data: readonly Uint8Array[],
): void {
  writeRrsigHead(writer, head)
  const front = nameBytes(owner)
  for (const each of canonicalSet(head.covered, data)) {
    writer.put(front)
    writer.u16(head.covered)
    writer.u16(recordClass)
    writer.u32(head.originalTtlSeconds)
    writer.u16(each.length)
    writer.put(each)
  }
}
