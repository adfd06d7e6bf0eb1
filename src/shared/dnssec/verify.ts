// Whether a set of records is signed by a zone's keys (RFC 4035 §5.3). Where the keys come from is not asked here.

import type { Name } from '../../core/name.ts'
import { Writer } from '../../wire/writer.ts'
import { lastLabels, signedLabelCount, wildcardAt } from '../dns/codec/labels.ts'
import { formatName, isWithin } from '../dns/codec/name.ts'
import { TYPE, typeName } from '../dns/messages.ts'
import { writeSigned } from './canonical.ts'
import { isAlgorithmKnown, isSignedBy } from './public-keys.ts'
import { DNSKEY_PROTOCOL, KEY_FLAG, type Dnskey, type Rrsig } from './records.ts'
import { EXTENDED_ERROR, type ExtendedError } from './validator/types.ts'
import type { WorkBudget } from './work-budget.ts'

/** Signatures of one set that are looked at: Unbound's MAX_VALIDATE_RRSIGS. */
const SIGNATURES_PER_SET_MAX = 8
/** Keys that are tried for one signature where several have its tag: two at most by BIND's and Unbound's choice, and two to spare. */
const KEYS_PER_TAG_MAX = 4

/** A set as it came: its records have the same owner, class and type. */
export interface ReceivedSet {
  /** Folded. */
  readonly name: Name
  readonly type: number
  readonly class: number
  readonly ttlSeconds: number
  readonly data: readonly Uint8Array[]
  /** Those of its RRSIG records that cover it. */
  readonly signatures: readonly Rrsig[]
}

export interface Signed {
  readonly kind: 'signed'
  readonly rrsig: Rrsig
  /** The closest encloser whose wildcard the set was made of (RFC 4035 §5.3.4); undefined: it stands there itself. */
  readonly wildcardBelow: Name | undefined
  /** RFC 4035 §5.3.3: the least of the TTL, the original TTL, and what is left of the signature. */
  readonly ttlSeconds: number
}

export interface Unsigned {
  readonly kind: 'unsigned'
  readonly error: ExtendedError
}

/** `keys` are those of `zone`, in which the set is said to be. */
export function verifySet(
  set: ReceivedSet,
  zone: Name,
  keys: readonly Dnskey[],
  nowSeconds: number,
  budget: WorkBudget,
): Signed | Unsigned {
  let last = unsigned(EXTENDED_ERROR.RRSIGS_MISSING, set, 'has no signature by its zone')
  const own = set.signatures.filter((rrsig) => rrsig.signer === zone && rrsig.covered === set.type)
  for (const rrsig of own.slice(0, SIGNATURES_PER_SET_MAX)) {
    const result = verifyBy(rrsig, set, keys, nowSeconds, budget)
    if (result.kind === 'signed') return result
    last = result
  }
  return last
}

function verifyBy(
  rrsig: Rrsig,
  set: ReceivedSet,
  keys: readonly Dnskey[],
  nowSeconds: number,
  budget: WorkBudget,
): Signed | Unsigned {
  const misfit = misfitOf(rrsig, set, nowSeconds)
  if (misfit !== undefined) return misfit
  const fitting = keys.filter((key) => key.tag === rrsig.tag && key.algorithm === rrsig.algorithm)
  const usable = fitting.filter(isZoneKey)
  if (usable.length === 0) return noKey(set, rrsig, fitting.length > 0)
  const wildcardBelow = expandedBelow(set.name, rrsig.labels)
  const owner = wildcardBelow === undefined ? set.name : wildcardAt(wildcardBelow)
  const bytes = signedBytes(rrsig, owner, set)
  for (const key of usable.slice(0, KEYS_PER_TAG_MAX)) {
    if (!budget.takeSignature()) return unsigned(EXTENDED_ERROR.BOGUS, set, 'takes too many signatures to check')
    if (isSignedBy(key, bytes, rrsig.signature)) return signedAs(set, rrsig, wildcardBelow, nowSeconds)
    budget.failures -= 1
  }
  return unsigned(EXTENDED_ERROR.BOGUS, set, `has a signature that key ${rrsig.tag} did not make`)
}

