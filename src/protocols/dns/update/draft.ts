// What an update makes of a zone: its steps one after the other over what there is (RFC 2136 §3.4.2), and then what differs.

import type { Name } from '../../../core/name.ts'
import type { RecordSet, ZoneEdit, ZoneRecord, ZoneVersion } from '../../../core/zones.ts'
import { TYPE } from '../../../shared/dns/messages.ts'
import { latin1 } from '../../../wire/text.ts'
import { isLater } from '../../../shared/dns/serial.ts'
import { soaNumbers } from '../transfer/soa.ts'
import type { Step } from './sections.ts'

/** What may stand beside a CNAME (RFC 4034 §3, §4; RFC 2181 §10.1). */
const BESIDE_CNAME: ReadonlySet<number> = new Set<number>([TYPE.RRSIG, TYPE.NSEC, TYPE.KEY])
/** Of these a name has one, and another takes its place. */
const SINGLE: ReadonlySet<number> = new Set<number>([TYPE.CNAME, TYPE.DNAME])

/** Records by their octets: a set may hold thousands. */
interface DraftSet {
  readonly type: number
  readonly ttlSeconds: number
  readonly records: Map<string, Uint8Array>
}

type Sets = Map<number, DraftSet>

export function editOf(version: ZoneVersion, steps: readonly Step[]): ZoneEdit {
  const draft = new Draft(version)
  for (const step of steps) draft.take(step)
  return draft.edit()
}

class Draft {
  readonly #version: ZoneVersion
  readonly #touched = new Map<Name, Sets>()
  #soa: ZoneRecord | undefined

  constructor(version: ZoneVersion) {
    this.#version = version
  }

  take(step: Step): void {
    switch (step.kind) {
      case 'add':
        return this.#add(step.record)
      case 'remove-name':
        for (const type of this.#at(step.name).keys()) this.#removeSet(step.name, type)
        return
      case 'remove-set':
        return this.#removeSet(step.name, step.type)
      case 'remove-record':
        return this.#removeRecord(step.name, step.type, step.data)
    }
  }

  edit(): ZoneEdit {
    const remove: ZoneRecord[] = []
    const add: ZoneRecord[] = []
    for (const [name, sets] of this.#touched) {
      const before = this.#before(name)
      for (const set of before.values()) remove.push(...recordsBut(name, set, sets.get(set.type)))
      for (const set of sets.values()) add.push(...recordsBut(name, set, withTtlOf(set, before.get(set.type))))
    }
    const soa = this.#soa === undefined ? [] : [this.#soa]
    return { remove: remove.map(({ name, type, data }) => ({ name, type, data })), add: [...add, ...soa] }
  }

  /** Without the SOA, which no step takes out. */
  #at(name: Name): Sets {
    const known = this.#touched.get(name)
    if (known !== undefined) return known
    const sets = this.#before(name)
    this.#touched.set(name, sets)
    return sets
  }

  #before(name: Name): Sets {
    return new Map((this.#version.setsAt(name) ?? []).map((set) => [set.type, draftOf(set)]))
  }

  #add(record: ZoneRecord): void {
    const { name, type, ttlSeconds, data } = record
    if (type === TYPE.SOA) return this.#addSoa(record)
    const sets = this.#at(name)
    const others = [...sets.keys()].filter((other) => other !== type)
    const alone = type === TYPE.CNAME && others.some((other) => !BESIDE_CNAME.has(other))
    if (alone || (sets.has(TYPE.CNAME) && type !== TYPE.CNAME && !BESIDE_CNAME.has(type))) return
    const records = (SINGLE.has(type) ? undefined : sets.get(type)?.records) ?? new Map<string, Uint8Array>()
    sets.set(type, { type, ttlSeconds, records: records.set(latin1(data), data) })
  }

  #addSoa(record: ZoneRecord): void {
    if (record.name !== this.#version.apex) return
    const serial = this.#soa === undefined ? this.#version.serial : soaNumbers(this.#soa.data).serial
    if (isLater(soaNumbers(record.data).serial, serial)) this.#soa = record
  }

  #removeSet(name: Name, type: number): void {
    const isApex = name === this.#version.apex
    if (!isApex || (type !== TYPE.SOA && type !== TYPE.NS)) this.#at(name).delete(type)
  }

  #removeRecord(name: Name, type: number, data: Uint8Array): void {
    const set = this.#at(name).get(type)
    const key = latin1(data)
    if (set === undefined || type === TYPE.SOA || !set.records.has(key)) return
    if (set.records.size > 1) set.records.delete(key)
    else this.#removeSet(name, type)
  }
}

function draftOf({ type, ttlSeconds, data }: RecordSet): DraftSet {
  return { type, ttlSeconds, records: new Map(data.map((one) => [latin1(one), one])) }
}

/** The records of a set that `other` does not have. */
function recordsBut(name: Name, set: DraftSet, other: DraftSet | undefined): ZoneRecord[] {
  const { type, ttlSeconds } = set
  const records = Array.from(set.records).filter(([key]) => other?.records.has(key) !== true)
  return records.map(([, data]) => ({ name, type, ttlSeconds, data }))
}

/** Undefined where the TTL changes: then all of the set is put there again. */
function withTtlOf(set: DraftSet, before: DraftSet | undefined): DraftSet | undefined {
  return before?.ttlSeconds === set.ttlSeconds ? before : undefined
}
