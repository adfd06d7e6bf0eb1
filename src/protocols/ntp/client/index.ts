// Following servers: what the rest of the protocol uses of this folder.

export type { AgreeOnKeys, Agreement, FollowedServer, FollowOptions } from './follower.ts'
export { follow, type Following } from './following.ts'
export type { Proof, Protection } from './protection.ts'
