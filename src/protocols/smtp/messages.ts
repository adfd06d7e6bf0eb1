// SMTP's vocabulary (RFC 5321 and its extensions): commands, replies, enhanced codes, limits. Server, client and relay
// share it. No parsing, no I/O.

import type { BodyKind } from '../../core/post.ts'

/** RFC 5321 §4.5.4.2; RFC 6409 §3.1; RFC 8314 §3.3 (TLS from the first byte). */
export const MX_PORT = 25
export const SUBMISSION_PORT = 587
export const SUBMISSIONS_PORT = 465

/** A mailbox (RFC 5321 §4.1.2) taken apart. */
export interface Mailbox {
  /** Unquoted: `a b` for `"a b"`. */
  readonly local: string
  /** In lower case; a literal in canonical form: `[192.0.2.1]`, `[IPv6:2001:db8::1]`. Empty for `postmaster` alone (RFC 5321 §4.1.1.3). */
  readonly domain: string
  /** As it is written on the wire, its local part quoted only where it must be. */
  readonly address: string
}

/** RFC 3461 §4.1. */
export type Notify = 'NEVER' | 'SUCCESS' | 'FAILURE' | 'DELAY'
/** RFC 3461 §4.3. */
export type Returns = 'FULL' | 'HDRS'

export interface MailCommand {
  readonly kind: 'MAIL'
  /** `undefined`: the null return path. */
  readonly sender: Mailbox | undefined
  /** SIZE (RFC 1870 §6), octets. */
  readonly size?: number
  /** BODY (RFC 6152 §3, RFC 3030 §3). */
  readonly body?: BodyKind
  /** SMTPUTF8 (RFC 6531 §3.4). */
  readonly smtpUtf8?: boolean
  /** RET. */
  readonly returns?: Returns
  /** ENVID, decoded (RFC 3461 §4.4). */
  readonly envelopeId?: string
  /** AUTH, decoded (RFC 4954 §5): `<>` or a mailbox. */
  readonly authorization?: string
}

export interface RcptCommand {
  readonly kind: 'RCPT'
  readonly recipient: Mailbox
  /** NOTIFY. */
  readonly notify?: readonly Notify[]
  /** ORCPT as it was given, `rfc822;bob@harbor.test` (RFC 3461 §4.2). */
  readonly originalRecipient?: string
}

export type Command =
  /** `name`: a domain or an address literal, as it came. */
  | { readonly kind: 'EHLO' | 'HELO'; readonly name: string }
  | MailCommand
  | RcptCommand
  | { readonly kind: 'DATA' | 'RSET' | 'QUIT' | 'STARTTLS' }
  /** RFC 3030 §2: `size` octets follow the command's line end. */
  | { readonly kind: 'BDAT'; readonly size: number; readonly last: boolean }
  /** `initial`: base64, `=` for an empty one (RFC 4954 §4). */
  | { readonly kind: 'AUTH'; readonly mechanism: string; readonly initial?: string }
  | { readonly kind: 'VRFY' | 'EXPN' | 'HELP' | 'NOOP'; readonly argument: string }

export type CommandKind = Command['kind']

/** A line that is no command, and the reply to it. */
export interface BadCommand {
  readonly kind: 'bad'
  readonly reply: Reply
  /** The verb was one of ours: only its arguments were wrong. */
  readonly verb?: CommandKind
}

export interface Reply {
  /** 200 to 599. */
  readonly code: number
  /** RFC 3463: `5.7.1`, without which greetings, EHLO and 3yz replies are (RFC 2034 §4). */
  readonly enhanced?: string
  /** At least one; without code, CR and LF. */
  readonly lines: readonly string[]
}

export function reply(code: number, enhanced: string | undefined, ...lines: readonly string[]): Reply {
  return enhanced === undefined ? { code, lines } : { code, enhanced, lines }
}

/** A command line with its end (RFC 5321 §4.5.3.1.4): what any server takes. */
export const COMMAND_LINE_BYTES = 512
/**
 * The longest command line taken, with its end: MAIL may have AUTH's 500 octets (RFC 4954 §3), DSN's ENVID and RET, SIZE,
 * BODY and SMTPUTF8; RCPT 500 for ORCPT and 28 for NOTIFY (RFC 3461 §4).
 */
export const COMMAND_LINE_MAX_BYTES = 2048
/** A line of an AUTH exchange with its end (RFC 4954 §4.3). */
export const AUTH_LINE_MAX_BYTES = 12_290
/** What a client takes: long-winded servers exist. Ours. */
export const REPLY_LINE_MAX_BYTES = 2048
/** Lines of one reply that a client takes. Ours; EHLO replies have a dozen. */
export const REPLY_LINES_MAX = 128
/** RFC 5321 §4.5.3.1.2, §4.5.3.1.3 (a path without its brackets). Octets. */
export const DOMAIN_MAX_BYTES = 255
export const PATH_MAX_BYTES = 254
/** RFC 3461 §4.4: an ENVID before its encoding, octets. */
export const ENVELOPE_ID_MAX_BYTES = 100
/** RFC 3461 §4.2: ORCPT, octets. */
export const ORIGINAL_RECIPIENT_MAX_BYTES = 500
/** Recipients of one mail that a server must take (RFC 5321 §4.5.3.1.8), and that a client may send. */
export const RECIPIENTS_MIN = 100
/** The largest SIZE that is a number (RFC 1870 §3: 20 digits). */
export const SIZE_MAX_DIGITS = 20
/** Received fields beyond which a mail loops (RFC 5321 §6.3 asks for at least 100 as the bound; Postfix's hopcount_limit is 50). */
export const HOPS_MAX = 50
