// What the answers to look-ups of DS and DNSKEY records say of a zone (RFC 4035 §5.2). Asks for nothing itself.

import type { Name } from '../../../core/name.ts'
import { formatName, isWithin } from '../../dns/codec/name.ts'
import { TYPE, type Message } from '../../dns/messages.ts'
import { keyDigest } from '../anchors.ts'
import { isAlgorithmKnown } from '../public-keys.ts'
import { ALGORITHM, DIGEST, decodeDnskey, decodeDs, type Dnskey, type Ds } from '../records.ts'
import { isZoneKey, verifySet, type ReceivedSet } from '../verify.ts'
import { provenSets } from './denial-records.ts'
import { setAt, setsOf } from './sets.ts'
import { EXTENDED_ERROR } from './types.ts'
import {
  bogus,
  type BogusZone,
  type InsecureZone,
  type NameState,
  type SameZone,
  type SecureZone,
  type Work,
} from './zone-state.ts'

/** Keys of one zone that are looked at; the root has had 6 at most. */
const KEYS_MAX = 32
/** DS records that are looked at. */
const DS_MAX = 16
/** DS records and keys that fit by tag and are none of each other's: Unbound's MAX_DS_MATCH_FAILURES. */
const MATCH_FAILURES_MAX = 4

/** What stands for a zone's keys: DS records of its parent, or an anchor's digests and keys. */
export interface EntryPoints {
  readonly ds: readonly Ds[]
  readonly keys: readonly Uint8Array[]
  readonly ttlSeconds: number
}

/** The DS records of `name` by the zone above, or what it says instead. */
export function judgeDs(
  name: Name,
  message: Message,
  above: SecureZone,
  work: Work,
): EntryPoints | InsecureZone | BogusZone | SameZone {
  const sets = setsOf(message.answers)
  const ds = setAt(sets, name, TYPE.DS)
  if (ds !== undefined) return entryPoints(name, ds, above, work)
  const alias = sets.find((set) => isAliasFor(set, name) && isWithin(set.name, above.zone) && set.signatures.length > 0)
  return alias === undefined ? judgeNoDs(name, message, above, work) : judgeAlias(alias, above, work)
}

function isAliasFor(set: ReceivedSet, name: Name): boolean {
  return set.type === TYPE.CNAME
    ? set.name === name
    : set.type === TYPE.DNAME && set.name !== name && isWithin(name, set.name)
}

function entryPoints(
  name: Name,
  set: ReceivedSet,
  above: SecureZone,
  work: Work,
): EntryPoints | InsecureZone | BogusZone {
  const verified = verifySet(set, above.zone, above.keys, work.nowSeconds, work.budget)
  if (verified.kind === 'unsigned') return bogus(verified.error.code, verified.error.text)
  if (verified.wildcardBelow !== undefined)
    return bogus(EXTENDED_ERROR.BOGUS, `${formatName(name)} DS was made of a wildcard`)
  const all = set.data.slice(0, DS_MAX).map(decodeDs)
  const { ttlSeconds } = verified
  return usable(name, { ds: all.filter((each) => each !== undefined), keys: [], ttlSeconds }, work.acceptSha1)
}

/** An alias is no delegation: the zone goes on. */
function judgeAlias(set: ReceivedSet, above: SecureZone, work: Work): BogusZone | SameZone {
  const verified = verifySet(set, above.zone, above.keys, work.nowSeconds, work.budget)
  if (verified.kind === 'unsigned') return bogus(verified.error.code, verified.error.text)
  return { kind: 'same', last: false, ttlSeconds: verified.ttlSeconds }
}

function judgeNoDs(name: Name, message: Message, above: SecureZone, work: Work): InsecureZone | BogusZone | SameZone {
  const proof = provenSets(setsOf(message.authorities), above, work)
  const { ttlSeconds } = proof
  const absence = proof.prover.dsAbsence(name)
  if (absence === 'cut' || absence === 'opt-out') return { kind: 'insecure', at: name, error: undefined, ttlSeconds }
  if (absence === 'no-cut' || absence === 'no-name') return { kind: 'same', last: absence === 'no-name', ttlSeconds }
  if (absence === 'iterations') return { kind: 'insecure', at: name, error: proof.iterationsError, ttlSeconds }
  const error = proof.error ?? {
    code: EXTENDED_ERROR.NSEC_MISSING,
    text: `nothing proves that ${formatName(name)} has no DS`,
  }
  return bogus(error.code, error.text)
}

