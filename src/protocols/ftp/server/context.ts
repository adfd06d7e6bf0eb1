// What all connections of one FTP server share.

import type { Io } from '../../../core/index.ts'
import type { BadLogins, PeerCount } from '../../../shared/logins/index.ts'
import type { ScramKeys } from '../../../shared/sasl/index.ts'
import type { FtpPolicy } from '../policy.ts'
import type { BlockPool } from './block-pool.ts'
import type { FtpLimits } from './limits.ts'
import type { SessionLog } from './session-log.ts'

export interface PortRange {
  readonly from: number
  readonly to: number
}

export interface FtpContext {
  /** The service's own, through which answers about files come: they outlive a connection. */
  readonly io: Io
  readonly host: string
  readonly policy: FtpPolicy
  readonly limits: FtpLimits
  readonly passivePorts: PortRange
  /** No login and no data without TLS. */
  readonly tlsRequired: boolean
  /** Data streams take up the control connection's TLS session, or are refused. */
  readonly sessionReuse: 'require' | 'any'
  readonly keys: ScramKeys
  readonly logins: BadLogins
  readonly peers: PeerCount
  /** By user. */
  readonly sessions: PeerCount
  readonly log: SessionLog
  readonly blocks: BlockPool
}
