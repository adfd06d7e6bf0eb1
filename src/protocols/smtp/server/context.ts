// What all connections of one SMTP server share.

import type { Io } from '../../../core/io.ts'
import type { BadLogins, PeerCount } from '../../../shared/logins/index.ts'
import type { ScramKeys } from '../../../shared/sasl/index.ts'
import type { Authenticator } from '../authentication/index.ts'
import type { SmtpPolicy } from '../policy.ts'
import type { Flight } from './flight.ts'
import type { Intake } from './intake.ts'
import type { SmtpLimits } from './limits.ts'
import type { SessionLog } from './session-log.ts'

export interface SmtpContext {
  /** The name that greets and stands in trace fields. */
  readonly host: string
  /** Its addresses: mail from there is not from elsewhere. */
  readonly addresses: readonly string[]
  /** The service's own. */
  readonly io: Io
  readonly policy: SmtpPolicy
  readonly limits: SmtpLimits
  /** SCRAM-SHA-256-PLUS is offered. */
  readonly channelBinding: boolean
  readonly logins: BadLogins
  readonly keys: ScramKeys
  readonly peers: PeerCount
  readonly flight: Flight
  readonly intake: Intake
  /** Checks who mail from elsewhere is from; `undefined`: nobody does. */
  readonly authenticator: Authenticator | undefined
  /** What fails DMARC is refused where its policy is `reject`. */
  readonly enforce: boolean
  readonly log: SessionLog
}
