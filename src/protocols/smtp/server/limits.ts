// What an SMTP server allows its clients, and its defaults.

export interface SmtpLimits {
  /** Octets of one message (RFC 1870). */
  readonly messageMaxBytes: number
  /** Octets of all messages that are being read, over all connections of the service. */
  readonly inFlightMaxBytes: number
  /** Recipients of one mail (RFC 5321 §4.5.3.1.8: at least 100). */
  readonly recipientsMax: number
  /** Connections of one peer at a time. */
  readonly connectionsMax: number
  /** Silence; then 421 (RFC 5321 §4.5.3.2.7). */
  readonly idleMs: number
  /** For one whole message from DATA on. */
  readonly messageMs: number
  /** Commands that change nothing, between two mails. */
  readonly idleCommandsMax: number
  /** Commands that cannot be obeyed, on one connection. */
  readonly badCommandsMax: number
}

export const DEFAULT_LIMITS: SmtpLimits = {
  messageMaxBytes: 26_214_400, // 25 MiB, what large providers take
  inFlightMaxBytes: 268_435_456, // 256 MiB: ten of the largest
  recipientsMax: 1000, // Postfix's smtpd_recipient_limit
  connectionsMax: 50, // Postfix's smtpd_client_connection_count_limit
  idleMs: 300_000, // RFC 5321 §4.5.3.2.7: at least 5 minutes
  messageMs: 3_600_000, // ours: 25 MiB at 56 kbit/s
  idleCommandsMax: 100, // Postfix's smtpd_junk_command_limit
  badCommandsMax: 20, // Postfix's smtpd_hard_error_limit
}

/** Recipients refused within one connection; then 421. Ours: a list of names is not tried out here. */
export const REFUSED_RECIPIENTS_MAX = 200
/** How long a check of who a mail is from may hold it up (RFC 7208 §4.6.4: at least 20 s for SPF alone; ours is less, and undecided then). */
export const CHECK_MAX_MS = 10_000
