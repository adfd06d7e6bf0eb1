// Following servers, and asking one: what the rest of the protocol uses of this folder.

export type { AgreeOnKeys } from './follower.ts'
export { follow, type Following } from './following.ts'
export { queryTime, timeServerAt, type QueryOptions, type TimeAnswer } from './query.ts'
