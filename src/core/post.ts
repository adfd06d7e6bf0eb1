// The mail of a world as its services see it: accounts with mailboxes, and for each host a queue of mail on its
// way. Protocols read and change it through here and know nothing of the database behind it.
//
// Questions are answered at once. A change answers by a promise that resolves once it is durable; changes that are
// asked for in one turn become durable together or not at all. Nobody is told of a change before. Whoever asks while it is
// on its way to the disk may see it already; a watcher that begins then hears of the next.

import type { Failure } from './failure.ts'
import type { Name } from './name.ts'

/**
 * Why a change was not made, as the `code` of a `Failure`: `ENOSPC` the disk is full, `EQUOTA` the account is, `ENOENT` no
 * such mailbox, `ESTALE` a message is no longer there, `EEXIST` the name is taken, `EINVAL` the name is none, `EPERM` INBOX
 * stays.
 */
export type PostFailure = Failure

export interface Post {
  /** The account of an address (any case), `undefined` where the world has none. The same object each time. */
  account(address: string): Account | undefined
  /** Every account that has been asked for or has mail, by address. */
  accounts(): readonly Account[]
  /** Puts one mail into mailboxes and onto a queue in one durable step: all of it, or nothing. */
  take(mail: IncomingMail): Promise<TakenMail | PostFailure>
  /** The queue of one host's mail server. The same object each time. */
  queue(host: Name): Queue
  /** Hears of each message that comes into any mailbox, once it is durable. Returns how to stop hearing. */
  watch(hear: (arrived: Arrived) => void): () => void
}

export interface IncomingMail {
  /** The message as a receiving server leaves it: its trace fields in front, lines ending in CRLF. Kept by reference until durable. */
  readonly content: Uint8Array
  /** The mailboxes that it goes into. */
  readonly deliver: readonly LocalDelivery[]
  /** Where it goes on from here. */
  readonly relay?: NewQueued
}

export interface LocalDelivery {
  readonly account: Account
  /** What stands before `content` in this copy alone: Return-Path and Delivered-To lines, CRLF included. */
  readonly head: Uint8Array
  /** Default: INBOX. It is made if it is missing. */
  readonly mailbox?: string
  /** Default: none. */
  readonly flags?: readonly string[]
}

export interface TakenMail {
  /** The number of the queued mail; absent where nothing was queued. */
  readonly queued?: number
  /** What lies in mailboxes now, in the order of `deliver`. */
  readonly delivered: readonly Arrived[]
}

export interface Arrived {
  readonly account: Account
  readonly mailbox: Mailbox
  readonly message: Message
}

/** How a body may be written (RFC 6152, RFC 3030). */
export type BodyKind = '7BIT' | '8BITMIME' | 'BINARYMIME'

/** The envelope of a mail that goes on to other hosts (RFC 5321 §2.3.1, RFC 3461). */
export interface NewQueued {
  readonly host: Name
  /** Empty: the null return path. */
  readonly sender: string
  readonly body: BodyKind
  readonly smtpUtf8: boolean
  /** ENVID, decoded (RFC 3461 §4.4). */
  readonly envelopeId?: string
  /** RET (RFC 3461 §4.3). */
  readonly returns?: 'FULL' | 'HDRS'
  /** What to call this mail in events: its Message-ID, without the brackets. */
  readonly messageId: string
  readonly recipients: readonly NewRecipient[]
}

export interface NewRecipient {
  readonly address: string
  /** ORCPT as it was given (RFC 3461 §4.2). */
  readonly originalRecipient?: string
  /** NOTIFY (RFC 3461 §4.1). Default: FAILURE and DELAY. */
  readonly notify?: readonly ('NEVER' | 'SUCCESS' | 'FAILURE' | 'DELAY')[]
}

export interface QueuedMail extends Omit<NewQueued, 'recipients'> {
  readonly id: number
  /** Octets of the content. */
  readonly size: number
  /** World's wall clock, milliseconds. */
  readonly queuedMs: number
  /** Those still to be delivered to. */
  readonly recipients: readonly QueuedRecipient[]
}

