// What the server asks of whoever has the signatures of a zone: made here (online-signer.ts), or among its records
// (record-signer.ts). Keys, signatures and denial themselves are shared/dnssec's matter.

import type { Name } from '../../core/name.ts'
import type { RecordSet, ZoneVersion } from '../../core/zones.ts'
import type { OwnedSet } from '../../shared/dnssec/index.ts'

/** In which time signatures are made: the world's, or one that has passed, for a server that is told to err. */
export type SigningTime = 'now' | 'past'

/** Something that the zone does not have (RFC 4035 §3.1.3, RFC 5155 §7.2). */
export interface Denied {
  /**
   * `no-data`: the name is there, the type is not; of a delegation, DS is not. `no-name`: neither the name, nor a wildcard for
   * it. `wildcard`: the name is not there, so that the wildcard below `encloser` stood for it; `wildcard-no-data`: and it lacks the type.
   */
  readonly kind: 'no-data' | 'no-name' | 'wildcard' | 'wildcard-no-data'
  readonly name: Name
  /** The closest name above that exists; the name itself for `no-data`. */
  readonly encloser: Name
  /** The name is made up, and has these types. */
  readonly made?: readonly number[]
}

export interface ZoneSigner {
  /** A set that signing adds at a name: keys at the apex, DS at a cut; NSEC and RRSIG where they are asked for. */
  added(version: ZoneVersion, name: Name, type: number): RecordSet | undefined
  /** Whether the zone may answer with more than its records: what is signed elsewhere may not. */
  signsMore(version: ZoneVersion): boolean
  /** The signatures over a set that stands at `name`; undefined: there are none. */
  signaturesOf(version: ZoneVersion, name: Name, set: RecordSet, time: SigningTime): RecordSet | undefined
  /** The records that prove it, without their signatures. */
  denialOf(version: ZoneVersion, denied: Denied): readonly OwnedSet[]
  /** The world's time from which on what is made now must be made anew; Infinity: never. */
  freshUntilMs(version: ZoneVersion): number
}
