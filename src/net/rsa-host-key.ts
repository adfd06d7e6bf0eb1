// The one key of a world that takes long to make, begun before anything else is loaded where it will be needed for sure.

import { generateRsaHostKey } from '../shared/ssh-keys/rsa.ts'

/** What was said on the command line. */
export interface AskedWorld {
  readonly world?: string
  readonly state?: string
}

/** For `AssembleOptions`: the default world has SSH hosts; one of a file may have none, and a state folder keeps its key. */
export function beginHostKey({ world, state }: AskedWorld): { readonly rsaHostKey?: Promise<string> } {
  return world === undefined && state === undefined ? { rsaHostKey: generateRsaHostKey() } : {}
}
