// What records that deny something can show. They are those of one zone, their signatures already checked.

import type { Name } from '../../../core/name.ts'
import type { Nsec, Nsec3 } from '../records.ts'

/**
 * `opt-out`: proven as far as it can be, but an unsigned delegation may stand there (RFC 5155 §9.2): insecure at best.
 * `iterations`: NSEC3 records with more iterations than are computed (RFC 9276 §3.2).
 */
export type Proof = 'proven' | 'opt-out' | 'iterations' | 'unproven'

/**
 * What is known of a delegation where there are no DS records. `cut`: there is one, to an unsigned zone. `no-cut`: the zone goes
 * on there. `no-name`: nothing is there, nor below.
 */
export type DsAbsence = 'cut' | 'no-cut' | 'no-name' | 'opt-out' | 'iterations' | 'unproven'

export interface OwnedNsec {
  /** Folded. */
  readonly owner: Name
  readonly nsec: Nsec
}

export interface OwnedNsec3 {
  /** What its first label stands for. */
  readonly hash: Uint8Array
  readonly nsec3: Nsec3
}

/** Names are folded, at or below the zone's apex. */
export interface Prover {
  /** There is neither `name` nor a wildcard that stands for it. */
  noName(name: Name): Proof
  /** `name`, or the wildcard that stands for it, has no such type. */
  noData(name: Name, type: number): Proof
  /** There is no name between `name` and `encloser`, whose wildcard answered. */
  wildcardAnswer(name: Name, encloser: Name): Proof
  dsAbsence(name: Name): DsAbsence
}
