// What an SSH server allows its clients. The first half can be set in the world file.

export interface SshLimits {
  /** From the connection to a login, milliseconds. */
  readonly loginMs: number
  /** Connections of one peer that have not logged in. */
  readonly peerMax: number
  /** Connections that have not logged in, in all: from `start` on some are dropped by chance, from `full` on all. */
  readonly startups: Startups
  /** Bad logins of one peer without a good one between, until it is shut out. */
  readonly peerFailuresMax: number
  /** Bad logins as one user without a good one between, until that user is shut out. */
  readonly userFailuresMax: number
  /** How long, milliseconds. */
  readonly shutMs: number
  /** Refused logins on one connection; the last one closes it. */
  readonly triesMax: number
  /** Sessions of one connection at a time. */
  readonly sessionsMax: number
  /** Forwarded streams of one connection at a time. */
  readonly forwardsMax: number
}

/** sshd_config(5), MaxStartups. */
export interface Startups {
  readonly start: number
  /** Chance of a drop at `start`, from 0 to 1; it grows evenly to 1 at `full`. */
  readonly chance: number
  readonly full: number
}

export const DEFAULT_LIMITS: SshLimits = {
  loginMs: 120_000, // sshd's LoginGraceTime
  peerMax: 50, // as our other services allow; sshd's PerSourceMaxStartups has no default
  startups: { start: 100, chance: 0.3, full: 1000 }, // ten times sshd's 10:30:100, since here each is no process
  peerFailuresMax: 20, // as all our services
  userFailuresMax: 50, // ours: more than one peer can cause by itself
  shutMs: 300_000, // as all our services
  triesMax: 6, // sshd's MaxAuthTries
  sessionsMax: 10, // sshd's MaxSessions
  forwardsMax: 100, // ours; sshd has none
}

/** The first line of a peer, with its end. RFC 4253 §4.2. */
export const IDENT_MAX_BYTES = 255

/** A key exchange, from the connection or from its own first message on, milliseconds. As for TLS handshakes. */
export const EXCHANGE_MAX_MS = 30_000

/** Key exchanges that a peer may ask for at once, and what earns it one more: milliseconds, or bytes sent both ways. Ours. */
export const EXCHANGES_AHEAD_MAX = 50
export const EXCHANGE_EARNED_MS = 1000
export const EXCHANGE_EARNED_BYTES = 8192

/** Silence of a peer that has logged in, until it is asked whether it lives, milliseconds; after `ALIVE_MAX` unheard questions it is gone. */
export const ALIVE_MS = 60_000
export const ALIVE_MAX = 3 // sshd's ClientAliveCountMax

/** Login requests that wait for the answer to the one before. Ours; clients ask one by one. */
export const PENDING_LOGINS_MAX = 10

/** Login requests of one connection, those among them that are no tries: questions for keys and for prompts. Ours. */
export const LOGIN_REQUESTS_MAX = 50

/** Global requests (RFC 4254 §4) that wait for their answer. Ours. */
export const PENDING_REQUESTS_MAX = 100

/** The soonest that a refusal is told, milliseconds, so that its reason does not show. sshd's MIN_FAIL_DELAY_SECONDS. */
export const REFUSAL_MIN_MS = 5

/** Bytes of a user's own authorized_keys that are read. A hundred long RSA keys. */
export const AUTHORIZED_KEYS_MAX_BYTES = 65_536

/** Bits of the shortest RSA key that logs in. NIST SP 800-131A. */
export const RSA_MIN_BITS = 2048

/** Bytes that a peer may send on one channel before we have read them. OpenSSH's CHAN_SES_WINDOW_DEFAULT is as much. */
export const WINDOW_BYTES = 2_097_152
/** The same of a forwarded stream, of which there may be many. */
export const FORWARD_WINDOW_BYTES = 262_144

/** Bytes of data in one packet, both ways. RFC 4253 §6.1 asks for 32,768 of payload at least. */
export const PACKET_DATA_BYTES = 32_768

/** Unsent bytes of one connection, beyond which channels wait. */
export const OUT_HIGH_BYTES = 262_144

/** Variables that a session may set, and the bytes of one with its name. sshd allows 1024 and any size. */
export const VARIABLES_MAX = 64
export const VARIABLE_MAX_BYTES = 4096

/** Bytes of a command. ARG_MAX of Linux for one argument (MAX_ARG_STRLEN, execve(2)); a packet is shorter. */
export const COMMAND_MAX_BYTES = 32_768

/** Ports that one connection has asked to listen on. Ours. */
export const LISTENERS_MAX = 20
