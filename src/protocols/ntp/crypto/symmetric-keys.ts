// Keys that servers and clients share ahead of time, and the codes made with them: AES-CMAC (RFC 8573), and the keyed
// digests of before (RFC 5905 §7.3, appendix A), which only serve those who still have such a key.

import { createHash, timingSafeEqual } from 'node:crypto'
import { KEY_ID_BYTES, type MessageCode } from '../codec/extension.ts'
import { Cmac } from './cmac.ts'

export const KEY_TYPES = ['AES128', 'AES256', 'SHA512', 'SHA256', 'SHA1', 'MD5'] as const
export type KeyType = (typeof KEY_TYPES)[number]

/** Of the secret; digests take any, and these are what configuration asks for. */
export const KEY_BYTES: Readonly<Partial<Record<KeyType, number>>> = { AES128: 16, AES256: 32 }
/** Longer digests are cut (RFC 7822 §3 knows no MAC above 24 octets). */
const DIGEST_MAX_BYTES = 20

export interface KeySettings {
  /** 1 to 2^32 - 1; 0 is the crypto-NAK's. */
  readonly id: number
  readonly type: KeyType
  readonly secret: Uint8Array
}

export class SymmetricKey {
  readonly id: number
  readonly type: KeyType
  readonly #digest: (covered: Uint8Array) => Uint8Array

  constructor({ id, type, secret }: KeySettings) {
    this.id = id
    this.type = type
    this.#digest = type === 'AES128' || type === 'AES256' ? cmacWith(secret) : digestWith(type, secret)
  }

  /** Key id and digest together. */
  get macBytes(): number {
    return (
      KEY_ID_BYTES + (this.type === 'AES128' || this.type === 'AES256' || this.type === 'MD5' ? 16 : DIGEST_MAX_BYTES)
    )
  }

  /** Whether `mac` was made with this key over what stands before it in `packet`. */
  verifies(packet: Uint8Array, mac: MessageCode): boolean {
    const expected = this.#digest(packet.subarray(0, mac.at))
    return expected.length === mac.digest.length && timingSafeEqual(expected, mac.digest)
  }

  /** Writes the code behind the first `covered` octets of `packet`, which has room for it. */
  sign(packet: Uint8Array, covered: number): void {
    const { id } = this
    packet[covered] = id >>> 24
    packet[covered + 1] = id >>> 16
    packet[covered + 2] = id >>> 8
    packet[covered + 3] = id
    packet.set(this.#digest(packet.subarray(0, covered)), covered + KEY_ID_BYTES)
  }
}

function cmacWith(secret: Uint8Array): (covered: Uint8Array) => Uint8Array {
  const cmac = new Cmac(secret)
  return (covered) => cmac.of(covered)
}

function digestWith(type: KeyType, secret: Uint8Array): (covered: Uint8Array) => Uint8Array {
  const algorithm = type.toLowerCase()
  return (covered) => createHash(algorithm).update(secret).update(covered).digest().subarray(0, DIGEST_MAX_BYTES)
}
