// X.509 certificates: what others may use.

export { decodeCertificate } from './decode.ts'
export type { NameConstraints } from './extension.ts'
export { issueAuthority, issueEnd, keyIdentifier, type Issuer } from './issue.ts'
export { COMMON_NAME_MAX_CHARACTERS, encodeName, opensslNameHash, type DistinguishedName } from './name.ts'
export { decodePem, encodePem } from './pem.ts'
export { nameCovers, rangeCovers } from './range.ts'
