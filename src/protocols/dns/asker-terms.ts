// On what terms an asker gets an answer: the options that they asked for (RFC 5001, 7314, 7828), their cookie (RFC 7873), and the
// limits that hold for those who have not proved their address.

import type { Address } from '../../core/address.ts'
import { foldName, readName } from '../../shared/dns/codec/name.ts'
import { encodeExpire, encodeKeepalive, nsidOption } from '../../shared/dns/edns/options.ts'
import { HEADER_BYTES, RCODE, TYPE, type EdnsOption } from '../../shared/dns/messages.ts'
import { WANTS, type QueryScan } from '../../shared/dns/serving/query-scan.ts'
import type { RateLimiter } from '../../shared/dns/serving/rate-limit.ts'
import { Reader } from '../../wire/reader.ts'
import type { ServedAnswer } from './answer-maker.ts'
import type { Door } from './door.ts'
import { NO_COOKIE, type Cookies, type CookieVerdict } from '../../shared/dns/serving/cookies.ts'

export type Terms =
  | { readonly kind: 'send'; readonly options: readonly EdnsOption[] }
  | { readonly kind: 'drop' }
  /** A code and no records; TC besides where it is `cut`. */
  | { readonly kind: 'cut' | 'refuse'; readonly rcode: number; readonly options: readonly EdnsOption[] }

export interface TermsSettings {
  /** RFC 5001 leaves open what it is: the name of the host. */
  readonly identity: string
  readonly tcpIdleMs: number
  readonly cookies: Cookies
  /** Undefined: no limit. */
  readonly limiter: RateLimiter | undefined
  /** Questions over UDP without a good cookie in a second, from which on one is asked for. Infinity: never. */
  readonly cookiesAbove: number
  /** For how long a zone is good without word from its primary (RFC 7314); undefined: not served here. */
  expireSecondsOf(apex: string): number | undefined
}

const SECOND_MS = 1000

export class AskerTerms {
  /** Whether even questions without options have to be looked at. */
  readonly watchful: boolean
  readonly #settings: TermsSettings
  #secondStartMs = -Infinity
  #unproven = 0

  constructor(settings: TermsSettings) {
    this.#settings = settings
    this.watchful = settings.limiter !== undefined || settings.cookiesAbove !== Infinity
  }

  of(answer: ServedAnswer, packet: Uint8Array, scan: QueryScan, peer: Address, door: Door): Terms {
    const { cookies } = this.#settings
    const { cookieStart, cookieBytes } = scan
    const cookie = cookieBytes === 0 ? NO_COOKIE : cookies.check(packet, cookieStart, cookieBytes, peer.ip, door.io)
    const options = [...cookie.options, ...this.#options(packet, scan, door)]
    if (cookie.kind === 'malformed') return { kind: 'refuse', rcode: RCODE.FORMERR, options }
    if (door.transport === 'tcp' || cookie.kind === 'good') return { kind: 'send', options }
    if (this.#isBusy(door.io.now)) {
      const rcode = cookie.kind === 'none' ? RCODE.NOERROR : RCODE.BADCOOKIE
      return { kind: cookie.kind === 'none' ? 'cut' : 'refuse', rcode, options }
    }
    return this.#limited(answer, peer, door, options)
  }

  /** For a message that asks for a cookie and nothing else (RFC 7873 §5.4). */
  cookieFor(data: Uint8Array, peer: Address, door: Door): CookieVerdict {
    return this.#settings.cookies.check(data, 0, data.length, peer.ip, door.io)
  }

  /** BIND answers those who have a cookie yet to get with its limit as well: an address can be anybody's. */
  #limited(answer: ServedAnswer, peer: Address, door: Door, options: readonly EdnsOption[]): Terms {
    const { rateKind, rateHash } = answer
    const verdict = this.#settings.limiter?.judge(peer.ip, rateKind, rateHash, door.io.now) ?? 'send'
    if (verdict === 'cut') return { kind: 'cut', rcode: RCODE.NOERROR, options }
    return verdict === 'drop' ? { kind: 'drop' } : { kind: 'send', options }
  }

  #isBusy(nowMs: number): boolean {
    if (nowMs - this.#secondStartMs >= SECOND_MS) {
      this.#secondStartMs = nowMs
      this.#unproven = 0
    }
    this.#unproven += 1
    return this.#unproven > this.#settings.cookiesAbove
  }

  #options(packet: Uint8Array, scan: QueryScan, door: Door): readonly EdnsOption[] {
    const { wants } = scan
    const options: EdnsOption[] = []
    if ((wants & WANTS.nsid) !== 0) options.push(nsidOption(this.#settings.identity))
    if ((wants & WANTS.keepalive) !== 0 && door.transport === 'tcp') {
      options.push(encodeKeepalive(this.#settings.tcpIdleMs))
    }
    const expire = (wants & WANTS.expire) === 0 || scan.type !== TYPE.SOA ? undefined : this.#expire(packet)
    if (expire !== undefined) options.push(encodeExpire(expire))
    return options
  }

  #expire(packet: Uint8Array): number | undefined {
    return this.#settings.expireSecondsOf(foldName(readName(new Reader(packet, HEADER_BYTES))))
  }
}
