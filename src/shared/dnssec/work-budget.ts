// How much work one answer may cause, so that nobody's records keep a validator busy (CVE-2023-50387 "KeyTrap",
// CVE-2023-50868). What is spent is spent for the whole answer: more than that, and the answer is bogus.

/**
 * Signatures checked for one answer, its whole chain included. A chain of CNAMEs through 16 zones needs three for each
 * zone and its set; BIND allows 16 a fetch (`max-validations-per-fetch`), each of ours being many fetches.
 */
const SIGNATURES_MAX = 128
/** Signatures that turn out wrong: BIND allows 1 a fetch, Unbound 8 a set (MAX_VALIDATE_RRSIGS). */
const FAILURES_MAX = 16
/** Rounds of SHA-1 for NSEC3: a name of 25 labels at 150 iterations, or any name at none; about 5 ms. */
const HASH_ROUNDS_MAX = 4096
/** Look-ups of DS and DNSKEY records for one answer: two for each label of a few names. */
const FETCHES_MAX = 96

export class WorkBudget {
  signatures = SIGNATURES_MAX
  failures = FAILURES_MAX
  hashRounds = HASH_ROUNDS_MAX
  fetches = FETCHES_MAX

  /** Whether one more signature may be checked. */
  takeSignature(): boolean {
    if (this.failures <= 0) return false
    this.signatures -= 1
    return this.signatures >= 0
  }

  takeHash(iterations: number): boolean {
    this.hashRounds -= iterations + 1
    return this.hashRounds >= 0
  }

  takeFetch(): boolean {
    this.fetches -= 1
    return this.fetches >= 0
  }
}