/** What is wrong with a signature before any key is tried (RFC 4035 §5.3.1). */
function misfitOf(rrsig: Rrsig, set: ReceivedSet, nowSeconds: number): Unsigned | undefined {
  const count = signedLabelCount(set.name)
  if (!isWithin(set.name, rrsig.signer)) return unsigned(EXTENDED_ERROR.BOGUS, set, 'is signed by a zone it is not in')
  if (rrsig.labels > count) return unsigned(EXTENDED_ERROR.BOGUS, set, 'has fewer labels than its signature says')
  // What stands for names beside it cannot have been made of a wildcard.
  const denies = set.type === TYPE.NSEC || set.type === TYPE.NSEC3
  if (denies && rrsig.labels < count) return unsigned(EXTENDED_ERROR.BOGUS, set, 'was made of a wildcard')
  if (before(rrsig.expiration, rrsig.inception))
    return unsigned(EXTENDED_ERROR.BOGUS, set, 'is signed for no time at all')
  if (before(rrsig.expiration, nowSeconds))
    return unsigned(EXTENDED_ERROR.EXPIRED, set, `has a signature that ended ${timeText(rrsig.expiration)}`)
  if (before(nowSeconds, rrsig.inception))
    return unsigned(EXTENDED_ERROR.NOT_YET_VALID, set, `has a signature that begins ${timeText(rrsig.inception)}`)
  if (!isAlgorithmKnown(rrsig.algorithm))
    return unsigned(EXTENDED_ERROR.UNSUPPORTED_ALGORITHM, set, `is signed by algorithm ${rrsig.algorithm}`)
  return undefined
}

/** RFC 4034 §2.1.1 and §2.1.2, RFC 5011 §2.1. */
export function isZoneKey(key: Dnskey): boolean {
  return (key.flags & KEY_FLAG.ZONE) !== 0 && (key.flags & KEY_FLAG.REVOKED) === 0 && key.protocol === DNSKEY_PROTOCOL
}

function noKey(set: ReceivedSet, rrsig: Rrsig, unfit: boolean): Unsigned {
  return unfit
    ? unsigned(EXTENDED_ERROR.NO_ZONE_KEY_BIT, set, `is signed by key ${rrsig.tag}, which is no zone key`)
    : unsigned(EXTENDED_ERROR.DNSKEY_MISSING, set, `is signed by key ${rrsig.tag}, which its zone does not have`)
}

/** The name below which the wildcard stands that was signed: where there were fewer labels (RFC 4035 §5.3.2). */
function expandedBelow(name: Name, signedLabels: number): Name | undefined {
  return signedLabels >= signedLabelCount(name) ? undefined : lastLabels(name, signedLabels)
}

const scratch = new Writer(4096)

function signedBytes(rrsig: Rrsig, owner: Name, set: ReceivedSet): Uint8Array {
  scratch.reset()
  writeSigned(scratch, rrsig, owner, set.class, set.data)
  return scratch.view()
}

function signedAs(set: ReceivedSet, rrsig: Rrsig, wildcardBelow: Name | undefined, nowSeconds: number): Signed {
  const leftSeconds = (rrsig.expiration - nowSeconds) | 0
  return {
    kind: 'signed',
    rrsig,
    wildcardBelow,
    ttlSeconds: Math.max(0, Math.min(set.ttlSeconds, rrsig.originalTtlSeconds, leftSeconds)),
  }
}

function unsigned(code: number, set: ReceivedSet, what: string): Unsigned {
  return { kind: 'unsigned', error: { code, text: `${formatName(set.name)} ${typeName(set.type)} ${what}` } }
}

/** Serial arithmetic on seconds (RFC 4034 §3.1.5, RFC 1982). */
function before(a: number, b: number): boolean {
  return ((a - b) | 0) < 0
}

/** The time nearest to the present age; a serial alone does not say which 136 years are meant. */
function timeText(serial: number): string {
  return `${new Date(serial * 1000).toISOString().slice(0, 19)}Z`
}
