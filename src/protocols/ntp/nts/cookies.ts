// Cookies (RFC 8915 §6): the keys of a session, sealed with a key of the server's own, so that it keeps nothing of anybody. Those keys change
// every day of the world's time and are derived from the world's secret: a server that starts again still knows its cookies.

import { hkdfSync } from 'node:crypto'
import { AesSiv } from '../crypto/aes-siv.ts'
import { algorithmNumbered } from './algorithms.ts'
import type { SessionKeys } from './messages.ts'

/** How long cookies are made with one key, and how many keys of before are still taken (RFC 8915 §6: "periodically", ours). */
const KEY_PERIOD_MS = 86_400_000
const OLDER_KEYS = 2
const KEY_BYTES = 32
const EPOCH_BYTES = 4
const NONCE_BYTES = 16
/** In front of the keys: the number of the algorithm, and two octets that make the whole a multiple of four. */
const NUMBER_BYTES = 4
const OPEN_BYTES = EPOCH_BYTES + NONCE_BYTES
const TAG_BYTES = 16

export class Cookies {
  readonly #secret: Uint8Array
  readonly #info: string
  readonly #random: (size: number) => Uint8Array
  readonly #keys = new Map<number, AesSiv>()

  /** `secret`: that of the world; `host`: whose cookies they are. */
  constructor(secret: Uint8Array, host: string, random: (size: number) => Uint8Array) {
    this.#secret = secret
    this.#info = `ntp nts cookie ${host}`
    this.#random = random
  }

  /** Of one length for one algorithm, a multiple of four. */
  make({ algorithm, c2s, s2c }: SessionKeys, wallMs: number): Uint8Array {
    const epoch = epochOf(wallMs)
    const open = new Uint8Array(OPEN_BYTES)
    new DataView(open.buffer).setUint32(0, epoch)
    open.set(this.#random(NONCE_BYTES), EPOCH_BYTES)
    const plain = new Uint8Array(NUMBER_BYTES + c2s.length + s2c.length)
    new DataView(plain.buffer).setUint16(0, algorithm)
    plain.set(c2s, NUMBER_BYTES)
    plain.set(s2c, NUMBER_BYTES + c2s.length)
    return Buffer.concat([open, this.#key(epoch).seal(plain, open)])
  }

  /** `undefined`: not ours, or too old. */
  open(cookie: Uint8Array, wallMs: number): SessionKeys | undefined {
    if (cookie.length <= OPEN_BYTES + TAG_BYTES + NUMBER_BYTES) return undefined
    const epoch = new DataView(cookie.buffer, cookie.byteOffset).getUint32(0)
    const age = epochOf(wallMs) - epoch
    if (age < 0 || age > OLDER_KEYS) return undefined
    const plain = this.#key(epoch).open(cookie.subarray(OPEN_BYTES), cookie.subarray(0, OPEN_BYTES))
    if (plain === undefined) return undefined
    const number = (plain[0]! << 8) | plain[1]!
    const keyBytes = algorithmNumbered(number)?.keyBytes ?? 0
    const c2s = plain.subarray(NUMBER_BYTES, NUMBER_BYTES + keyBytes)
    const s2c = plain.subarray(NUMBER_BYTES + keyBytes)
    return keyBytes === 0 || s2c.length !== keyBytes ? undefined : { algorithm: number, c2s, s2c }
  }

  #key(epoch: number): AesSiv {
    const known = this.#keys.get(epoch)
    if (known !== undefined) return known
    if (this.#keys.size > OLDER_KEYS) this.#keys.clear()
    const made = new AesSiv(new Uint8Array(hkdfSync('sha256', this.#secret, '', `${this.#info} ${epoch}`, KEY_BYTES)))
    this.#keys.set(epoch, made)
    return made
  }
}

/** In 32 bits for any time that a clock may show. */
function epochOf(wallMs: number): number {
  return Math.floor(wallMs / KEY_PERIOD_MS) >>> 0
}
