// The numbers of SSH that we say ourselves; the engine knows the others.

/** IANA. */
export const SSH_PORT = 22

/** RFC 4253 §11.1. */
export const DISCONNECT = {
  protocolError: 2,
  serviceNotAvailable: 7,
  byApplication: 11,
  tooManyConnections: 12,
  noMoreAuthMethods: 14,
} as const

/** RFC 4254 §5.1. */
export const OPEN_FAILURE = {
  administrativelyProhibited: 1,
  connectFailed: 2,
  unknownChannelType: 3,
  resourceShortage: 4,
} as const

/** RFC 4254 §5.2. */
export const STDERR = 1

/** Signals that may be named without a domain (RFC 4254 §6.10). */
export const SIGNALS: ReadonlySet<string> = new Set([
  'ABRT',
  'ALRM',
  'FPE',
  'HUP',
  'ILL',
  'INT',
  'KILL',
  'PIPE',
  'QUIT',
  'SEGV',
  'TERM',
  'USR1',
  'USR2',
])
