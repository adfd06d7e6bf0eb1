// What the connections of one server share.

import type { Failure, HostView, Programs, Tree, UserView } from '../../../core/index.ts'
import type { TargetWorld } from '../forwarding/targets.ts'
import type { Accounts } from '../login/accounts.ts'
import type { SshLimits } from '../limits.ts'
import type { ScriptedCommands } from '../sessions/scripted-commands.ts'
import type { SessionLog } from '../session-log.ts'
import type { Library, ParsedKey } from '../transport/library.ts'
import type { Startups } from './startups.ts'

export interface Ready {
  readonly library: Library
  readonly hostKeys: Readonly<Record<string, ParsedKey>>
  readonly offer: object
}

export interface SshContext {
  readonly host: HostView
  readonly targets: TargetWorld
  readonly accounts: Accounts
  readonly startups: Startups
  readonly limits: SshLimits
  readonly log: SessionLog
  /** Behind `SSH-2.0-`. */
  readonly software: string
  readonly banner: string | undefined
  readonly forwarding: boolean
  readonly sftp: boolean
  readonly commands: ScriptedCommands
  /** Real programs run in place of the scripted shell. */
  readonly programs: Programs | undefined
  /** Where somebody's files are. */
  place(user: UserView): Tree | Failure
  ready(): Promise<Ready>
}
