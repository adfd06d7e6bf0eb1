// One-time codes by the clock (RFC 6238): HMAC-SHA-1, six digits, thirty seconds, as the apps on telephones have them.

import { createHmac, timingSafeEqual } from 'node:crypto'

const STEP_MS = 30_000 // RFC 6238 §5.2
const DIGITS = 6
/** Steps that a clock may be off, either way (RFC 6238 §5.2). */
const DRIFT_STEPS = 1
/** Users whose last step is remembered. Ours. */
const USERS_MAX = 4096

/** The code of a step (RFC 4226 §5.3). */
export function oneTimeCode(secret: Uint8Array, step: number): string {
  const counter = Buffer.alloc(8)
  counter.writeBigUInt64BE(BigInt(step))
  const mac = createHmac('sha1', secret).update(counter).digest()
  const number = mac.readUInt32BE((mac[mac.length - 1] ?? 0) & 0x0f) & 0x7fff_ffff
  return String(number % 10 ** DIGITS).padStart(DIGITS, '0')
}

export function stepAt(wallMs: number): number {
  return Math.floor(wallMs / STEP_MS)
}

/** Each code is good once (RFC 6238 §5.2). */
export class OneTimeCodes {
  /** The last step that each user has used, the longest ago first. */
  readonly #used = new Map<string, number>()

  /** Spaces within `code` do not count. */
  accepts(user: string, secret: Uint8Array, code: string, wallMs: number): boolean {
    const said = code.replaceAll(' ', '')
    const now = stepAt(wallMs)
    const last = this.#used.get(user) ?? -Infinity
    let found = -1
    for (let step = Math.max(0, now - DRIFT_STEPS); step <= now + DRIFT_STEPS; step++) {
      if (sameText(said, oneTimeCode(secret, step)) && step > last) found = step
    }
    if (found === -1) return false
    this.#used.delete(user)
    this.#used.set(user, found)
    if (this.#used.size > USERS_MAX) this.#forgetOldest()
    return true
  }

  #forgetOldest(): void {
    for (const user of this.#used.keys()) return void this.#used.delete(user)
  }
}

function sameText(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)]
  return a.length === b.length && timingSafeEqual(a, b)
}
