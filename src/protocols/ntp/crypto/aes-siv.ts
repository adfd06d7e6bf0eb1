// AES-SIV (RFC 5297): deterministic authenticated encryption, whose synthetic IV is a CMAC over associated data and plaintext. A nonce, where
// there is one, is the last of the associated data (RFC 5297 §3).

import { createCipheriv, timingSafeEqual, type Cipheriv } from 'node:crypto'
import { BLOCK_BYTES, Cmac, doubled, xorInto } from './cmac.ts'

/** The bits of the synthetic IV that are cleared for the counter (RFC 5297 §2.6). */
const CLEARED = [8, 12] as const

export class AesSiv {
  readonly #mac: Cmac
  readonly #encryptionKey: Uint8Array
  readonly #zeroMac: Uint8Array
  #blocks: Cipheriv | undefined

  /** `key`: 32 or 64 octets, half for the code and half for the counter mode. */
  constructor(key: Uint8Array) {
    const half = key.length / 2
    this.#mac = new Cmac(key.subarray(0, half))
    this.#encryptionKey = key.subarray(half)
    this.#zeroMac = this.#mac.of(new Uint8Array(BLOCK_BYTES))
  }

  /** The synthetic IV, and behind it as many octets as `plaintext` has. */
  seal(plaintext: Uint8Array, ...associated: readonly Uint8Array[]): Uint8Array {
    const sealed = new Uint8Array(BLOCK_BYTES + plaintext.length)
    const iv = this.#syntheticIv(plaintext, associated)
    sealed.set(iv)
    sealed.set(this.#counter(iv, plaintext), BLOCK_BYTES)
    return sealed
  }

  /** `undefined`: it was not made with this key and this associated data. */
  open(sealed: Uint8Array, ...associated: readonly Uint8Array[]): Uint8Array | undefined {
    if (sealed.length < BLOCK_BYTES) return undefined
    const iv = sealed.subarray(0, BLOCK_BYTES)
    const plaintext = this.#counter(iv, sealed.subarray(BLOCK_BYTES))
    return timingSafeEqual(this.#syntheticIv(plaintext, associated), iv) ? plaintext : undefined
  }

  /** S2V (RFC 5297 §2.4). */
  #syntheticIv(plaintext: Uint8Array, associated: readonly Uint8Array[]): Uint8Array {
    let sum = this.#zeroMac
    for (const part of associated) {
      sum = doubled(sum)
      xorInto(sum, this.#mac.of(part), 0)
    }
    if (plaintext.length >= BLOCK_BYTES) {
      const whole = new Uint8Array(plaintext)
      xorInto(whole, sum, whole.length - BLOCK_BYTES)
      return this.#mac.of(whole)
    }
    const padded = new Uint8Array(BLOCK_BYTES)
    padded.set(plaintext)
    padded[plaintext.length] = 0x80
    xorInto(padded, doubled(sum), 0)
    return this.#mac.of(padded)
  }

  /** The counter mode, as one call of AES over all counters: that goes on for as long as there are messages. */
  #counter(iv: Uint8Array, input: Uint8Array): Uint8Array {
    if (input.length === 0) return input
    const counters = new Uint8Array(Math.ceil(input.length / BLOCK_BYTES) * BLOCK_BYTES)
    for (let at = 0; at < counters.length; at += BLOCK_BYTES) {
      counters.set(iv, at)
      for (const cleared of CLEARED) counters[at + cleared]! &= 0x7f
      addTo(counters, at + BLOCK_BYTES, at / BLOCK_BYTES)
    }
    this.#blocks ??= createCipheriv(`aes-${this.#encryptionKey.length * 8}-ecb`, this.#encryptionKey, null)
    const output = new Uint8Array(this.#blocks.update(counters).subarray(0, input.length))
    xorInto(output, input, 0)
    return output
  }
}

/** Onto the big-endian number that ends before `end`. */
function addTo(bytes: Uint8Array, end: number, count: number): void {
  let carry = count
  for (let at = end - 1; carry > 0 && at >= end - BLOCK_BYTES; at--) {
    const sum = bytes[at]! + carry
    bytes[at] = sum
    carry = Math.floor(sum / 256)
  }
}
