// Negative answers that follow from proofs seen before (RFC 8198): a bounded store of validated NSEC and NSEC3 records in their
// order, and what they say of a name. What was validated, and for how long it may be kept, is for who puts it in to know.

import type { Name } from '../../core/name.ts'
import { parseBase32hex } from '../dns/codec/base32hex.ts'
import { labelsOf, wildcardAt } from '../dns/codec/labels.ts'
import { isWithin, parentOf } from '../dns/codec/name.ts'
import { TYPE } from '../dns/messages.ts'
import { canonicalOrder } from './canonical.ts'
import { nsec3Hash } from './nsec3-hash.ts'
import { encloserOf, nsecProver } from './proofs/nsec.ts'
import { nsec3Prover } from './proofs/nsec3.ts'
import type { OwnedNsec, OwnedNsec3, Prover } from './proofs/proof.ts'
import { decodeNsec, decodeNsec3, type Nsec3Parameters } from './records.ts'
import { SortedSpan } from './sorted-span.ts'
import { WorkBudget } from './work-budget.ts'

/** Records of one zone that are kept: one of a random attack's names each; half a megabyte. Ours. */
const RECORDS_PER_ZONE_MAX = 4096
/** Zones of which records are kept. Ours. */
const ZONES_MAX = 512
/** Records of all of them; some 50 MB where they are large. Ours. */
const RECORDS_MAX = 32_768
/** Rounds of SHA-1 that one question may take: it is answered from here, or somebody is asked. With no iterations (RFC 9276 §3.1), four for each label of any name. */
const ROUNDS_MAX = 512

/** A validated NSEC or NSEC3 record; `kept` is given back with what follows from it. */
export interface SeenDenial<T> {
  /** Folded, as that of the zone. */
  readonly owner: Name
  readonly type: number
  readonly data: Uint8Array
  readonly kept: T
  readonly fromSeconds: number
  /** Not included. */
  readonly untilSeconds: number
}

export interface FollowingDenial<T> {
  readonly kind: 'no-name' | 'no-data'
  readonly zone: Name
  /** Of the records that prove it, each once. */
  readonly kept: readonly T[]
  /** The first of their ends. */
  readonly untilSeconds: number
}

type Nsec<T> = OwnedNsec & SeenDenial<T>
type Nsec3<T> = OwnedNsec3 & SeenDenial<T>

interface ZoneDenials<T> {
  readonly nsec: SortedSpan<Name, Nsec<T>>
  /** Of the parameters that were seen last. */
  nsec3: SortedSpan<Uint8Array, Nsec3<T>>
  parameters: Nsec3Parameters | undefined
}

export class DenialStore<T> {
  readonly #zones = new Map<Name, ZoneDenials<T>>()
  #count = 0

  /** Records that are kept. */
  get count(): number {
    return this.#count
  }

