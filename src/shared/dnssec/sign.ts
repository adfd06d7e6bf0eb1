// Signatures over record sets of one zone (RFC 4034 §3, RFC 4035 §2.2). Which keys sign, and the times that stand in
// signatures, follow from the world's time alone.

import { sign } from 'node:crypto'
import type { Name } from '../../core/name.ts'
import type { RecordSet, Signing } from '../../core/zones.ts'
import { Writer } from '../../wire/writer.ts'
import { signedLabelCount } from '../dns/codec/labels.ts'
import { CLASS, TYPE } from '../dns/messages.ts'
import { writeSigned } from './canonical.ts'
import { rawSignature } from './ecdsa-form.ts'
import { keysAt, type KeySet, type ZoneKey } from './keys.ts'
import { ALGORITHM, writeRrsigHead, type Rrsig } from './records.ts'

const DAY_MS = 86_400_000
/** Of each number of a signature by P-256 (RFC 6605 §4). */
const P256_BYTES = 32
/** How far back signatures begin to hold, for verifiers whose clocks are behind: as BIND's `dnssec-signzone` does. */
const BACKDATE_MS = 3_600_000
/** Signatures of one quarter of their validity share their times, so that an answer can be kept for that long. */
const EPOCHS = 4
/** How far beyond its time a signature is that is wrong on purpose: validators forgive up to a day (Unbound's `val-sig-skew-max`). */
const WRONG_BY_MS = 2 * DAY_MS
/** The longest validity: half of what RFC 1982 arithmetic on seconds can tell apart (RFC 4034 §3.1.5). */
const VALIDITY_MAX_MS = 2 ** 30 * 1000

/** DNSKEY, CDS, CDNSKEY: what key-signing keys sign (RFC 7344 §4.1). */
const KEY_TYPES: ReadonlySet<number> = new Set<number>([TYPE.DNSKEY, TYPE.CDS, TYPE.CDNSKEY])

/** A time at which everything that is signed is signed alike. The same object as long as that is so. */
export interface SigningMoment {
  readonly keys: KeySet
  /** A time within. */
  readonly wallMs: number
  readonly fromMs: number
  /** Not included: what was signed in this moment is to be served no longer. */
  readonly untilMs: number
  /** When signatures begin and end to hold, in milliseconds since 1970. */
  readonly inceptionMs: number
  readonly expirationMs: number
}

export interface ZoneSigner {
  readonly zone: Name
  readonly secret: Uint8Array
  readonly signing: Signing
  at(wallMs: number): SigningMoment
  /**
   * Data of the RRSIG records of a set, one for each key that signs its type; none in a zone that is to have none. `owner` is
   * folded; a wildcard is signed under its own name, and what it expands to has the same signature (RFC 4034 §3.1.3).
   */
  sign(moment: SigningMoment, owner: Name, set: RecordSet): readonly Uint8Array[]
}

export function zoneSigner(secret: Uint8Array, zone: Name, signing: Signing): ZoneSigner {
  let last: SigningMoment | undefined
  return {
    zone,
    secret,
    signing,
    at(wallMs) {
      if (last === undefined || wallMs < last.fromMs || wallMs >= last.untilMs)
        last = momentAt(secret, zone, signing, wallMs)
      return last
    },
    sign: (moment, owner, set) => signatures(signing, zone, moment, owner, set),
  }
}

function momentAt(secret: Uint8Array, zone: Name, signing: Signing, wallMs: number): SigningMoment {
  const keys = keysAt(secret, zone, signing, wallMs)
  const validityMs = Math.min(signing.validityMs, VALIDITY_MAX_MS)
  const epochMs = Math.max(1000, Math.floor(validityMs / EPOCHS))
  const startMs = Math.floor(wallMs / epochMs) * epochMs
  const endMs = startMs + epochMs
  return {
    keys,
    wallMs,
    fromMs: Math.max(startMs, keys.fromMs),
    untilMs: Math.min(endMs, keys.untilMs),
    ...signatureTimes(signing.broken, startMs, endMs, validityMs),
  }
}

function signatureTimes(
  broken: Signing['broken'],
  startMs: number,
  endMs: number,
  validityMs: number,
): Pick<SigningMoment, 'inceptionMs' | 'expirationMs'> {
  if (broken === 'expired')
    return { inceptionMs: startMs - WRONG_BY_MS - BACKDATE_MS - validityMs, expirationMs: startMs - WRONG_BY_MS }
  if (broken === 'not-yet') return { inceptionMs: endMs + WRONG_BY_MS, expirationMs: endMs + WRONG_BY_MS + validityMs }
  return { inceptionMs: startMs - BACKDATE_MS, expirationMs: endMs + validityMs }
}

function signatures(
  signing: Signing,
  zone: Name,
  moment: SigningMoment,
  owner: Name,
  set: RecordSet,
): readonly Uint8Array[] {
  if (signing.broken === 'no-signature') return []
  const keys = KEY_TYPES.has(set.type) ? moment.keys.keySigning : [moment.keys.zoneSigning]
  return keys.map((key) => signatureBy(key, signing, zone, moment, owner, set))
}

const scratch = new Writer(4096)

function signatureBy(
  key: ZoneKey,
  signing: Signing,
  zone: Name,
  moment: SigningMoment,
  owner: Name,
  set: RecordSet,
): Uint8Array {
  const head: Omit<Rrsig, 'signature'> = {
    covered: set.type,
    algorithm: key.algorithm,
    labels: signedLabelCount(owner),
    originalTtlSeconds: set.ttlSeconds,
    // Never beyond the day on which the key is withdrawn, so that nothing cached outlives it (RFC 4035 §5.3.3).
    expiration: seconds(Math.min(moment.expirationMs, key.withdrawnMs)),
    inception: seconds(moment.inceptionMs),
    tag: key.tag,
    signer: zone,
  }
  scratch.reset()
  writeSigned(scratch, head, owner, CLASS.IN, set.data)
  const signature = signed(key, scratch.view())
  if (signing.broken === 'signature') signature[signature.length - 1] = (signature.at(-1) ?? 0) ^ 1
  scratch.reset()
  writeRrsigHead(scratch, head)
  scratch.put(signature)
  return scratch.finish()
}

function seconds(ms: number): number {
  return Math.floor(ms / 1000) >>> 0
}

function signed(key: ZoneKey, bytes: Uint8Array): Uint8Array {
  if (key.algorithm === ALGORITHM.ED25519) return sign(null, bytes, key.privateKey)
  return rawSignature(sign('sha256', bytes, key.privateKey), P256_BYTES)
}
