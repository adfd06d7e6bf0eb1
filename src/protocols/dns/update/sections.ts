// The sections of an update, as they must be before anything is done (RFC 2136 §3.1, §3.2, §3.4.1). A response code for what
// must not be.

import type { Name } from '../../../core/name.ts'
import type { RecordSet, ZoneRecord, ZoneVersion } from '../../../core/zones.ts'
import { foldName, isWithin } from '../../../shared/dns/codec/name.ts'
import { CLASS, RCODE, TYPE, type ResourceRecord } from '../../../shared/dns/messages.ts'
import { latin1 } from '../../../wire/text.ts'

/** Types for questions and messages (RFC 6895 §3.1); ANY is one of them. */
const META_FIRST = 128
const META_LAST = 255

/** One thing to do, in the order of the message (RFC 2136 §2.5). */
export type Step =
  | { readonly kind: 'add'; readonly record: ZoneRecord }
  | { readonly kind: 'remove-name'; readonly name: Name }
  | { readonly kind: 'remove-set'; readonly name: Name; readonly type: number }
  | { readonly kind: 'remove-record'; readonly name: Name; readonly type: number; readonly data: Uint8Array }

function isMeta(type: number): boolean {
  return type === TYPE.OPT || type === 0 || (type >= META_FIRST && type <= META_LAST)
}

/** What the prerequisites come to (RFC 2136 §3.2.5). */
export function prerequisitesOf(version: ZoneVersion, records: readonly ResourceRecord[]): number {
  const wanted = new Map<string, { readonly name: Name; readonly type: number; readonly data: Uint8Array[] }>()
  for (const { name: owner, type, class: recordClass, ttlSeconds, data } of records) {
    const name = foldName(owner)
    if (ttlSeconds !== 0) return RCODE.FORMERR
    if (!isWithin(name, version.apex)) return RCODE.NOTZONE
    if (recordClass === CLASS.IN) {
      if (isMeta(type)) return RCODE.FORMERR
      const key = `${type} ${name}`
      const set = wanted.get(key) ?? { name, type, data: [] }
      set.data.push(data)
      wanted.set(key, set)
      continue
    }
    const rcode = existence(version, name, type, recordClass, data)
    if (rcode !== RCODE.NOERROR) return rcode
  }
  const same = [...wanted.values()].every(({ name, type, data }) => isSameSet(version.setAt(name, type), data))
  return same ? RCODE.NOERROR : RCODE.NXRRSET
}

function existence(version: ZoneVersion, name: Name, type: number, recordClass: number, data: Uint8Array): number {
  if (data.length > 0 || (isMeta(type) && type !== TYPE.ANY)) return RCODE.FORMERR
  const isAny = type === TYPE.ANY
  const there = isAny ? (version.setsAt(name)?.length ?? 0) > 0 : version.setAt(name, type) !== undefined
  if (recordClass === CLASS.ANY) return there ? RCODE.NOERROR : isAny ? RCODE.NXDOMAIN : RCODE.NXRRSET
  if (recordClass === CLASS.NONE) return !there ? RCODE.NOERROR : isAny ? RCODE.YXDOMAIN : RCODE.YXRRSET
  return RCODE.FORMERR
}

/** TTLs do not count. */
function isSameSet(set: RecordSet | undefined, data: readonly Uint8Array[]): boolean {
  if (set === undefined) return false
  const [there, wanted] = [set.data, data].map((all) => new Set(all.map((one) => latin1(one))))
  return there?.size === wanted?.size && [...(there ?? [])].every((one) => wanted?.has(one) === true)
}

/** What the update section asks for; a number: the response code for one that is wrong. */
export function stepsOf(apex: Name, records: readonly ResourceRecord[]): readonly Step[] | number {
  const steps: Step[] = []
  for (const record of records) {
    const name = foldName(record.name)
    if (!isWithin(name, apex)) return RCODE.NOTZONE
    const step = stepOf(name, record)
    if (step === undefined) return RCODE.FORMERR
    steps.push(step)
  }
  return steps
}

function stepOf(name: Name, { type, class: recordClass, ttlSeconds, data }: ResourceRecord): Step | undefined {
  if (recordClass === CLASS.IN) {
    return isMeta(type) ? undefined : { kind: 'add', record: { name, type, ttlSeconds, data } }
  }
  if (ttlSeconds !== 0) return undefined
  if (recordClass === CLASS.NONE) return isMeta(type) ? undefined : { kind: 'remove-record', name, type, data }
  if (recordClass !== CLASS.ANY || data.length > 0) return undefined
  if (type === TYPE.ANY) return { kind: 'remove-name', name }
  return isMeta(type) ? undefined : { kind: 'remove-set', name, type }
}
