// AES-CMAC (RFC 4493; with a key of 256 bits NIST SP 800-38B) and the doubling that it shares with SIV. The chain of blocks is one
// call of AES in CBC mode, whose last block is the code. To begin such a mode takes longer than a packet's worth of AES: it is begun once a
// key, and goes on from message to message.

import { createCipheriv, type Cipheriv } from 'node:crypto'

export const BLOCK_BYTES = 16
const ZERO_BLOCK = new Uint8Array(BLOCK_BYTES)
/** The polynomial of GF(2^128) (RFC 4493 §2.3). */
const RB = 0x87

/** Keeps the subkeys of one key of 16 or 32 octets. */
export class Cmac {
  readonly #cipher: Cipheriv
  /** The last block that came out: what the mode adds to the next one, which begins another message. */
  #last: Uint8Array = ZERO_BLOCK
  readonly #whole: Uint8Array
  readonly #padded: Uint8Array

  constructor(key: Uint8Array) {
    this.#cipher = createCipheriv(`aes-${key.length * 8}-cbc`, key, ZERO_BLOCK)
    this.#cipher.setAutoPadding(false)
    this.#whole = doubled(this.#chain(new Uint8Array(BLOCK_BYTES)))
    this.#padded = doubled(this.#whole)
  }

  /** 16 octets. */
  of(message: Uint8Array): Uint8Array {
    const blocks = Math.max(1, Math.ceil(message.length / BLOCK_BYTES))
    const padded = new Uint8Array(blocks * BLOCK_BYTES)
    padded.set(message)
    const whole = message.length === padded.length
    if (!whole) padded[message.length] = 0x80
    xorInto(padded, whole ? this.#whole : this.#padded, padded.length - BLOCK_BYTES)
    return this.#chain(padded)
  }

  /** Writes into `blocks`. */
  #chain(blocks: Uint8Array): Uint8Array {
    xorInto(blocks, this.#last, 0)
    this.#last = new Uint8Array(this.#cipher.update(blocks).subarray(-BLOCK_BYTES))
    return new Uint8Array(this.#last)
  }
}

/** Times x in GF(2^128) (RFC 4493 §2.3, RFC 5297 §2.3). */
export function doubled(block: Uint8Array): Uint8Array {
  const out = new Uint8Array(BLOCK_BYTES)
  for (let at = 0; at < BLOCK_BYTES; at++) out[at] = (block[at]! << 1) | ((block[at + 1] ?? 0) >> 7)
  if (block[0]! & 0x80) out[BLOCK_BYTES - 1]! ^= RB
  return out
}

/** `mask` onto `bytes` from `at` on. */
export function xorInto(bytes: Uint8Array, mask: Uint8Array, at: number): void {
  for (let index = 0; index < mask.length; index++) bytes[at + index]! ^= mask[index]!
}
