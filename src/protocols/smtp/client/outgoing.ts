// What a client is told to send, and what became of it. No I/O.

import type { Failure } from '../../../core/failure.ts'
import type { TlsInfo } from '../../../core/io.ts'
import type { BodyKind } from '../../../core/post.ts'
import type { Notify, Reply, Returns } from '../messages.ts'

/** One mail for one transaction. */
export interface OutgoingMail {
  /** Empty: the null return path. */
  readonly sender: string
  /** At least one; a server need not take more than 100 (RFC 5321 §4.5.3.1.8). */
  readonly recipients: readonly OutgoingRecipient[]
  readonly content: Uint8Array
  /** Default: what the content is. */
  readonly body?: BodyKind
  /** Needs SMTPUTF8 where addresses or header are not ASCII. Default: what they are. */
  readonly smtpUtf8?: boolean
  /** ENVID, decoded. */
  readonly envelopeId?: string
  readonly returns?: Returns
}

export interface OutgoingRecipient {
  readonly address: string
  readonly notify?: readonly Notify[]
  /** As given: `rfc822;bob@harbor.test`. */
  readonly originalRecipient?: string
}

/** Where in a session something was said. */
export type Phase =
  | 'connect'
  | 'greeting'
  | 'hello'
  | 'starttls'
  | 'login'
  | 'reset'
  | 'mail'
  | 'recipient'
  | 'data'
  | 'content'
  | 'quit'

/**
 * What became of one recipient.
 *
 * `refused` by the server, or by the client where this server cannot take this mail (no SMTPUTF8, no 8BITMIME, too large).
 * `lost`: the session ended before the reply; `uncertain` says that the whole mail had left, so that it may have arrived.
 */
export type Outcome =
  | { readonly kind: 'accepted'; readonly reply: Reply }
  | { readonly kind: 'refused'; readonly by: 'server' | 'client'; readonly phase: Phase; readonly reply: Reply }
  | { readonly kind: 'lost'; readonly why: SessionEnd; readonly uncertain: boolean }

/** In the order of the recipients. */
export type Outcomes = readonly Outcome[]

/** Why a session ended: a `reply` where the server said so, else a failure of the stream or a deadline. */
export interface SessionEnd {
  readonly phase: Phase
  readonly failure: Failure
  readonly reply?: Reply
}

/** A mail, and who hears what became of it: exactly once. */
export interface SmtpExchange {
  readonly mail: OutgoingMail
  answered(outcomes: Outcomes): void
}

/** Said by EHLO (RFC 5321 §4.1.1.1). */
export interface Offered {
  readonly extensions: ReadonlySet<string>
  /** SIZE's argument; `undefined`: not told, or no bound. */
  readonly sizeMaxBytes: number | undefined
  /** AUTH's arguments, in capitals. */
  readonly mechanisms: readonly string[]
}

export interface SessionInfo {
  readonly offered: Offered
  readonly tls: TlsInfo | undefined
}
