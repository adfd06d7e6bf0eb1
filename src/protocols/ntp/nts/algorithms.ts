// The AEAD algorithms of NTS, by their numbers (RFC 5116 §6, RFC 8915 §5.1): best first.

import { AesSiv } from '../crypto/aes-siv.ts'

export interface Aead {
  /** The synthetic IV or tag is in front, or behind, as the algorithm has it. */
  seal(nonce: Uint8Array, plaintext: Uint8Array, associated: Uint8Array): Uint8Array
  /** `undefined`: not authentic. */
  open(nonce: Uint8Array, sealed: Uint8Array, associated: Uint8Array): Uint8Array | undefined
}

export interface Algorithm {
  readonly number: number
  readonly name: string
  readonly keyBytes: number
  readonly nonceBytes: number
  /** By how much what is sealed is longer. */
  readonly tagBytes: number
  with(key: Uint8Array): Aead
}

const SIV_CMAC_256: Algorithm = {
  number: 15,
  name: 'AEAD_AES_SIV_CMAC_256',
  keyBytes: 32,
  nonceBytes: 16, // RFC 8915 §5.6: N_REQ, 16 at least
  tagBytes: 16,
  with(key) {
    const siv = new AesSiv(key)
    return {
      seal: (nonce, plaintext, associated) => siv.seal(plaintext, associated, nonce),
      open: (nonce, sealed, associated) => siv.open(sealed, associated, nonce),
    }
  },
}

export const ALGORITHMS: readonly Algorithm[] = [SIV_CMAC_256]

export function algorithmNumbered(number: number): Algorithm | undefined {
  return ALGORITHMS.find((one) => one.number === number)
}
