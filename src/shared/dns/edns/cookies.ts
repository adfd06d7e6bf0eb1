// DNS cookies (RFC 7873): a server's are those of RFC 9018, so that all servers of one secret take each other's. Works on raw bytes and
// makes no objects; the time and the secret are handed in.

import { sipHash24 } from './siphash.ts'

/** Bytes of a client's part (RFC 7873 §4). */
const CLIENT_COOKIE_BYTES = 8
/** Bytes of a server's part as it is made here (RFC 9018 §4). */
const SERVER_COOKIE_BYTES = 16
/** Bytes that the server's part has at least and at most, whoever made it (RFC 7873 §4). */
const SERVER_COOKIE_MIN_BYTES = 8
const SERVER_COOKIE_MAX_BYTES = 32
/** Bytes of the whole option as it is answered. */
export const COOKIE_BYTES = CLIENT_COOKIE_BYTES + SERVER_COOKIE_BYTES
/** Bytes of a secret (RFC 9018 §4.4). */
export const COOKIE_SECRET_BYTES = 16

/** How old a cookie may be, from when on it is replaced, and how far ahead of time it may be; seconds (RFC 9018 §4.3). */
const OLD_SECONDS = 3600
const RENEW_SECONDS = 1800
const AHEAD_SECONDS = 300

/**
 * `malformed`: to be answered with FORMERR (RFC 7873 §5.2.2). `client`: no server's part yet. `invalid`: not ours, too old or for another
 * address. `renew`: valid, and old enough for a new one.
 */
export type CookieState = 'malformed' | 'client' | 'invalid' | 'valid' | 'renew'

/** The cookies of one server. `previous` is still taken, for the time after a change of secrets. */
export class ServerCookies {
  readonly #secret: Uint8Array
  readonly #previous: Uint8Array | undefined
  /** Client's part, version, reserved, time, address (RFC 9018 §4.4). */
  readonly #input = new Uint8Array(CLIENT_COOKIE_BYTES + 8 + 16)
  readonly #hash = new Uint8Array(8)

  constructor(secret: Uint8Array, previous?: Uint8Array) {
    this.#secret = secret
    this.#previous = previous
  }

  /**
   * Writes the whole option's data, `COOKIE_BYTES`, to `into` at `at`, for the client's part that stands in `bytes` at `from` (the
   * same place is fine). `address` has 4 or 16 bytes; `seconds` is since 1970.
   */
  write(into: Uint8Array, at: number, bytes: Uint8Array, from: number, address: Uint8Array, seconds: number): void {
    const input = this.#input
    for (let byte = 0; byte < CLIENT_COOKIE_BYTES; byte += 1) input[byte] = bytes[from + byte]!
    input[8] = 1
    input[9] = input[10] = input[11] = 0
    input[12] = seconds >>> 24
    input[13] = seconds >>> 16
    input[14] = seconds >>> 8
    input[15] = seconds
    input.set(address, 16)
    for (let byte = 0; byte < 16; byte += 1) into[at + byte] = input[byte]!
    sipHash24(this.#secret, input, 16 + address.length, into, at + 16)
  }

  /** What the option's data, `length` bytes of `bytes` from `at`, says to a server that is asked from `address`. */
  check(bytes: Uint8Array, at: number, length: number, address: Uint8Array, seconds: number): CookieState {
    if (length === CLIENT_COOKIE_BYTES) return 'client'
    const serverBytes = length - CLIENT_COOKIE_BYTES
    if (serverBytes < SERVER_COOKIE_MIN_BYTES || serverBytes > SERVER_COOKIE_MAX_BYTES) return 'malformed'
    if (serverBytes !== SERVER_COOKIE_BYTES || bytes[at + 8] !== 1) return 'invalid'
    const made = (bytes[at + 12]! << 24) | (bytes[at + 13]! << 16) | (bytes[at + 14]! << 8) | bytes[at + 15]!
    const age = ((seconds | 0) - made) | 0
    if (age > OLD_SECONDS || age < -AHEAD_SECONDS) return 'invalid'
    for (let byte = 0; byte < 16; byte += 1) this.#input[byte] = bytes[at + byte]!
    this.#input.set(address, 16)
    if (this.#matches(this.#secret, bytes, at + 16, address.length)) return age > RENEW_SECONDS ? 'renew' : 'valid'
    const previous = this.#previous !== undefined && this.#matches(this.#previous, bytes, at + 16, address.length)
    return previous ? 'renew' : 'invalid'
  }

  #matches(secret: Uint8Array, bytes: Uint8Array, at: number, addressBytes: number): boolean {
    sipHash24(secret, this.#input, 16 + addressBytes, this.#hash, 0)
    let difference = 0
    for (let byte = 0; byte < 8; byte += 1) difference |= this.#hash[byte]! ^ bytes[at + byte]!
    return difference === 0
  }
}
