// What an IMAP server allows its clients, and its defaults.

export interface ImapLimits {
  /** Octets of one message that APPEND brings. */
  readonly messageMaxBytes: number
  /** From the greeting to a login. */
  readonly loginMs: number
  /** Silence after a login, IDLE included. */
  readonly idleMs: number
  /** A client takes nothing of an answer. */
  readonly stallMs: number
  /** Connections of one peer at a time. */
  readonly connectionsMax: number
  /** Sessions of one account at a time. */
  readonly sessionsMax: number
}

export const DEFAULT_LIMITS: ImapLimits = {
  messageMaxBytes: 26_214_400, // 25 MiB, as SMTP takes
  loginMs: 180_000, // Dovecot's CLIENT_LOGIN_TIMEOUT
  idleMs: 1_800_000, // RFC 9051 §5.4: at least 30 minutes
  stallMs: 300_000, // ours; Dovecot waits for 30 minutes
  connectionsMax: 1000, // ours: a crowd of sessions from one test machine; Dovecot's mail_max_userip_connections is 10
  sessionsMax: 1000, // the same
}

/** Octets of literals that all connections of a service may hold at a time: ten messages of the usual limit. Ours. */
export const HELD_MAX_BYTES = 268_435_456

/** Octets of messages that one command reads in one turn, once more for each item of a large message. Ours: some milliseconds. */
export const READ_PER_TURN_BYTES = 4_194_304

/** Unsent octets above which an answer waits until all has left. */
export const BACKLOG_MAX_BYTES = 131_072
