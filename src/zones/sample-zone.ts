// Zones, records and a journal in memory, for tests.

import { failure, isFailure, type Failure } from '../core/failure.ts'
import type { Journal } from '../core/journal.ts'
import type { Name } from '../core/name.ts'
import type { NamedRecord } from '../core/world-view.ts'
import type { LiveZone, Removal, ZoneEdit, ZoneRecord, ZoneVersion } from '../core/zones.ts'
import { formatRdata } from '../shared/dns/index.ts'
import { typeName, typeNumber } from '../shared/dns/messages.ts'
import { readRecord } from './fill.ts'
import { openZone, type ZoneOptions } from './index.ts'

export const APEX = 'harbor.test'
export const SOA = 'harbor.test 3600 SOA ns.harbor.test. root.harbor.test. 7 3600 600 86400 300'

/** `www.harbor.test 300 A 192.0.2.1` */
export function named(line: string): NamedRecord {
  const [name = '', ttl = '', type = '', ...data] = line.split(' ')
  return { name, ttlSeconds: Number(ttl), type, data: data.join(' ') }
}

export function record(line: string): ZoneRecord {
  return good(readRecord(named(line)))
}

export function good<T>(value: T | Failure): T {
  if (isFailure(value)) throw new Error(`${value.code}: ${value.message}`)
  return value
}

/** Without `problems` each problem throws. */
export function sampleZone(lines: readonly string[], options: Partial<ZoneOptions> = {}): LiveZone {
  return openZone({ apex: APEX, records: [SOA, ...lines].map(named), problems: thrown, ...options })
}

export function there(zone: LiveZone): ZoneVersion {
  if (zone.current === undefined) throw new Error('nothing is there')
  return zone.current
}

export function adding(...lines: readonly string[]): ZoneEdit {
  return { remove: [], add: lines.map(record) }
}

export function removing(...removals: readonly (readonly [name: Name, type?: string, data?: string])[]): ZoneEdit {
  const remove = removals.map(([name, type, data]): Removal => {
    if (type === undefined) return { name }
    if (data === undefined) return { name, type: typeNumber(type) ?? 0 }
    return record(`${name} 0 ${type} ${data}`)
  })
  return { remove, add: [] }
}

export function lineOf({ name, ttlSeconds, type, data }: ZoneRecord): string {
  return `${name} ${ttlSeconds} ${typeName(type)} ${formatRdata(type, data)}`
}

/** All but the SOA. */
export function linesOf(version: ZoneVersion): string[] {
  return [...version.records()].slice(1).map(lineOf)
}

/** Keeps its entries as a file would: `opened` gives what a process sees that starts after a kill. */
export class MemoryJournal implements Journal {
  entries: Uint8Array[]
  /** Set: writing fails with it. */
  refusal: Failure | undefined
  /** Resolves writes; without one they are done at once. */
  held: (() => void)[] | undefined

  constructor(entries: readonly Uint8Array[] = []) {
    this.entries = [...entries]
  }

  opened(): MemoryJournal {
    return new MemoryJournal(this.entries)
  }

  read(): readonly Uint8Array[] {
    return this.entries
  }

  append(entries: readonly Uint8Array[]): Promise<Failure | undefined> {
    return this.#write([...this.entries, ...entries])
  }

  rewrite(entries: readonly Uint8Array[]): Promise<Failure | undefined> {
    return this.#write([...entries])
  }

  async #write(entries: Uint8Array[]): Promise<Failure | undefined> {
    const { held } = this
    if (held !== undefined) await new Promise<void>((resolve) => held.push(resolve))
    if (this.refusal !== undefined) return this.refusal
    this.entries = entries
    return undefined
  }
}

export const DISK_FULL = failure('ENOSPC', 'no space left on device')

function thrown({ message }: { message: string }): void {
  throw new Error(message)
}