  add(zone: Name, seen: SeenDenial<T>): void {
    const denials = this.#at(zone)
    const before = countOf(denials)
    if (seen.type === TYPE.NSEC) addNsec(denials, seen)
    else if (seen.type === TYPE.NSEC3) addNsec3(denials, seen)
    this.#count += countOf(denials) - before
    for (const oldest of this.#zones.keys()) {
      if (this.#count <= RECORDS_MAX) return
      if (oldest !== zone) this.#drop(oldest)
    }
  }

  /** What follows for a question; undefined: nothing, somebody has to be asked. Names are folded. */
  answer(name: Name, type: number, nowSeconds: number): FollowingDenial<T> | undefined {
    const home = type === TYPE.DS ? parentOf(name) : name
    if (this.#zones.size === 0 || home === undefined) return undefined
    for (let zone: Name | undefined = home; zone !== undefined; zone = parentOf(zone)) {
      const denials = this.#zones.get(zone)
      if (denials !== undefined) return answerFrom(denials, zone, name, type, nowSeconds)
    }
    return undefined
  }

  forget(zone: Name): void {
    for (const name of this.#zones.keys()) if (isWithin(name, zone)) this.#drop(name)
  }

  #drop(zone: Name): void {
    const denials = this.#zones.get(zone)
    if (denials !== undefined) this.#count -= countOf(denials)
    this.#zones.delete(zone)
  }

  #at(zone: Name): ZoneDenials<T> {
    const known = this.#zones.get(zone)
    if (known !== undefined) return known
    const oldest = this.#zones.size >= ZONES_MAX ? this.#zones.keys().next().value : undefined
    if (oldest !== undefined) this.#drop(oldest)
    const fresh: ZoneDenials<T> = {
      nsec: new SortedSpan(canonicalOrder, RECORDS_PER_ZONE_MAX),
      nsec3: new SortedSpan(Buffer.compare, RECORDS_PER_ZONE_MAX),
      parameters: undefined,
    }
    this.#zones.set(zone, fresh)
    return fresh
  }
}

function countOf<T>({ nsec, nsec3 }: ZoneDenials<T>): number {
  return nsec.size + nsec3.size
}

function addNsec<T>(denials: ZoneDenials<T>, seen: SeenDenial<T>): void {
  const nsec = decodeNsec(seen.data)
  if (nsec !== undefined) denials.nsec.set(seen.owner, { ...seen, nsec })
}

function addNsec3<T>(denials: ZoneDenials<T>, seen: SeenDenial<T>): void {
  const nsec3 = decodeNsec3(seen.data)
  const hash = parseBase32hex(labelsOf(seen.owner)[0] ?? '')
  if (nsec3 === undefined || hash === undefined) return
  const { parameters } = denials
  if (parameters?.iterations !== nsec3.iterations || Buffer.compare(parameters.salt, nsec3.salt) !== 0) {
    denials.parameters = { iterations: nsec3.iterations, salt: nsec3.salt }
    denials.nsec3 = new SortedSpan(Buffer.compare, RECORDS_PER_ZONE_MAX)
  }
  denials.nsec3.set(hash, { ...seen, hash, nsec3 })
}

function answerFrom<T>(
  denials: ZoneDenials<T>,
  zone: Name,
  name: Name,
  type: number,
  nowSeconds: number,
): FollowingDenial<T> | undefined {
  const nsec = nsecFor(denials, name).filter((each) => holds(each, nowSeconds))
  const found = concluded(nsecProver(zone, nsec), nsec, zone, name, type)
  if (found !== undefined || denials.parameters === undefined) return found
  const budget = new WorkBudget()
  budget.hashRounds = ROUNDS_MAX
  const nsec3 = nsec3For(denials, denials.parameters, zone, name, budget).filter((each) => holds(each, nowSeconds))
  return concluded(nsec3Prover(zone, nsec3, budget), nsec3, zone, name, type)
}

function holds<T>(seen: SeenDenial<T>, nowSeconds: number): boolean {
  return seen.fromSeconds <= nowSeconds && nowSeconds < seen.untilSeconds
}

/** Opt-out proves too little (RFC 8198 §5.2 wants secure denials only). */
function concluded<T>(
  prover: Prover,
  records: readonly SeenDenial<T>[],
  zone: Name,
  name: Name,
  type: number,
): FollowingDenial<T> | undefined {
  if (records.length === 0) return undefined
  const kind =
    prover.noData(name, type) === 'proven' ? 'no-data' : prover.noName(name) === 'proven' ? 'no-name' : undefined
  if (kind === undefined) return undefined
  const kept = [...new Set(records)].map((each) => each.kept)
  return { kind, zone, kept, untilSeconds: Math.min(...records.map((each) => each.untilSeconds)) }
}

/** The record at or before the name, and that at or before the wildcard in its place. */
function nsecFor<T>({ nsec }: ZoneDenials<T>, name: Name): readonly Nsec<T>[] {
  const found = nsec.atOrBefore(name)
  if (found === undefined || found.owner === name) return found === undefined ? [] : [found]
  const wildcard = nsec.atOrBefore(wildcardAt(encloserOf(found, name)))
  return wildcard === undefined || wildcard === found ? [found] : [found, wildcard]
}

/** The name's own record; or those of the closest encloser that is known, of the name below it, and of its wildcard. None once the budget is spent. */
function nsec3For<T>(
  { nsec3 }: ZoneDenials<T>,
  parameters: Nsec3Parameters,
  zone: Name,
  name: Name,
  budget: WorkBudget,
): readonly Nsec3<T>[] {
  const before = (each: Name): { readonly record: Nsec3<T> | undefined; readonly isIts: boolean } | undefined => {
    if (!budget.takeHash(parameters.iterations)) return undefined
    const hash = nsec3Hash(each, parameters)
    const record = nsec3.atOrBefore(hash) ?? nsec3.last
    return { record, isIts: record !== undefined && hash.equals(record.hash) }
  }
  let below = before(name)
  if (below?.isIts === true) return below.record === undefined ? [] : [below.record]
  for (let at = parentOf(name); at !== undefined && isWithin(at, zone); at = parentOf(at)) {
    const found = before(at)
    if (found === undefined) return []
    if (found.isIts) {
      const all = [found.record, below?.record, before(wildcardAt(at))?.record]
      return [...new Set(all)].filter((each) => each !== undefined)
    }
    below = found
  }
  return []
}
