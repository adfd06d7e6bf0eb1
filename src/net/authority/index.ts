// The world's certificate authority: what others may use.

export { createAuthority, type Authority, type AuthorityOptions } from './authority.ts'
export { namesFor, territoryOf } from './residence.ts'
