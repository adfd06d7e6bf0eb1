// Who asks, over what, and what they get besides the answer: their options (RFC 6891), padding where it hides anything
// (RFC 8467), a cookie (RFC 7873).

import type { Io } from '../../../core/io.ts'
import { MESSAGE_MAX_BYTES, type EdnsOption } from '../../../shared/dns/messages.ts'
import { OPTION_HEADER_BYTES, encodeKeepalive, nsidOption } from '../../../shared/dns/edns/options.ts'
import { ANSWER_BLOCK_BYTES, paddingBytes, paddingOption } from '../../../shared/dns/edns/padding.ts'
import { Cookies, type CookieVerdict } from '../../../shared/dns/serving/cookies.ts'
import type { Voice } from '../../../shared/dns/serving/query-log.ts'
import { WANTS, type QueryScan } from '../../../shared/dns/serving/query-scan.ts'

export interface Asker {
  readonly transport: 'udp' | 'tcp' | 'tls' | 'https'
  readonly ip: string
  readonly voice: Voice
  /** Called once at most; `bytes` are read before it returns. */
  reply(bytes: Uint8Array): void
}

export interface AskerSettings {
  readonly identity: string
  readonly idleMs: number
  /** The world's, from which that of the cookies follows. */
  readonly secret: Uint8Array
}

export class AskerOptions {
  readonly #identity: string
  readonly #idleMs: number
  readonly #cookies: Cookies

  constructor({ identity, idleMs, secret }: AskerSettings) {
    this.#identity = identity
    this.#idleMs = idleMs
    this.#cookies = new Cookies(secret)
  }

  /** False for most: the answer goes as it is. */
  wanted(scan: QueryScan, transport: Asker['transport']): boolean {
    return scan.variant !== 0 && (scan.cookieBytes > 0 || scan.wants !== 0 || isPrivate(transport))
  }

  /** What goes behind the options of an answer of `bytes` bytes. `malformed`: the cookie is none (RFC 7873 §5.2.2). */
  of(
    packet: Uint8Array,
    scan: QueryScan,
    asker: Pick<Asker, 'transport' | 'ip'>,
    bytes: number,
    io: Pick<Io, 'wallMs'>,
  ): EdnsOption[] | 'malformed' {
    const options: EdnsOption[] = []
    if (scan.cookieBytes > 0) {
      const cookie = this.cookie(packet, scan.cookieStart, scan.cookieBytes, asker.ip, io)
      if (cookie.kind === 'malformed') return 'malformed'
      options.push(...cookie.options)
    }
    if ((scan.wants & WANTS.nsid) !== 0) options.push(nsidOption(this.#identity))
    if ((scan.wants & WANTS.keepalive) !== 0 && (asker.transport === 'tcp' || asker.transport === 'tls')) {
      options.push(encodeKeepalive(this.#idleMs))
    }
    if (isPrivate(asker.transport)) options.push(paddingFor(bytes, options))
    return options
  }

  /** What the data of a COOKIE option, in `bytes` from `start`, says of who asks from `ip`. */
  cookie(bytes: Uint8Array, start: number, length: number, ip: string, io: Pick<Io, 'wallMs'>): CookieVerdict {
    return this.#cookies.check(bytes, start, length, ip, io)
  }
}

function isPrivate(transport: Asker['transport']): boolean {
  return transport === 'tls' || transport === 'https'
}

function paddingFor(bytes: number, options: readonly EdnsOption[]): EdnsOption {
  const whole = options.reduce((sum, { data }) => sum + OPTION_HEADER_BYTES + data.length, bytes)
  return paddingOption(Math.max(0, paddingBytes(whole, ANSWER_BLOCK_BYTES, MESSAGE_MAX_BYTES)))
}
