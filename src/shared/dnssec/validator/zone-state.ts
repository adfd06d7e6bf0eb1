// What is known of a name's place in the chain of trust.

import type { Name } from '../../../core/name.ts'
import type { Dnskey } from '../records.ts'
import type { WorkBudget } from '../work-budget.ts'
import type { ExtendedError, Fetch } from './types.ts'

/** For how long a name counts as bogus before it is asked for again: Unbound's `val-bogus-ttl`. */
const BOGUS_SECONDS = 60

/** A zone whose keys are validated. */
export interface SecureZone {
  readonly kind: 'secure'
  readonly zone: Name
  readonly keys: readonly Dnskey[]
  readonly ttlSeconds: number
}

/** From `at` on nothing can be validated, and that is proven. */
export interface InsecureZone {
  readonly kind: 'insecure'
  readonly at: Name
  readonly error: ExtendedError | undefined
  readonly ttlSeconds: number
}

export interface BogusZone {
  readonly kind: 'bogus'
  readonly error: ExtendedError
  /** 0: it was not the records, but that none could be had. */
  readonly ttlSeconds: number
}

/** The zone above goes on at this name. With `last` there is nothing at it, nor below. */
export interface SameZone {
  readonly kind: 'same'
  readonly last: boolean
  readonly ttlSeconds: number
}

export type NameState = SecureZone | InsecureZone | BogusZone | SameZone

/** What an answer that is validated has to work with. */
export interface Work {
  readonly nowSeconds: number
  readonly fetch: Fetch
  readonly budget: WorkBudget
  readonly acceptSha1: boolean
}

export function bogus(code: number, text: string, ttlSeconds = BOGUS_SECONDS): BogusZone {
  return { kind: 'bogus', error: { code, text }, ttlSeconds }
}
