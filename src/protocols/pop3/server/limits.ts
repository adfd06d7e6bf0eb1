// What a POP3 server allows its clients, and its defaults.

export interface Pop3Limits {
  /** From the greeting to a login. */
  readonly loginMs: number
  /** Silence after a login; then the session ends without an update (RFC 1939 §3). */
  readonly idleMs: number
  /** Connections of one peer at a time. */
  readonly connectionsMax: number
}

export const DEFAULT_LIMITS: Pop3Limits = {
  loginMs: 180_000, // Dovecot's CLIENT_LOGIN_TIMEOUT
  idleMs: 600_000, // RFC 1939 §3: at least 10 minutes
  connectionsMax: 50, // Postfix's smtpd_client_connection_count_limit; Dovecot's mail_max_userip_connections is 10
}
