// The words of NTS (RFC 8915): records of the key establishment, extension fields, algorithms.

import { NTS_COOKIE_FIELD } from '../messages.ts'

/** RFC 8915 §4.1.2: NTPv4. */
export const PROTOCOL_NTPV4 = 0
/** RFC 8915 §5.1. */
export const EXPORTER_LABEL = 'EXPORTER-network-time-security'

/** RFC 8915 §4.1, §7.6. */
export const RECORDS = {
  endOfMessage: 0,
  nextProtocol: 1,
  error: 2,
  warning: 3,
  algorithm: 4,
  newCookie: 5,
  server: 6,
  port: 7,
} as const

/** RFC 8915 §4.1.3. */
export const ERRORS = { unrecognizedCritical: 0, badRequest: 1, internal: 2 } as const
export type ErrorCode = (typeof ERRORS)[keyof typeof ERRORS]

/** RFC 8915 §7.5. */
export const FIELDS = {
  uniqueIdentifier: 0x0104,
  cookie: NTS_COOKIE_FIELD,
  placeholder: 0x0304,
  authenticator: 0x0404,
} as const

/** RFC 8915 §5.3: of the body of a unique identifier, at least. */
export const UNIQUE_ID_MIN_BYTES = 32
/** Cookies that a server hands out at first, and that a client has at most (RFC 8915 §4.1.6, §5.7). */
export const COOKIES_MAX = 8

/** Of a whole message of the key establishment; ours, as chrony's: RFC 8915 §4 has none. */
export const MESSAGE_MAX_BYTES = 16_384
/** From the handshake to the end of the message; ours. */
export const ESTABLISHMENT_MS = 10_000

/** The keys of one client with one server (RFC 8915 §5.1). */
export interface SessionKeys {
  /** The number of the algorithm (RFC 5116 §6). */
  readonly algorithm: number
  /** From the client to the server. */
  readonly c2s: Uint8Array
  readonly s2c: Uint8Array
}
