// The keys that a SCRAM server keeps in place of a password (RFC 5802 §3). They take milliseconds to derive, so those of
// the last users are kept. Whoever does not exist has keys too, and takes as long.

import { createHash, createHmac } from 'node:crypto'
import { clientKey, digest, ITERATIONS, saltedPassword, serverKey, type ScramHash } from './scram-hash.ts'

const SALT_BYTES = 16
/** Users whose keys are kept; the one unused for longest goes first. Ours. */
const KEPT_MAX = 1024

export interface ScramKey {
  readonly storedKey: Uint8Array
  readonly serverKey: Uint8Array
}

export class ScramKeys {
  readonly #secret: Uint8Array
  readonly #kept = new Map<string, ScramKey>()

  /** `secret`: at least 16 random bytes, the same for as long as salts shall not change. */
  constructor(secret: Uint8Array) {
    this.#secret = new Uint8Array(secret)
  }

  /** The same for a user every time, whether it exists or not. */
  salt(hash: ScramHash, user: string): Uint8Array {
    return this.#derive(`salt ${hash}`, user).subarray(0, SALT_BYTES)
  }

  /** `password` undefined: the keys of a password that no one has. */
  keyOf(hash: ScramHash, user: string, password: string | undefined): ScramKey {
    const known = password ?? Buffer.from(this.#derive('no one', user)).toString('hex')
    const id = createHash('sha256')
      .update(JSON.stringify([hash, user, known]))
      .digest('base64')
    const key = this.#kept.get(id) ?? this.#compute(hash, user, known)
    this.#kept.delete(id)
    this.#kept.set(id, key)
    if (this.#kept.size > KEPT_MAX) this.#dropOldest()
    return key
  }

  #compute(hash: ScramHash, user: string, password: string): ScramKey {
    const salted = saltedPassword(hash, password, this.salt(hash, user), ITERATIONS)
    return { storedKey: digest(hash, clientKey(hash, salted)), serverKey: serverKey(hash, salted) }
  }

  #dropOldest(): void {
    const [oldest] = this.#kept.keys()
    if (oldest !== undefined) this.#kept.delete(oldest)
  }

  #derive(purpose: string, user: string): Uint8Array {
    return createHmac('sha256', this.#secret)
      .update(JSON.stringify([purpose, user]))
      .digest()
  }
}