/** Those that can be used; none, and the zone is insecure (RFC 4035 §5.2, RFC 6840 §5.2). SHA-1 digests count where there are no others (RFC 4509 §3). */
export function usable(name: Name, points: EntryPoints, acceptSha1: boolean): EntryPoints | InsecureZone {
  const spoken = points.ds.filter((ds) => isAccepted(ds.algorithm, acceptSha1))
  const digested = spoken.filter((ds) => ds.digestType === DIGEST.SHA256 || ds.digestType === DIGEST.SHA384)
  const weak = spoken.filter((ds) => ds.digestType === DIGEST.SHA1)
  const keys = points.keys.filter((key) => isAccepted(key[3] ?? 0, acceptSha1))
  const ds = digested.length > 0 ? digested : weak
  if (ds.length + keys.length > 0) return { ds, keys, ttlSeconds: points.ttlSeconds }
  const error =
    spoken.length > 0
      ? { code: EXTENDED_ERROR.UNSUPPORTED_DIGEST, text: `no known digest among the DS records of ${formatName(name)}` }
      : {
          code: EXTENDED_ERROR.UNSUPPORTED_ALGORITHM,
          text: `no known algorithm among the DS records of ${formatName(name)}`,
        }
  return { kind: 'insecure', at: name, error, ttlSeconds: points.ttlSeconds }
}

function isAccepted(algorithm: number, acceptSha1: boolean): boolean {
  const old = algorithm === ALGORITHM.RSASHA1 || algorithm === ALGORITHM.RSASHA1_NSEC3
  return isAlgorithmKnown(algorithm) && (acceptSha1 || !old)
}

/** The keys of `zone`, where one of them that is stood for signs them all. */
export function judgeKeys(zone: Name, message: Message, points: EntryPoints, work: Work): NameState {
  const set = setAt(setsOf(message.answers), zone, TYPE.DNSKEY)
  if (set === undefined) return bogus(EXTENDED_ERROR.DNSKEY_MISSING, `${formatName(zone)} has no DNSKEY records`)
  const keys = set.data.slice(0, KEYS_MAX).map(decodeDnskey)
  const zoneKeys = keys.filter((key) => key !== undefined).filter(isZoneKey)
  const trusted = trustedKeys(zone, zoneKeys, points)
  if (trusted.length === 0)
    return bogus(EXTENDED_ERROR.DNSKEY_MISSING, `no key of ${formatName(zone)} is one that its DS records stand for`)
  const verified = verifySet(set, zone, trusted, work.nowSeconds, work.budget)
  if (verified.kind === 'unsigned') return bogus(verified.error.code, verified.error.text)
  const ttlSeconds = Math.min(verified.ttlSeconds, points.ttlSeconds)
  return {
    kind: 'secure',
    zone,
    keys: zoneKeys.filter((key) => isAccepted(key.algorithm, work.acceptSha1)),
    ttlSeconds,
  }
}

function trustedKeys(zone: Name, keys: readonly Dnskey[], points: EntryPoints): readonly Dnskey[] {
  const found = keys.filter((key) => points.keys.some((known) => Buffer.compare(known, key.data) === 0))
  let failures = 0
  for (const ds of points.ds)
    for (const key of keys) {
      if (key.tag !== ds.tag || key.algorithm !== ds.algorithm) continue
      if (stands(zone, ds, key)) found.push(key)
      else failures += 1
      if (failures > MATCH_FAILURES_MAX) return found
    }
  return found
}

function stands(zone: Name, ds: Ds, key: Dnskey): boolean {
  const digest = keyDigest(zone, key.data, ds.digestType)
  return digest !== undefined && Buffer.compare(digest, ds.digest) === 0
}
