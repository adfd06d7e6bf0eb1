// The canonical form and order of names and records (RFC 4034 §6), and the bytes that a signature covers.

import { Reader } from '../../wire/reader.ts'
import { Writer } from '../../wire/writer.ts'
import { nameBytes, readName } from '../dns/codec/name.ts'
import type { DomainName } from '../dns/messages.ts'
import { writeRrsigHead, type Rrsig } from './records.ts'

/** Fields up to the last name of record data; `n` a name, `s` a character-string, a number that many octets. */
type Layout = readonly ('n' | 's' | number)[]

const NAME: Layout = ['n']
const PREFERENCE: Layout = [2, 'n']

/** Types whose names count in lower case (RFC 4034 §6.2, less NSEC by RFC 6840 §5.1). */
const LAYOUTS: ReadonlyMap<number, Layout> = new Map<number, Layout>([
  [2, NAME], // NS
  [3, NAME], // MD
  [4, NAME], // MF
  [5, NAME], // CNAME
  [6, ['n', 'n']], // SOA
  [7, NAME], // MB
  [8, NAME], // MG
  [9, NAME], // MR
  [12, NAME], // PTR
  [14, ['n', 'n']], // MINFO
  [15, PREFERENCE], // MX
  [17, ['n', 'n']], // RP
  [18, PREFERENCE], // AFSDB
  [21, PREFERENCE], // RT
  [24, [18, 'n']], // SIG
  [26, [2, 'n', 'n']], // PX
  [30, NAME], // NXT
  [33, [6, 'n']], // SRV
  [35, [4, 's', 's', 's', 'n']], // NAPTR
  [36, PREFERENCE], // KX
  [39, NAME], // DNAME
  [46, [18, 'n']], // RRSIG
])

/** Names in lower case where that is the form that is signed; the same array where nothing changes. */
export function canonicalData(type: number, data: Uint8Array): Uint8Array {
  const layout = LAYOUTS.get(type)
  if (layout === undefined || !data.some((byte) => byte >= 65 && byte <= 90)) return data
  const folded = new Uint8Array(data)
  const reader = new Reader(data)
  for (const field of layout) {
    const start = reader.offset
    if (field === 'n') foldRange(folded, start, nameEnd(reader))
    else reader.take(field === 's' ? reader.u8() : field)
  }
  return folded
}

function nameEnd(reader: Reader): number {
  readName(reader)
  return reader.offset
}

/** Length octets of labels are below 64, so they are never taken for letters. */
function foldRange(bytes: Uint8Array, start: number, end: number): void {
  for (let at = start; at < end; at += 1) {
    const byte = bytes[at] ?? 0
    if (byte >= 65 && byte <= 90) bytes[at] = byte + 32
  }
}

/** Data of one set in the order in which it is signed, each once (RFC 4034 §6.3). */
export function canonicalSet(type: number, data: readonly Uint8Array[]): readonly Uint8Array[] {
  if (data.length === 1) return [canonicalData(type, data[0] ?? new Uint8Array(0))]
  const sorted = data.map((each) => canonicalData(type, each)).toSorted(Buffer.compare)
  return sorted.filter((each, at) => at === 0 || Buffer.compare(each, sorted[at - 1] ?? each) !== 0)
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

/** Labels as octets, one character each, the topmost first; none for the root. */
export function labelsOf(name: DomainName): readonly string[] {
  if (name === '') return []
  if (!name.includes('\\')) return name.split('.').toReversed()
  const wire = Buffer.from(nameBytes(name))
  const labels: string[] = []
  for (let at = 0; (wire[at] ?? 0) !== 0; at += 1 + (wire[at] ?? 0))
    labels.unshift(wire.toString('latin1', at + 1, at + 1 + (wire[at] ?? 0)))
  return labels
}

/** The name of labels as `labelsOf` gives them. */
export function nameOfLabels(labels: readonly string[]): DomainName {
  const writer = new Writer(64)
  for (const label of labels.toReversed()) {
    writer.u8(label.length)
    writer.put(Buffer.from(label, 'latin1'))
  }
  writer.u8(0)
  return readName(new Reader(writer.view()))
}

/** Number of labels, the root's not counted. */
export function labelCount(name: DomainName): number {
  return labelsOf(name).length
}

/** Below zero where `a` comes first (RFC 4034 §6.1); both folded. */
export function canonicalOrder(a: DomainName, b: DomainName): number {
  if (a === b) return 0
  const left = labelsOf(a)
  const right = labelsOf(b)
  const shared = Math.min(left.length, right.length)
  for (let at = 0; at < shared; at += 1) {
    const one = left[at] ?? ''
    const other = right[at] ?? ''
    if (one !== other) return one < other ? -1 : 1
  }
  return left.length - right.length
}

/** The deepest name that both are, or lie below. */
export function commonAncestor(a: DomainName, b: DomainName): DomainName {
  const left = labelsOf(a)
  const right = labelsOf(b)
  let shared = 0
  while (shared < left.length && left[shared] === right[shared]) shared += 1
  return nameOfLabels(left.slice(0, shared))
}
