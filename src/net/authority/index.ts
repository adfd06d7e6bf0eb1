// The world's certificate authority: what others may use.

export { createAuthority, type Authority } from './authority.ts'
export { namesFor, territoryOf } from './residence.ts'
