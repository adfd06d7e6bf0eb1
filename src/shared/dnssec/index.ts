// DNSSEC for all who speak DNS: keys that follow from the world's secret and time, signatures and proofs of denial made,
// and checked.

export { dsAt, formatBindAnchors, formatDsAnchor, formatKeyAnchor, trustAnchorAt, type TrustAnchor } from './anchors.ts'
export type { Denial, OwnedSet } from './denial/denial.ts'
export { minimalNoData, minimalNoName } from './denial/minimal.ts'
export { keysAt, type KeySet, type ZoneKey } from './keys.ts'
export { zoneSigner, type SigningMoment, type ZoneSigner } from './sign.ts'
export { signedZone, type SignedZone } from './signed-zone.ts'
export {
  EXTENDED_ERROR,
  type ExtendedError,
  type Fetch,
  type Security,
  type ValidatedSet,
  type ValidationAnchor,
  type Validator,
  type ValidatorOptions,
  type Verdict,
} from './validator/types.ts'
export { openValidator } from './validator/validator.ts'
