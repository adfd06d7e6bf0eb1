// What the owner of an FTP server is asked, and what it may have said instead.

import type { Failure, Tree, UserView } from '../../core/index.ts'
import type { Reply } from './messages.ts'

/** Closing without a word, or a refusal. */
export type Overruling = Reply | 'hang-up'

/** When the owner is asked: a connection, a login that would succeed, and commands. */
export const PHASES = [
  'connect',
  'login',
  'abor',
  'allo',
  'appe',
  'auth',
  'cdup',
  'cwd',
  'dele',
  'eprt',
  'epsv',
  'feat',
  'host',
  'list',
  'mdtm',
  'mfmt',
  'mkd',
  'mlsd',
  'mlst',
  'mode',
  'nlst',
  'noop',
  'opts',
  'pasv',
  'pbsz',
  'port',
  'prot',
  'pwd',
  'quit',
  'rest',
  'retr',
  'rmd',
  'rnfr',
  'rnto',
  'site',
  'size',
  'stat',
  'stor',
  'stou',
  'stru',
  'syst',
  'type',
  'user',
] as const
export type Phase = (typeof PHASES)[number]

export interface OverruleFacts {
  /** The other side's address. */
  readonly peer: string
  /** The address of who is logged in, or would be; `anonymous`. */
  readonly user: string | undefined
}

export interface FtpPolicy {
  /** Everybody logs in by any password. */
  readonly anyUser: boolean
  /** Who logs in under this name, and by which password; `undefined`: nobody. */
  user(login: string): UserView | undefined
  /** Where somebody's files are. */
  place(address: string): Tree | Failure
  /** Where everybody's are; `undefined`: nobody logs in without a name. */
  anonymous(): Tree | Failure | undefined
  /** Whether this host goes by that name (RFC 7151 §3). */
  isHost(name: string): boolean
  /** What to say instead of what would be said; `undefined`: nothing else. */
  overrule(phase: Phase, facts: OverruleFacts): Overruling | undefined
}
