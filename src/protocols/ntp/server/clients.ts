// What a server remembers of those who ask: of a bounded number of addresses whether they may, and how often they do. Whom it has
// forgotten is served as someone new.

import { accessOf, type AccessLists } from './access.ts'

/** Addresses; ours: half of the flows that a socket keeps. Some 2 MB. */
export const CLIENTS_MAX = 8192
/** A client that is turned away hears of it this often at most, so that a forged sender cannot make us a nuisance; ours. */
const KISS_INTERVAL_MS = 2000

export interface RateLimit {
  /** A client may ask this often on the average. */
  readonly intervalMs: number
  /** So many times at once, after it was silent. */
  readonly burst: number
}

export class Client {
  readonly access: 'DENY' | 'RSTR' | undefined
  #tokens: number
  #countedMs: number
  #kissedMs = -Infinity

  constructor(access: Client['access'], burst: number, nowMs: number) {
    this.access = access
    this.#tokens = burst
    this.#countedMs = nowMs
  }

  /** Counts a question. `false`: they come too often. */
  mayAsk({ intervalMs, burst }: RateLimit, nowMs: number): boolean {
    this.#tokens = Math.min(burst, this.#tokens + (nowMs - this.#countedMs) / intervalMs)
    this.#countedMs = nowMs
    if (this.#tokens < 1) return false
    this.#tokens -= 1
    return true
  }

  /** Whether it may be told why it gets no answer. Counts as told. */
  mayBeKissed(nowMs: number): boolean {
    if (nowMs - this.#kissedMs < KISS_INTERVAL_MS) return false
    this.#kissedMs = nowMs
    return true
  }
}

export class ClientTable {
  readonly #clients = new Map<string, Client>()
  /** Addresses in the order in which they came, the oldest at `#oldest` once it is full. */
  readonly #order: string[] = []
  #oldest = 0
  readonly #lists: AccessLists
  readonly #burst: number

  /** `burst`: what a new one may ask at once. */
  constructor(lists: AccessLists, burst: number) {
    this.#lists = lists
    this.#burst = burst
  }

  get size(): number {
    return this.#clients.size
  }

  at(ip: string): Client | undefined {
    return this.#clients.get(ip)
  }

  /** Known from now on; the oldest is forgotten for it where there is no room. `ip` is not known yet. */
  add(ip: string, nowMs: number): Client {
    const client = new Client(accessOf(ip, this.#lists), this.#burst, nowMs)
    const oldest = this.#order[this.#oldest]
    if (oldest !== undefined) this.#clients.delete(oldest)
    this.#order[this.#oldest] = ip
    this.#oldest = (this.#oldest + 1) % CLIENTS_MAX
    this.#clients.set(ip, client)
    return client
  }
}
