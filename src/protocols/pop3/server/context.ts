// What all connections of one POP3 server share.

import type { BadLogins, PeerCount } from '../../../shared/logins/index.ts'
import type { ScramKeys } from '../../../shared/sasl/index.ts'
import type { Pop3Policy } from '../policy.ts'
import type { Pop3Limits } from './limits.ts'
import type { SessionLog } from './session-log.ts'

export interface Pop3Context {
  /** The name that the greeting says. */
  readonly host: string
  readonly policy: Pop3Policy
  readonly limits: Pop3Limits
  /** Names and passwords are taken without TLS. */
  readonly plainLogin: boolean
  /** SCRAM-SHA-256-PLUS is offered. */
  readonly channelBinding: boolean
  readonly logins: BadLogins
  readonly keys: ScramKeys
  readonly peers: PeerCount
  readonly log: SessionLog
}
