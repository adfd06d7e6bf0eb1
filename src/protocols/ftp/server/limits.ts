// What an FTP server allows its clients, and its defaults.

export interface FtpLimits {
  /** From the greeting to a login. */
  readonly loginMs: number
  /** Silence after it, transfers aside. */
  readonly idleMs: number
  /** A data connection on which nothing moves. */
  readonly stallMs: number
  /** Until the data connection of a transfer stands. */
  readonly acceptMs: number
  /** Connections of one peer at a time. */
  readonly connectionsMax: number
  /** Sessions of one user at a time; the anonymous ones count as one user. */
  readonly sessionsMax: number
}

export const DEFAULT_LIMITS: FtpLimits = {
  loginMs: 120_000, // OpenSSH's LoginGraceTime
  idleMs: 300_000, // vsftpd's idle_session_timeout
  stallMs: 120_000, // ours; vsftpd's data_connection_timeout is 300 s
  acceptMs: 60_000, // vsftpd's accept_timeout
  connectionsMax: 50, // as the mail services; vsftpd's max_per_ip has no bound of its own
  sessionsMax: 200, // ours: what a load test opens for one name
}
