// What an asker's COOKIE option says of them (RFC 7873 §5.2): nothing, that they want one, or that the address they ask from
// is theirs. All servers of a world take each other's (RFC 9018 §3).

import { createHmac } from 'node:crypto'
import type { Io } from '../../../core/io.ts'
import { parseIp } from '../codec/ip.ts'
import { COOKIE_BYTES, COOKIE_SECRET_BYTES, ServerCookies } from '../edns/cookies.ts'
import { OPTION } from '../edns/options.ts'
import type { EdnsOption } from '../messages.ts'

export interface CookieVerdict {
  /** `fresh`: only the asker's own half, or one that is not (or no longer) ours. */
  readonly kind: 'none' | 'malformed' | 'fresh' | 'good'
  /** What goes into the answer. */
  readonly options: readonly EdnsOption[]
}

export const NO_COOKIE: CookieVerdict = { kind: 'none', options: [] }

export class Cookies {
  readonly #cookies: ServerCookies
  /** The last asker's: addresses come again and again. */
  #ip = ''
  #address: Uint8Array = new Uint8Array(4)

  /** `secret` is the world's. */
  constructor(secret: Uint8Array) {
    const own = createHmac('sha256', secret).update('dns cookies').digest()
    this.#cookies = new ServerCookies(own.subarray(0, COOKIE_SECRET_BYTES))
  }

  /** The option's data stands in `bytes` at `start`. */
  check(bytes: Uint8Array, start: number, length: number, ip: string, io: Pick<Io, 'wallMs'>): CookieVerdict {
    const address = this.#addressOf(ip)
    const seconds = Math.floor(io.wallMs / 1000)
    const state = this.#cookies.check(bytes, start, length, address, seconds)
    if (state === 'malformed') return { kind: 'malformed', options: [] }
    const data = new Uint8Array(COOKIE_BYTES)
    if (state === 'valid') data.set(bytes.subarray(start, start + length))
    else this.#cookies.write(data, 0, bytes, start, address, seconds)
    const good = state === 'valid' || state === 'renew'
    return { kind: good ? 'good' : 'fresh', options: [{ code: OPTION.COOKIE, data }] }
  }

  #addressOf(ip: string): Uint8Array {
    if (ip === this.#ip) return this.#address
    this.#ip = ip
    this.#address = parseIp(ip) ?? new Uint8Array(4)
    return this.#address
  }
}
