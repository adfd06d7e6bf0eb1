// What the control connection knows of a transfer under way, and how a transfer ends.

import type { CloseReason } from '../../../core/index.ts'
import { reply } from '../codec/reply.ts'
import type { Reply } from '../messages.ts'
import type { DataJob } from './data-stream.ts'

export interface JobOutcome {
  readonly reply: Reply
  /** Of content: in a file, not on the wire. */
  readonly bytes: number
}

/** `done` comes once, from whatever turn it may be, unless `abort` came before. */
export type JobDone = (outcome: JobOutcome) => void

export interface Job extends DataJob {
  /** Content so far. */
  readonly bytes: number
  /**
   * Ends it now; to be called from outside of the data connection's turns. `lost`: the client is gone, and what has arrived
   * is worth keeping.
   */
  abort(why: 'aborted' | 'lost'): void
}

export const STALL = 'stall'

/** Why a data connection was lost, as the client is told. */
export function lostReply(reason: CloseReason | 'refused'): Reply {
  if (reason === 'refused') {
    return reply(522, 'Data connection refused: it does not take up the TLS session of the control connection.')
  }
  return reply(426, 'Failure on the data connection; transfer ended.')
}

export const STALLED = reply(426, 'Nothing moved on the data connection for too long; transfer ended.')
