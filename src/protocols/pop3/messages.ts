// POP3's vocabulary (RFC 1939, 2449, 2595, 3206, 5034): commands, replies, capabilities and limits. No parsing, no I/O.

/** RFC 1939 §3, and the registered port for TLS from the first byte (RFC 8314 §3.3). */
export const POP3_PORT = 110
export const POP3S_PORT = 995

/** Numbers of messages count from 1, in the order of the maildrop when the session began. */
export type Command =
  | { readonly kind: 'CAPA' | 'QUIT' | 'STLS' }
  | { readonly kind: 'NOOP' | 'RSET' | 'STAT' }
  | { readonly kind: 'USER'; readonly name: string }
  | { readonly kind: 'PASS'; readonly password: string }
  /** Without a mechanism it asks for the list of them (as many servers allow it). `initial`: base64, `=` for an empty one. */
  | { readonly kind: 'AUTH'; readonly mechanism?: string; readonly initial?: string }
  /** Without a number: all messages. */
  | { readonly kind: 'LIST' | 'UIDL'; readonly number?: number }
  | { readonly kind: 'RETR' | 'DELE'; readonly number: number }
  | { readonly kind: 'TOP'; readonly number: number; readonly lines: number }

export type CommandKind = Command['kind']

/** A line that is no command, and what to say of it. */
export interface BadCommand {
  readonly kind: 'bad'
  readonly reason: string
}

/**
 * The machine-readable part of an `-ERR` (RFC 2449 §6.4, §8.1; RFC 3206): the drop is open elsewhere, the credentials are
 * wrong, trouble that may pass, trouble that stays.
 */
export type ResponseCode = 'IN-USE' | 'AUTH' | 'SYS/TEMP' | 'SYS/PERM'

export interface Reply {
  readonly ok: boolean
  /** In upper case, without its brackets. */
  readonly code?: string
  readonly text: string
}

/** A command with its end (RFC 2449 §4), octets. */
export const COMMAND_LINE_MAX_BYTES = 255
/** The first line of a response with its end (RFC 2449 §4), octets. */
export const REPLY_LINE_MAX_BYTES = 512
/** Commands in a row that cannot be obeyed; then the connection closes. Dovecot's CLIENT_MAX_BAD_COMMANDS. */
export const BAD_COMMANDS_MAX = 20

/** What CAPA lists besides what depends on the session (RFC 2449 §6). Messages are never deleted but by their reader. */
export const CAPABILITIES = [
  'TOP',
  'UIDL',
  'RESP-CODES',
  'AUTH-RESP-CODE',
  'PIPELINING',
  'EXPIRE NEVER',
  'IMPLEMENTATION Portolan',
] as const
