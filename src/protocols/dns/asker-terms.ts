// On what terms an asker gets an answer: the options that they asked for (RFC 5001, 7314, 7828), their cookie (RFC 7873), and the
// limits that hold for those who have not proved their address.

import type { Address } from '../../core/address.ts'
import { foldName, readName } from '../../shared/dns/codec/name.ts'
import { HEADER_BYTES, RCODE, TYPE, type EdnsOption } from '../../shared/dns/messages.ts'
import { WANTS, type QueryScan } from '../../shared/dns/serving/query-scan.ts'
import type { RateLimiter } from '../../shared/dns/serving/rate-limit.ts'
import { Reader } from '../../wire/reader.ts'
import type { ServedAnswer } from './answer-maker.ts'
import type { Door } from './responder.ts'
import type { Cookies } from './cookies.ts'

export type Terms =
  | { readonly kind: 'send'; readonly options: readonly EdnsOption[] }
  | { readonly kind: 'drop' }
  /** A code and no records; TC besides where it is `cut`. */
  | { readonly kind: 'cut' | 'refuse'; readonly rcode: number; readonly options: readonly EdnsOption[] }

export interface TermsSettings {
  /** RFC 5001 leaves open what it is: the name of the host. */
  readonly identity: Uint8Array
  readonly tcpIdleMs: number
  /** Undefined: cookies are not looked at. */
  readonly cookies?: Cookies
  /** Undefined: no limit. */
  readonly limiter: RateLimiter | undefined
  /** Questions over UDP without a good cookie in a second, from which on one is asked for. Infinity: never. */
  readonly cookiesAbove: number
  /** For how long a zone is good without word from its primary (RFC 7314); undefined: not served here. */
  expireSecondsOf(apex: string): number | undefined
}

const OPTION = { NSID: 3, EXPIRE: 9, KEEPALIVE: 11 } as const
/** RFC 7828 §3.1: the idle time's unit. */
const KEEPALIVE_UNIT_MS = 100
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
    const cookie = scan.cookieBytes === 0 ? NO_COOKIE : (cookies?.check(packet, scan, peer.ip, door.io) ?? NO_COOKIE)
    const options = [...cookie.options, ...this.#options(packet, scan, door)]
    if (cookie.kind === 'malformed') return { kind: 'refuse', rcode: RCODE.FORMERR, options }
    if (door.transport === 'tcp' || cookie.kind === 'good') return { kind: 'send', options }
    if (this.#isBusy(door.io.now)) {
      const rcode = cookie.kind === 'none' ? RCODE.NOERROR : RCODE.BADCOOKIE
      return { kind: cookie.kind === 'none' ? 'cut' : 'refuse', rcode, options }
    }
    return this.#limited(answer, peer, door, options)
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
    if ((wants & WANTS.nsid) !== 0) options.push({ code: OPTION.NSID, data: this.#settings.identity })
    if ((wants & WANTS.keepalive) !== 0 && door.transport === 'tcp') {
      options.push({ code: OPTION.KEEPALIVE, data: u16(Math.floor(this.#settings.tcpIdleMs / KEEPALIVE_UNIT_MS)) })
    }
    const expire = (wants & WANTS.expire) === 0 || scan.type !== TYPE.SOA ? undefined : this.#expire(packet)
    if (expire !== undefined) options.push({ code: OPTION.EXPIRE, data: u32(expire) })
    return options
  }

  #expire(packet: Uint8Array): number | undefined {
    return this.#settings.expireSecondsOf(foldName(readName(new Reader(packet, HEADER_BYTES))))
  }
}

const NO_COOKIE = { kind: 'none', options: [] } as const

function u16(value: number): Uint8Array {
  const data = new Uint8Array(2)
  new DataView(data.buffer).setUint16(0, Math.min(value, 0xffff))
  return data
}

function u32(value: number): Uint8Array {
  const data = new Uint8Array(4)
  new DataView(data.buffer).setUint32(0, value)
  return data
}
