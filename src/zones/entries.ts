// What stands in a zone's journal: the contents that edits began from, by their digest; one edit's difference; a part of a
// zone that was put there whole. Bytes of this machine only; src/core/journal.ts says how they are kept.

import type { ZoneDifference, ZoneRecord } from '../core/zones.ts'
import { foldName, nameBytes, readName } from '../shared/dns/codec/name.ts'
import { Reader } from '../wire/reader.ts'
import { Writer } from '../wire/writer.ts'

/** The contents as they were read, which the differences behind it were made of. */
export interface ContentsEntry {
  readonly kind: 'contents'
  readonly digest: number
  /** Under which they were served. */
  readonly serial: number
}

export interface DifferenceEntry {
  readonly kind: 'difference'
  readonly difference: ZoneDifference
}

/** Records of a zone that was put there whole; `first` begins another one. */
export interface SnapshotEntry {
  readonly kind: 'snapshot'
  readonly first: boolean
  readonly records: readonly ZoneRecord[]
}

export type Entry = ContentsEntry | DifferenceEntry | SnapshotEntry

const KINDS = { contents: 1, difference: 2, snapshot: 3, more: 4 } as const
/** Records of one snapshot entry: some hundred kilobytes. */
const SNAPSHOT_RECORDS = 8192

export function encodeContents(digest: number, serial: number): Uint8Array {
  const writer = new Writer(16)
  writer.u8(KINDS.contents)
  writer.u32(digest)
  writer.u32(serial)
  return writer.finish()
}

export function encodeDifference({ from, to, removed, added }: ZoneDifference): Uint8Array {
  const writer = new Writer()
  writer.u8(KINDS.difference)
  writeRecord(writer, from)
  writeRecord(writer, to)
  writeRecords(writer, removed)
  writeRecords(writer, added)
  return writer.finish()
}

/** One entry at least. */
export function encodeSnapshot(records: Iterable<ZoneRecord>): Uint8Array[] {
  const entries: Uint8Array[] = []
  let part: ZoneRecord[] = []
  const close = (): void => {
    const writer = new Writer(65_536)
    writer.u8(entries.length === 0 ? KINDS.snapshot : KINDS.more)
    writeRecords(writer, part)
    entries.push(writer.finish())
    part = []
  }
  for (const record of records) if (part.push(record) === SNAPSHOT_RECORDS) close()
  if (part.length > 0 || entries.length === 0) close()
  return entries
}

/** Whether an entry is a part of a snapshot, without reading it. */
export function snapshotPart(bytes: Uint8Array): 'first' | 'more' | undefined {
  if (bytes[0] === KINDS.snapshot) return 'first'
  return bytes[0] === KINDS.more ? 'more' : undefined
}

/** Undefined: none of ours. */
export function decodeEntry(bytes: Uint8Array): Entry | undefined {
  const reader = new Reader(bytes)
  const entry = readEntry(reader, reader.u8())
  return reader.short || reader.left > 0 ? undefined : entry
}

function readEntry(reader: Reader, kind: number): Entry | undefined {
  switch (kind) {
    case KINDS.contents:
      return { kind: 'contents', digest: reader.u32(), serial: reader.u32() }
    case KINDS.difference: {
      const from = readRecord(reader)
      const to = readRecord(reader)
      return { kind: 'difference', difference: { from, to, removed: readRecords(reader), added: readRecords(reader) } }
    }
    case KINDS.snapshot:
    case KINDS.more:
      return { kind: 'snapshot', first: kind === KINDS.snapshot, records: readRecords(reader) }
    default:
      return undefined
  }
}

function writeRecords(writer: Writer, records: readonly ZoneRecord[]): void {
  writer.u32(records.length)
  for (const record of records) writeRecord(writer, record)
}

function writeRecord(writer: Writer, { name, type, ttlSeconds, data }: ZoneRecord): void {
  writer.put(nameBytes(name))
  writer.u16(type)
  writer.u32(ttlSeconds)
  writer.u16(data.length)
  writer.put(data)
}

function readRecords(reader: Reader): ZoneRecord[] {
  const records: ZoneRecord[] = []
  for (let left = reader.u32(); left > 0 && !reader.short; left -= 1) records.push(readRecord(reader))
  return records
}

function readRecord(reader: Reader): ZoneRecord {
  const name = foldName(readName(reader))
  return { name, type: reader.u16(), ttlSeconds: reader.u32(), data: reader.take(reader.u16()) }
}
