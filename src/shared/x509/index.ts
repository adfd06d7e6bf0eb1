// X.509 certificates: what others may use.

export { decodeCertificate, type Certificate } from './decode.ts'
export type { NameConstraints, Purpose } from './extension.ts'
export {
  issueAuthority,
  issueEnd,
  keyIdentifier,
  type AuthorityRequest,
  type EndRequest,
  type Issuer,
} from './issue.ts'
export { COMMON_NAME_MAX_CHARACTERS, encodeName, opensslNameHash, type DistinguishedName } from './name.ts'
export { decodePem, encodePem } from './pem.ts'
export { nameCovers, rangeBytes, rangeCovers } from './range.ts'
