// Response-rate limiting as name servers have it (BIND's `rate-limit`, NSD's `rrl-*`): the same answer to the same network
// more than so often a second is dropped, or cut so that an honest asker comes again over TCP. Never for those who proved
// their address by a cookie or a stream: that is the caller's to see to.

import { parseIp } from '../codec/ip.ts'

/** Places for pairs of a network and an answer; two that share one share its account. */
const SLOTS = 65_536
/** Accounts are kept in thousandths of an answer. */
const PER_ANSWER = 1000

export interface RateLimitSettings {
  /** Answers with records, to one network, of one question. 0: any number. */
  readonly answersPerSecond: number
  /** That a name does not exist or has no such records: one account for all names of a zone. 0: any number. */
  readonly negativesPerSecond: number
  /** Refusals and failures. 0: any number. */
  readonly errorsPerSecond: number
  /** For how long a network that went too far pays for it. */
  readonly windowMs: number
  /** Every which of the answers over the limit is cut rather than dropped; 0: none, 1: all. */
  readonly slip: number
  readonly ipv4PrefixBits: number
  readonly ipv6PrefixBits: number
}

export type RateVerdict = 'send' | 'cut' | 'drop'

export type RateKind = 'answers' | 'negatives' | 'errors'

export class RateLimiter {
  readonly #settings: RateLimitSettings
  readonly #perSecond: Readonly<Record<RateKind, number>>
  /** Of whom the account in each place is. */
  readonly #owners = new Uint32Array(SLOTS)
  readonly #balances = new Float64Array(SLOTS)
  readonly #seenMs = new Float64Array(SLOTS).fill(-Infinity)
  #slipped = 0
  /** Addresses come again and again: the last one's network. */
  #lastIp = ''
  #lastNetwork = 0

  constructor(settings: RateLimitSettings) {
    this.#settings = settings
    const { answersPerSecond, negativesPerSecond, errorsPerSecond } = settings
    this.#perSecond = { answers: answersPerSecond, negatives: negativesPerSecond, errors: errorsPerSecond }
  }

  /** `answer` is a hash of what is answered: question and type; of the zone for negatives. `nowMs` is monotonic. */
  judge(ip: string, kind: RateKind, answer: number, nowMs: number): RateVerdict {
    const perSecond = this.#perSecond[kind]
    if (perSecond === 0 || this.#pays(this.#hash(ip, kind, answer), perSecond, nowMs)) return 'send'
    const { slip } = this.#settings
    if (slip === 0) return 'drop'
    this.#slipped = (this.#slipped + 1) % slip
    return this.#slipped === 0 ? 'cut' : 'drop'
  }

  /** Takes one answer from the account; what is owed is bounded by the window. */
  #pays(hash: number, perSecond: number, nowMs: number): boolean {
    const slot = hash & (SLOTS - 1)
    const full = perSecond * PER_ANSWER
    const known = this.#owners[slot] === hash
    const earned = known ? (nowMs - this.#seenMs[slot]!) * perSecond : Infinity
    const owedMax = -full * (this.#settings.windowMs / 1000)
    const balance = Math.min(full, (known ? this.#balances[slot]! : 0) + earned) - PER_ANSWER
    this.#owners[slot] = hash
    this.#seenMs[slot] = nowMs
    this.#balances[slot] = Math.max(owedMax, balance)
    return balance >= 0
  }

  #hash(ip: string, kind: RateKind, answer: number): number {
    const network = ip === this.#lastIp ? this.#lastNetwork : this.#networkOf(ip)
    const mixed = Math.imul(network ^ Math.imul(answer, 0x9e3779b1) ^ KIND_SEED[kind], 0x85ebca6b)
    return (mixed ^ (mixed >>> 15)) >>> 0
  }

  #networkOf(ip: string): number {
    const { ipv4PrefixBits, ipv6PrefixBits } = this.#settings
    const bytes = parseIp(ip) ?? new Uint8Array(0)
    const bits = bytes.length === 4 ? ipv4PrefixBits : ipv6PrefixBits
    let hash = 0x811c9dc5
    for (let at = 0; at * 8 < bits && at < bytes.length; at += 1) {
      const mask = bits - at * 8 >= 8 ? 0xff : 0xff00 >> (bits - at * 8)
      hash = Math.imul(hash ^ (bytes[at]! & mask), 0x01000193)
    }
    this.#lastIp = ip
    return (this.#lastNetwork = hash)
  }
}

const KIND_SEED: Readonly<Record<RateKind, number>> = { answers: 1, negatives: 2, errors: 3 }
