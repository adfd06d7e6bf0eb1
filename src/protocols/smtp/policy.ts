// The questions that an SMTP server asks its owner: who logs in, who may send as whom, where a recipient's mail goes, and
// whether something else is to be answered than would be. The answers from a WorldView stand in world-policy.ts.

import type { Account, UserView } from '../../core/index.ts'
import type { Mailbox, Reply } from './messages.ts'

/** `mx`: mail of strangers for the world's domains (RFC 5321). `submission`: mail of users for anyone (RFC 6409). */
export type Role = 'mx' | 'submission'

/** When the owner is asked: a connection, commands, a login that would succeed, and a message that would be taken. */
export const PHASES = ['connect', 'helo', 'starttls', 'auth', 'mail', 'rcpt', 'data', 'message', 'quit'] as const
export type Phase = (typeof PHASES)[number]

/** What is known at a phase. */
export interface Facts {
  readonly peer: string
  /** The address of who is logged in. */
  readonly user: string | undefined
  /** Empty: the null return path. `undefined`: no mail is under way. */
  readonly from: string | undefined
  /** The recipient of this RCPT, or all of the mail. */
  readonly to: readonly string[] | undefined
}

/** Closes the connection without a word. */
export const HANG_UP = 'hang-up'

/** Where the mail of one recipient goes: into mailboxes here, and on to other hosts. */
export interface Destination {
  readonly kind: 'destination'
  readonly accounts: readonly Account[]
  readonly elsewhere: readonly string[]
}

export interface Refusal {
  readonly kind: 'refusal'
  readonly reply: Reply
}

export interface SmtpPolicy {
  /** Everybody logs in by any password. */
  readonly anyUser: boolean
  /** Who logs in under this name, and by which password; `undefined`: nobody. */
  user(login: string): UserView | undefined
  /** The peer's name as the world knows it. */
  nameOf(ip: string): string | undefined
  /** Whether a user may send as that sender; `undefined`: yes. */
  sender(sender: Mailbox | undefined, user: UserView): Reply | undefined
  /** `bytes`: what MAIL announced; 0 where it said nothing. */
  recipient(recipient: Mailbox, role: Role, bytes: number): Destination | Refusal
  /** What to say instead of what would be said. `asks` tells whether it would ever say anything at that phase. */
  asks(phase: Phase): boolean
  overrule(phase: Phase, facts: Facts): Reply | typeof HANG_UP | undefined
}
