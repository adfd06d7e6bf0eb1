// The canonical form of record data and the canonical order of names and data (RFC 4034 §6, RFC 6840 §5.1).

import { NAME_MAX_BYTES, TYPE, type DomainName } from '../messages.ts'
import { nameBytes } from './name.ts'

/** Each byte, letters in lower case. Length bytes of labels are below the letters, so whole names fold by it. */
export const FOLDED: Uint8Array = Uint8Array.from({ length: 256 }, (_, byte) =>
  byte >= 65 && byte <= 90 ? byte + 32 : byte,
)

/** The types whose names are folded: bytes in front of the names, and how many names follow. NAPTR stands apart. */
const NAMES_IN: ReadonlyMap<number, readonly [skip: number, names: number]> = new Map([
  [TYPE.NS, [0, 1]],
  [TYPE.CNAME, [0, 1]],
  [TYPE.SOA, [0, 2]],
  [TYPE.MB, [0, 1]],
  [TYPE.MG, [0, 1]],
  [TYPE.MR, [0, 1]],
  [TYPE.PTR, [0, 1]],
  [TYPE.MINFO, [0, 2]],
  [TYPE.MX, [2, 1]],
  [TYPE.RP, [0, 2]],
  [TYPE.AFSDB, [2, 1]],
  [TYPE.RT, [2, 1]],
  [TYPE.SIG, [18, 1]],
  [TYPE.PX, [2, 2]],
  [TYPE.NAPTR, [4, 1]],
  [TYPE.KX, [2, 1]],
  [TYPE.SRV, [6, 1]],
  [TYPE.DNAME, [0, 1]],
  [TYPE.RRSIG, [18, 1]],
])

/** Record data with its names folded where the type asks for it; the same array where nothing changes. */
export function canonicalRdata(type: number, data: Uint8Array): Uint8Array {
  const where = NAMES_IN.get(type)
  if (where === undefined) return data
  let start = where[0]
  if (type === TYPE.NAPTR) for (let strings = 3; strings > 0; strings -= 1) start += 1 + (data[start] ?? 0)
  let end = start
  for (let names = where[1]; names > 0; names -= 1) end = wireNameEnd(data, end)
  let at = start
  while (at < end && FOLDED[data[at]!] === data[at]) at += 1
  if (at === end) return data
  const folded = new Uint8Array(data)
  for (; at < end; at += 1) folded[at] = FOLDED[data[at]!]!
  return folded
}

/** Where the uncompressed name at `at` ends, its root included; never behind the bytes. */
export function wireNameEnd(bytes: Uint8Array, at = 0): number {
  let end = at
  for (let length = bytes[end] ?? 0; length !== 0; length = bytes[end] ?? 0) end += length + 1
  return Math.min(end + 1, bytes.length)
}

/** Orders the data of one set, in canonical form, as RFC 4034 §6.3 asks. */
export function compareRdata(a: Uint8Array, b: Uint8Array): number {
  return Buffer.compare(a, b)
}

/** The canonical order of two folded names (RFC 4034 §6.1): below 0, 0 or above 0. */
export function compareNames(a: DomainName, b: DomainName): number {
  if (a === b) return 0
  return a.includes('\\') || b.includes('\\') ? compareWireNames(nameBytes(a), nameBytes(b)) : comparePlain(a, b)
}

/** Label by label from the right; what has no escapes has one character for each byte. */
function comparePlain(a: DomainName, b: DomainName): number {
  let endA = a.length
  let endB = b.length
  while (endA > 0 && endB > 0) {
    const startA = a.lastIndexOf('.', endA - 1) + 1
    const startB = b.lastIndexOf('.', endB - 1) + 1
    const shorter = Math.min(endA - startA, endB - startB)
    for (let at = 0; at < shorter; at += 1) {
      const difference = a.charCodeAt(startA + at) - b.charCodeAt(startB + at)
      if (difference !== 0) return difference
    }
    if (endA - startA !== endB - startB) return endA - startA - (endB - startB)
    endA = startA - 1
    endB = startB - 1
  }
  return (endA > 0 ? 1 : 0) - (endB > 0 ? 1 : 0)
}

const startsA = new Uint8Array(NAME_MAX_BYTES)
const startsB = new Uint8Array(NAME_MAX_BYTES)

/** The canonical order of two names on the wire, not compressed, in any case. */
export function compareWireNames(a: Uint8Array, b: Uint8Array): number {
  let labelsA = labelStarts(a, startsA)
  let labelsB = labelStarts(b, startsB)
  while (labelsA > 0 && labelsB > 0) {
    const difference = compareLabels(a, startsA[--labelsA]!, b, startsB[--labelsB]!)
    if (difference !== 0) return difference
  }
  return labelsA - labelsB
}

/** Where each label's length byte stands; how many there are, the root not among them. */
function labelStarts(name: Uint8Array, into: Uint8Array): number {
  let count = 0
  for (let at = 0; at < name.length && name[at] !== 0 && count < into.length; at += name[at]! + 1) into[count++] = at
  return count
}

function compareLabels(a: Uint8Array, atA: number, b: Uint8Array, atB: number): number {
  const shorter = Math.min(a[atA]!, b[atB]!)
  for (let at = 1; at <= shorter; at += 1) {
    const difference = FOLDED[a[atA + at]!]! - FOLDED[b[atB + at]!]!
    if (difference !== 0) return difference
  }
  return a[atA]! - b[atB]!
}

/**
 * A key of a folded name by which `<` gives the canonical order: for sorting many names. Labels come in reverse, each
 * behind a NUL; bytes 0 and 1 within a label are written as 1 and themselves, one higher.
 */
export function canonicalKey(name: DomainName): string {
  if (!name.includes('\\')) return name === '' ? '' : `\0${name.split('.').toReversed().join('\0')}`
  const wire = nameBytes(name)
  let key = ''
  for (let count = labelStarts(wire, startsA); count > 0; count -= 1) {
    const at = startsA[count - 1]!
    key += '\0'
    for (const byte of wire.subarray(at + 1, at + 1 + wire[at]!))
      key += byte < 2 ? `\u0001${String.fromCharCode(byte + 1)}` : String.fromCharCode(byte)
  }
  return key
}
