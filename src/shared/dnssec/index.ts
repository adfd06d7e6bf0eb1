// DNSSEC for all who speak DNS: keys that follow from the world's secret and time, signatures and proofs of denial made,
// and checked.

export { formatKeyAnchor, trustAnchorAt } from './anchors.ts'
export type { OwnedSet } from './denial/denial.ts'
export { minimalNoData, minimalNoName } from './denial/minimal.ts'
export { zoneSigner, type SigningMoment } from './sign.ts'
export { signedZone, type SignedZone } from './signed-zone.ts'
export type { ValidationAnchor, Validator, Verdict } from './validator/types.ts'
export { openValidator } from './validator/validator.ts'
