// What a validating resolver (RFC 4035 §4, §5) gives to its validator and gets from it.

import type { Name } from '../../../core/name.ts'
import type { Message, Question } from '../../dns/messages.ts'

/** RFC 4035 §4.3. */
export type Security = 'secure' | 'insecure' | 'bogus' | 'indeterminate'

/** IANA "Extended DNS Error Codes" (RFC 8914 §4), those that validation knows. */
export const EXTENDED_ERROR = {
  UNSUPPORTED_ALGORITHM: 1,
  UNSUPPORTED_DIGEST: 2,
  INDETERMINATE: 5,
  BOGUS: 6,
  EXPIRED: 7,
  NOT_YET_VALID: 8,
  DNSKEY_MISSING: 9,
  RRSIGS_MISSING: 10,
  NO_ZONE_KEY_BIT: 11,
  NSEC_MISSING: 12,
  UNSUPPORTED_NSEC3_ITERATIONS: 27,
} as const

export interface ExtendedError {
  /** One of `EXTENDED_ERROR`. */
  readonly code: number
  /** For people: what was looked at, and what is wrong with it. */
  readonly text: string
}

/** A set of the answer and what became of it. */
export interface ValidatedSet {
  readonly section: 'answer' | 'authority'
  readonly name: Name
  readonly type: number
  readonly security: Security
  /** How long it may be kept: its TTL, or less where its signature says so (RFC 4035 §5.3.3). */
  readonly ttlSeconds: number
}

export interface Verdict {
  /** Of the answer as a whole: the worst of what it rests on. */
  readonly security: Security
  /** Why it is not secure, where there is something to say (RFC 8914). */
  readonly error: ExtendedError | undefined
  readonly sets: readonly ValidatedSet[]
  /**
   * The name at which the response's aliases leave it: it neither answers for that name nor denies it (no SOA, RFC 2308 §2.2), so
   * what was judged is the way there. Undefined: the response is whole.
   */
  readonly rest: Name | undefined
  /** The most seconds for which the answer may be kept, proofs of denial included; 0 where it is bogus. */
  readonly ttlSeconds: number
}

/** A zone whose keys are known beforehand: by digest, by key, or both. */
export interface ValidationAnchor {
  readonly zone: Name
  /** Data of DS records. */
  readonly ds: readonly Uint8Array[]
  /** Data of DNSKEY records. */
  readonly keys: readonly Uint8Array[]
}

/** Looks up DS or DNSKEY records as they are, not validated (as with CD set), with their signatures and proofs. */
export type Fetch = (name: Name, type: number, then: (message: Message | undefined) => void) => void

export interface ValidatorOptions {
  readonly anchors: readonly ValidationAnchor[]
  /** Names from which on nothing is validated (RFC 7646). */
  readonly negativeAnchors?: readonly Name[]
  /** Whether RSA with SHA-1 signs anything (RFC 9905 §2 says no). Default: false, zones that have no other algorithm are insecure. */
  readonly acceptSha1?: boolean
}

export interface Validator {
  /**
   * Judges a response to `question`: `indeterminate` where no anchor covers the name, or the response is no answer (SERVFAIL);
   * `bogus` also where keys could not be had. `then` is called once, before this returns where all keys are known; `nowSeconds` is
   * the world's wall clock. What is not signed in the authority section of a positive answer, and all additional records, are not looked at.
   */
  validate(
    question: Question,
    response: Message,
    nowSeconds: number,
    fetch: Fetch,
    then: (verdict: Verdict) => void,
  ): void
  /** Whether a name lies below an anchor and no negative one: false means that nothing there can be secure. */
  covers(name: Name): boolean
  /** Forgets what it knows of a zone and all below it, or of everything. */
  forget(zone?: Name): void
}