export interface QueuedRecipient extends NewRecipient {
  readonly id: number
  /** Attempts that have ended. */
  readonly tries: number
  /** World's wall clock, milliseconds; 0: at once. */
  readonly nextMs: number
  /** The last answer, as it came. */
  readonly lastReply?: string
  /** A report of delay was sent. */
  readonly reportedDelay: boolean
  /** An attempt had begun and nothing says how it ended: after a crash, this mail may arrive once more. */
  readonly underWay: boolean
}

/** What became of one recipient. `done` takes it off the queue: delivered, or failed and reported. */
export type RecipientChange =
  | { readonly id: number; readonly kind: 'under-way' }
  | { readonly id: number; readonly kind: 'done' }
  | {
      readonly id: number
      readonly kind: 'deferred'
      readonly nextMs: number
      readonly lastReply: string
      readonly reportedDelay: boolean
    }

export interface Queue {
  /** All mail that still has recipients, oldest first. */
  list(): readonly QueuedMail[]
  get(id: number): QueuedMail | undefined
  /** `undefined` once all its recipients are done. */
  content(id: number): Uint8Array | undefined
  /** A mail whose last recipient is done leaves the queue. */
  settle(id: number, changes: readonly RecipientChange[]): Promise<void | PostFailure>
  /** Hears of each mail that was queued, once it is durable. Returns how to stop hearing. */
  watch(hear: (mail: QueuedMail) => void): () => void
}

export interface Quota {
  /** Octets of all messages. */
  readonly storageMaxBytes: number
  readonly messagesMax: number
  readonly storageBytes: number
  readonly messages: number
}

export interface Account {
  /** `alice@harbor.test`. */
  readonly address: string
  readonly quota: Quota
  /** All mailboxes, INBOX first, the others by name. Names are Unicode, levels apart by `/`. */
  mailboxes(): readonly Mailbox[]
  /** `inbox` in any case is INBOX. */
  mailbox(name: string): Mailbox | undefined
  /** Makes the levels above it too (RFC 9051 §6.3.4). */
  create(name: string, specialUse?: SpecialUse): Promise<Mailbox | PostFailure>
  /** With all below it. INBOX gives its messages to the new mailbox and stays (RFC 9051 §6.3.6). */
  rename(from: string, to: string): Promise<void | PostFailure>
  remove(name: string): Promise<void | PostFailure>
  /** Names, mailboxes or not (RFC 9051 §6.3.7), sorted. */
  subscriptions(): readonly string[]
  subscribe(name: string, subscribed: boolean): Promise<void | PostFailure>
  /** The exclusive lock of a POP3 session (RFC 1939 §4). Returns how to release it, `undefined` while another has it. */
  lockMaildrop(): (() => void) | undefined
}

/** RFC 6154 §2. */
export const SPECIAL_USES = ['\\All', '\\Archive', '\\Drafts', '\\Flagged', '\\Junk', '\\Sent', '\\Trash'] as const
export type SpecialUse = (typeof SPECIAL_USES)[number]

/** RFC 9051 §2.3.2, without \Recent, in the order in which they stand in a set. */
export const SYSTEM_FLAGS = ['\\Answered', '\\Flagged', '\\Deleted', '\\Seen', '\\Draft'] as const

/** One combination of flags, the same object wherever it stands. System flags are spelt as in RFC 9051 §2.3.2; `\Recent` is none of these. */
export interface FlagSet {
  /** As people wrote them, system flags first. */
  readonly names: readonly string[]
  /** In lower case, for comparing. */
  readonly lower: ReadonlySet<string>
  /** `names` with spaces between. */
  readonly text: string
}

