// What all connections of one IMAP server share.

import type { BadLogins, PeerCount } from '../../../shared/logins/index.ts'
import type { ScramKeys } from '../../../shared/sasl/index.ts'
import type { ImapPolicy } from '../policy.ts'
import { HELD_MAX_BYTES, type ImapLimits } from './limits.ts'
import type { SessionLog } from './session-log.ts'

export interface ImapContext {
  /** The name that the greeting says. */
  readonly host: string
  readonly policy: ImapPolicy
  readonly limits: ImapLimits
  /** LOGIN and AUTHENTICATE PLAIN are taken without TLS. */
  readonly plainLogin: boolean
  /** SCRAM-SHA-256-PLUS is offered. */
  readonly channelBinding: boolean
  readonly logins: BadLogins
  readonly keys: ScramKeys
  readonly peers: PeerCount
  /** Sessions by address of the account. */
  readonly sessions: PeerCount
  readonly held: HeldBytes
  readonly log: SessionLog
}

/** Octets of literals that are on their way in, over all connections. */
export class HeldBytes {
  #held = 0

  take(octets: number): boolean {
    if (this.#held + octets > HELD_MAX_BYTES) return false
    this.#held += octets
    return true
  }

  release(octets: number): void {
    this.#held -= octets
  }
}
