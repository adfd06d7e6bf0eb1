// Records that nobody asked for and that save another question: the addresses of the hosts that an answer names.

import type { Name } from '../../core/name.ts'
import type { RecordSet } from '../../core/zones.ts'
import { foldName, readName } from '../../shared/dns/codec/name.ts'
import { TYPE } from '../../shared/dns/messages.ts'
import { Reader } from '../../wire/reader.ts'
import { findInZone, setOf } from './lookup.ts'
import type { DnsPolicy } from './policy.ts'
import type { AnswerSet } from './resolution.ts'

/** Where in its data a type names a host whose addresses the asker wants next. */
const TARGET_OFFSET: ReadonlyMap<number, number> = new Map([
  [TYPE.NS, 0],
  [TYPE.MX, 2],
  [TYPE.AFSDB, 2],
  [TYPE.KX, 2],
  [TYPE.SRV, 6],
  [TYPE.SVCB, 2],
  [TYPE.HTTPS, 2],
])
/** Elsewhere it says that there is no host (RFC 2782, RFC 7505), or no further step (RFC 3403 §4.1). */
const ROOT_IS_OWNER: ReadonlySet<number> = new Set<number>([TYPE.SVCB, TYPE.HTTPS])
const ADDRESSES = [TYPE.A, TYPE.AAAA] as const
/** What a replacement of NAPTR leads to: service records, or addresses (RFC 3403 §4.1). */
const NAPTR_NEXT = [TYPE.SRV, ...ADDRESSES] as const
/** Names looked up for one answer; ours. */
const TARGETS_MAX = 64

/** What the zones of this host have for the names in `answers`, nothing twice. */
export function additionalFor(policy: DnsPolicy, answers: readonly AnswerSet[]): readonly AnswerSet[] {
  let found: AnswerSet[] | undefined
  for (const { owner, set } of answers) {
    if (!TARGET_OFFSET.has(set.type) && set.type !== TYPE.NAPTR) continue
    found ??= []
    const types = set.type === TYPE.NAPTR ? NAPTR_NEXT : ADDRESSES
    for (const target of targetsOf(owner, set)) addSets(policy, target, types, [...answers, ...found], found)
  }
  return found ?? []
}

/** The names of hosts in a set's data, folded, each once. The root is none, or the owner itself (RFC 9460 §2.5.2). */
export function targetsOf(owner: Name, { type, data }: RecordSet): readonly Name[] {
  const targets = new Set<Name>()
  for (const one of data) {
    const target = foldName(targetIn(type, one))
    if (target !== '') targets.add(target)
    else if (ROOT_IS_OWNER.has(type)) targets.add(owner)
    if (targets.size === TARGETS_MAX) break
  }
  return [...targets]
}

function targetIn(type: number, data: Uint8Array): Name {
  const reader = new Reader(data, TARGET_OFFSET.get(type) ?? 0)
  if (type === TYPE.NAPTR) {
    reader.take(4)
    for (let strings = 0; strings < 3; strings += 1) reader.take(reader.u8())
  }
  return readName(reader)
}

function addSets(
  policy: DnsPolicy,
  target: Name,
  types: readonly number[],
  there: readonly AnswerSet[],
  found: AnswerSet[],
): void {
  const zone = policy.zoneOf(target, TYPE.A)
  const version = zone?.version
  if (zone === undefined || version === undefined) return
  const finding = findInZone(version, target, TYPE.A)
  if (finding.kind !== 'name') return
  for (const type of types) {
    const set = setOf(finding.sets, type)
    const known = there.some((one) => one.owner === target && one.set.type === type)
    if (set !== undefined && !known) found.push({ owner: target, set, zone, at: target })
  }
}