/** One message in one mailbox: the same object as long as it lies there, its flags and mod-sequence as they are now. */
export interface Message {
  readonly uid: number
  /** Octets as IMAP and POP3 show it. */
  readonly size: number
  /** Internal date (RFC 9051 §2.3.3), world's wall clock, milliseconds. */
  readonly receivedMs: number
  /** When it came into this mailbox (RFC 8514), milliseconds. */
  readonly savedMs: number
  /** The number of its content: copies of one message have the same (RFC 8474 EMAILID). */
  readonly contentId: number
  readonly flags: FlagSet
  /** RFC 7162. */
  readonly modSeq: number
}

export interface NewMessage {
  readonly content: Uint8Array
  readonly flags: readonly string[]
  /** Default: now. */
  readonly receivedMs?: number
}

export interface FlagChange {
  readonly kind: 'add' | 'remove' | 'replace'
  readonly flags: readonly string[]
  /** Messages with a higher mod-sequence stay as they are (RFC 7162 §3.1.3). */
  readonly unchangedSince?: number
}

export interface FlagsChanged {
  /** In the order of the mailbox: those whose flags are other than before. */
  readonly changed: readonly Message[]
  /** Refused for `unchangedSince`. */
  readonly modified: readonly Message[]
}

export interface Copied {
  readonly to: Mailbox
  readonly sources: readonly Message[]
  /** In the order of `sources`. */
  readonly copies: readonly Message[]
}

export type MailboxChange =
  | { readonly kind: 'arrived'; readonly messages: readonly Message[] }
  | { readonly kind: 'flags'; readonly messages: readonly Message[]; readonly by: unknown }
  | { readonly kind: 'expunged'; readonly messages: readonly Message[]; readonly modSeq: number }
  /** The mailbox itself is no more. */
  | { readonly kind: 'removed' }

export interface Mailbox {
  readonly name: string
  /** Stays through renames (RFC 8474 MAILBOXID). */
  readonly id: number
  readonly uidValidity: number
  readonly uidNext: number
  readonly highestModSeq: number
  readonly specialUse: SpecialUse | undefined
  /** In rising order of uid. The array never changes: when messages come or go, there is another. */
  readonly messages: readonly Message[]
  /** How many messages: cheaper than the length of `messages`, which have to be read first. */
  readonly count: number
  /** Messages without \Seen; with \Deleted. */
  readonly unseen: number
  readonly deleted: number
  /** Octets of all its messages. */
  readonly storageBytes: number
  /** Keywords in use, as written. */
  readonly keywords: readonly string[]
  /** The lowest uid that no session was told of as recent (RFC 3501 §2.3.2); `claim` makes it `uidNext`. */
  recentFrom(claim: boolean): number
  /** The whole message; `undefined` once it is expunged. A view that nobody may write into. */
  content(message: Message): Uint8Array | undefined
  /** Its first octets, at least the header up to 64 KiB: cheaper than `content` where that is all one needs. */
  head(message: Message): Uint8Array | undefined
  append(messages: readonly NewMessage[]): Promise<readonly Message[] | PostFailure>
  /** All of them, or none (RFC 9051 §6.4.7). */
  copy(messages: readonly Message[], to: Mailbox): Promise<Copied | PostFailure>
  /** `copy` and `expunge` in one step (RFC 6851). */
  move(messages: readonly Message[], to: Mailbox): Promise<Copied | PostFailure>
  /** `by` comes back in the change that watchers hear, so that a session can leave out its own. */
  changeFlags(messages: readonly Message[], change: FlagChange, by?: unknown): Promise<FlagsChanged | PostFailure>
  /** Those that were still there. */
  expunge(messages: readonly Message[]): Promise<readonly Message[] | PostFailure>
  /** Uids that went since `modSeq`, rising (RFC 7162 §3.2.5); `undefined` where the log does not reach back so far. */
  expungedSince(modSeq: number): readonly number[] | undefined
  /** Hears of each change once it is durable, in order. Returns how to stop hearing. */
  watch(hear: (change: MailboxChange) => void): () => void
}
