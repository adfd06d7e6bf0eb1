// The NSEC and NSEC3 records of a response that a zone's keys have signed, as proofs.

import { parseBase32hex } from '../../dns/codec/base32hex.ts'
import { labelsOf } from '../../dns/codec/labels.ts'
import { formatName } from '../../dns/codec/name.ts'
import { TYPE } from '../../dns/messages.ts'
import { nsecProver } from '../proofs/nsec.ts'
import { nsec3Prover } from '../proofs/nsec3.ts'
import type { OwnedNsec, OwnedNsec3, Prover } from '../proofs/proof.ts'
import { decodeNsec, decodeNsec3 } from '../records.ts'
import { verifySet, type ReceivedSet, type Signed } from '../verify.ts'
import { EXTENDED_ERROR, type ExtendedError } from './types.ts'
import type { SecureZone, Work } from './zone-state.ts'

/** Denial records of one response that are looked at: a proof by NSEC3 needs three, NSEC two, for each of a few names. */
const RECORDS_MAX = 32

export interface ProvenSets {
  readonly prover: Prover
  /** Those whose signatures hold, SOA included. */
  readonly verified: readonly { readonly set: ReceivedSet; readonly signed: Signed }[]
  /** What was wrong with the first that is not among them. */
  readonly error: ExtendedError | undefined
  readonly iterationsError: ExtendedError
  /** The least of all that are verified; 0 where none is. */
  readonly ttlSeconds: number
}

/** From the authority section. */
export function provenSets(sets: readonly ReceivedSet[], zone: SecureZone, work: Work): ProvenSets {
  const verified: { set: ReceivedSet; signed: Signed }[] = []
  let error: ExtendedError | undefined
  for (const set of sets.filter(isOfProof).slice(0, RECORDS_MAX)) {
    const result = verifySet(set, zone.zone, zone.keys, work.nowSeconds, work.budget)
    if (result.kind === 'signed') verified.push({ set, signed: result })
    else error ??= result.error
  }
  return {
    prover: proverOf(
      verified.map((each) => each.set),
      zone,
      work,
    ),
    verified,
    error,
    iterationsError: {
      code: EXTENDED_ERROR.UNSUPPORTED_NSEC3_ITERATIONS,
      text: `${formatName(zone.zone)} has NSEC3 records with too many iterations`,
    },
    ttlSeconds: verified.length === 0 ? 0 : Math.min(...verified.map(({ signed }) => signed.ttlSeconds)),
  }
}

function isOfProof({ type }: ReceivedSet): boolean {
  return type === TYPE.NSEC || type === TYPE.NSEC3 || type === TYPE.SOA
}

/** A zone has one kind or the other; while it goes over from one to the other, both (RFC 5155 §10.4). */
function proverOf(sets: readonly ReceivedSet[], zone: SecureZone, work: Work): Prover {
  const nsec = sets.filter((set) => set.type === TYPE.NSEC).flatMap(nsecOf)
  const nsec3 = sets.filter((set) => set.type === TYPE.NSEC3).flatMap(nsec3Of)
  const one = nsecProver(zone.zone, nsec)
  if (nsec3.length === 0) return one
  const other = nsec3Prover(zone.zone, nsec3, work.budget)
  return nsec.length === 0 ? other : either(one, other)
}

function nsecOf({ name, data }: ReceivedSet): OwnedNsec[] {
  return data.flatMap((each) => {
    const nsec = decodeNsec(each)
    return nsec === undefined ? [] : [{ owner: name, nsec }]
  })
}

function nsec3Of({ name, data }: ReceivedSet): OwnedNsec3[] {
  const hash = parseBase32hex(labelsOf(name)[0] ?? '')
  return data.flatMap((each) => {
    const nsec3 = decodeNsec3(each)
    return hash === undefined || nsec3 === undefined || hash.length !== nsec3.next.length ? [] : [{ hash, nsec3 }]
  })
}

function either(one: Prover, other: Prover): Prover {
  return {
    noName: (name) => orElse(one.noName(name), () => other.noName(name)),
    noData: (name, type) => orElse(one.noData(name, type), () => other.noData(name, type)),
    wildcardAnswer: (name, encloser) =>
      orElse(one.wildcardAnswer(name, encloser), () => other.wildcardAnswer(name, encloser)),
    dsAbsence: (name) => orElse(one.dsAbsence(name), () => other.dsAbsence(name)),
  }
}

function orElse<T>(first: T | 'unproven', second: () => T): T | 'unproven' {
  return first === 'unproven' ? second() : first
}
