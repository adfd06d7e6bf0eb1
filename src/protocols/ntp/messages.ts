// The words of NTP (RFC 5905): modes, leap indicators, kiss codes and the header as a value. Imports nothing.

/** RFC 5905 §7.1. */
export const NTP_PORT = 123
/** NTS key establishment (RFC 8915 §7.1). */
export const NTS_KE_PORT = 4460
/** RFC 8915 §7.1, the ALPN protocol. */
export const NTS_ALPN = 'ntske/1'
/** RFC 8915 §7.5: the extension field without which nothing of NTS can be understood. */
export const NTS_COOKIE_FIELD = 0x0204
/** RFC 5905 §7.3: up to and with the transmit timestamp. */
export const HEADER_BYTES = 48

/** RFC 5905 §7.3, figure 10. */
export const MODES = {
  symmetricActive: 1,
  symmetricPassive: 2,
  client: 3,
  server: 4,
  broadcast: 5,
  control: 6,
  private: 7,
} as const

/** RFC 5905 §7.3, figure 9: nothing to tell, the last minute of the day has 61 or 59 seconds, the clock is not synchronised. */
export const LEAPS = { none: 0, insert: 1, delete: 2, unsynchronised: 3 } as const
export type Leap = (typeof LEAPS)[keyof typeof LEAPS]

/** RFC 5905 §7.3, figure 11: unspecified or invalid (kiss codes), and the first that stands for "unsynchronised". */
export const STRATUM_UNSPECIFIED = 0
export const STRATUM_UNSYNCHRONISED = 16

/** Kiss codes (RFC 5905 §7.4, RFC 8915 §5.7) that a server sends. */
export const KISS_CODES = ['DENY', 'RSTR', 'RATE', 'NTSN'] as const
export type KissCode = (typeof KISS_CODES)[number]

/** Seconds since 1900-01-01 as 32.32 bits of a 64-bit unsigned number, modulo an era of 2^32 s (RFC 5905 §6). */
export type Timestamp = bigint

/** The header of RFC 5905 §7.3. */
export interface Header {
  readonly leap: Leap
  /** 1 to 7; 3 and 4 are spoken. */
  readonly version: number
  readonly mode: number
  readonly stratum: number
  /** log2 of seconds, -128 to 127. */
  readonly poll: number
  /** log2 of seconds, -128 to 127. */
  readonly precision: number
  /** 16.16 bits of seconds on the wire. */
  readonly rootDelayMs: number
  /** 16.16 bits of seconds on the wire. */
  readonly rootDispersionMs: number
  /** Four octets, the first in the highest bits. */
  readonly referenceId: number
  readonly reference: Timestamp
  readonly origin: Timestamp
  readonly receive: Timestamp
  readonly transmit: Timestamp
}
