// How often keys may be exchanged anew. An exchange costs a signature, which a client asks for with a few bytes: it has some ahead,
// and gets more with time and with what is sent, so that a limit in bytes (RekeyLimit of ssh_config(5)) is no attack.

import { EXCHANGE_EARNED_BYTES, EXCHANGE_EARNED_MS, EXCHANGES_AHEAD_MAX } from '../limits.ts'

export class ExchangeCredit {
  #left = EXCHANGES_AHEAD_MAX
  #atMs: number
  #bytes = 0

  /** `nowMs`: monotonic. */
  constructor(nowMs: number) {
    this.#atMs = nowMs
  }

  /** Counts one; whether it was to be had. `bytes`: what was sent so far, both ways. */
  takes(nowMs: number, bytes: number): boolean {
    const earned = (nowMs - this.#atMs) / EXCHANGE_EARNED_MS + (bytes - this.#bytes) / EXCHANGE_EARNED_BYTES
    this.#atMs = nowMs
    this.#bytes = bytes
    this.#left = Math.min(EXCHANGES_AHEAD_MAX, this.#left + earned) - 1
    return this.#left >= 0
  }
}
