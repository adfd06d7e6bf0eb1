// A token bucket with time as an argument: how much may pass now, and when more may.

import { BURST_MIN_BYTES, BURST_MS } from './limits.ts'

export class TokenBucket {
  readonly #bytesPerMs: number
  readonly #burstBytes: number
  #tokens: number
  #asOfMs: number

  constructor(bytesPerSecond: number, nowMs: number) {
    this.#bytesPerMs = bytesPerSecond / 1000
    this.#burstBytes = Math.max(BURST_MIN_BYTES, this.#bytesPerMs * BURST_MS)
    this.#tokens = this.#burstBytes
    this.#asOfMs = nowMs
  }

  /** Whole bytes that may pass now. */
  available(nowMs: number): number {
    this.#tokens = Math.min(this.#burstBytes, this.#tokens + (nowMs - this.#asOfMs) * this.#bytesPerMs)
    this.#asOfMs = nowMs
    return Math.max(0, Math.floor(this.#tokens))
  }

  /** Takes tokens after `available`; may go below zero, for packets that cannot be split. */
  take(bytes: number): void {
    this.#tokens -= bytes
  }

  /** When `bytes` (or a full burst, if that is less) may pass. */
  readyAt(bytes: number): number {
    const missing = Math.min(bytes, this.#burstBytes) - this.#tokens
    return this.#asOfMs + Math.max(0, missing / this.#bytesPerMs)
  }
}
