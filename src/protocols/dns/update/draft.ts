// What an update makes of a zone: its steps one after the other over what there is (RFC 2136 §3.4.2), and then what differs.

import type { Name } from '../../../core/name.ts'
import type { RecordSet, ZoneEdit, ZoneRecord, ZoneVersion } from '../../../core/zones.ts'
import { TYPE } from '../../../shared/dns/messages.ts'
import { isLaterSerial, soaNumbers } from '../transfer/soa.ts'
import type { Step } from './sections.ts'

/** What may stand beside a CNAME (RFC 4034 §3, §4; RFC 2181 §10.1). */
const BESIDE_CNAME: ReadonlySet<number> = new Set<number>([TYPE.RRSIG, TYPE.NSEC, TYPE.KEY])
/** Of these a name has one, and another takes its place. */
const SINGLE: ReadonlySet<number> = new Set<number>([TYPE.CNAME, TYPE.DNAME])

type Sets = Map<number, RecordSet>

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
      const before = new Map((this.#version.setsAt(name) ?? []).map((set) => [set.type, set]))
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
    const sets = new Map((this.#version.setsAt(name) ?? []).map((set) => [set.type, set]))
    this.#touched.set(name, sets)
    return sets
  }

  #add(record: ZoneRecord): void {
    const { name, type, ttlSeconds, data } = record
    if (type === TYPE.SOA) return this.#addSoa(record)
    const sets = this.#at(name)
    const others = [...sets.keys()].filter((other) => other !== type)
    const alone = type === TYPE.CNAME && others.some((other) => !BESIDE_CNAME.has(other))
    if (alone || (sets.has(TYPE.CNAME) && type !== TYPE.CNAME && !BESIDE_CNAME.has(type))) return
    const before = SINGLE.has(type) ? [] : (sets.get(type)?.data ?? [])
    const there = before.some((one) => isSame(one, data))
    sets.set(type, { type, ttlSeconds, data: there ? before : [...before, data] })
  }

  #addSoa(record: ZoneRecord): void {
    if (record.name !== this.#version.apex) return
    const serial = this.#soa === undefined ? this.#version.serial : soaNumbers(this.#soa.data).serial
    if (isLaterSerial(soaNumbers(record.data).serial, serial)) this.#soa = record
  }

  #removeSet(name: Name, type: number): void {
    const isApex = name === this.#version.apex
    if (!isApex || (type !== TYPE.SOA && type !== TYPE.NS)) this.#at(name).delete(type)
  }

  #removeRecord(name: Name, type: number, data: Uint8Array): void {
    const set = this.#at(name).get(type)
    if (set === undefined || type === TYPE.SOA) return
    const rest = set.data.filter((one) => !isSame(one, data))
    if (rest.length > 0) this.#at(name).set(type, { ...set, data: rest })
    else this.#removeSet(name, type)
  }
}

/** The records of a set that `other` does not have. */
function recordsBut(name: Name, set: RecordSet, other: RecordSet | undefined): ZoneRecord[] {
  return set.data
    .filter((data) => !(other?.data.some((one) => isSame(one, data)) ?? false))
    .map((data) => ({ name, type: set.type, ttlSeconds: set.ttlSeconds, data }))
}

/** Undefined where the TTL changes: then all of the set is put there again. */
function withTtlOf(set: RecordSet, before: RecordSet | undefined): RecordSet | undefined {
  return before?.ttlSeconds === set.ttlSeconds ? before : undefined
}

function isSame(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && Buffer.compare(one, other) === 0
}
