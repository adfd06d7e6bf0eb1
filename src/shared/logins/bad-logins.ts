// Bad logins by peer. It keeps the count and says what is due; the session holds back its answer by a timer of its own.

export interface LoginLimits {
  /** Before the first refusal is told; doubled with each further one on the same connection. */
  readonly delayMs: number
  readonly delayMaxMs: number
  /** Bad logins on one connection; the last one closes it. */
  readonly perConnectionMax: number
  /** Bad logins of one peer, with no good one between, until it is shut out. */
  readonly perPeerMax: number
  /** How long it is shut out, and how long its bad logins are remembered. */
  readonly shutMs: number
}

export const DEFAULT_LOGIN_LIMITS: LoginLimits = {
  delayMs: 500, // a quarter of Dovecot's auth_failure_delay: it doubles
  delayMaxMs: 15_000, // Dovecot's longest penalty for an address
  perConnectionMax: 5, // ours; OpenSSH's MaxAuthTries is 6
  perPeerMax: 20, // four connections used up
  shutMs: 300_000, // fail2ban's old bantime of 600 s, halved
}

/** Peers remembered at a time; the one whose bad login is the longest ago goes first. Ours. */
const PEERS_MAX = 4096

/** What a bad login gets. */
export interface Rebuff {
  /** The refusal is told this much later. */
  readonly delayMs: number
  /** The connection ends with it. */
  readonly close: boolean
  /** From now on `isShut`, until `shutMs` have passed. */
  readonly shut: boolean
}

interface Guesses {
  count: number
  lastMs: number
}

export class BadLogins {
  readonly #limits: LoginLimits
  /** By address, the longest silent first. */
  readonly #peers = new Map<string, Guesses>()

  constructor(limits: LoginLimits = DEFAULT_LOGIN_LIMITS) {
    this.#limits = limits
  }

  /** Whether logins from this address are refused unheard. Times are monotonic milliseconds, as `io.now`. */
  isShut(ip: string, now: number): boolean {
    return (this.#recent(ip, now)?.count ?? 0) >= this.#limits.perPeerMax
  }

  /** `onConnection`: bad logins on this connection, this one included. */
  failed(ip: string, onConnection: number, now: number): Rebuff {
    const { delayMs, delayMaxMs, perConnectionMax, perPeerMax } = this.#limits
    const count = (this.#recent(ip, now)?.count ?? 0) + 1
    this.#peers.delete(ip)
    this.#peers.set(ip, { count, lastMs: now })
    this.#forgetOldest()
    const shut = count >= perPeerMax
    const delay = Math.min(delayMaxMs, delayMs * 2 ** Math.min(onConnection - 1, 30))
    return { delayMs: delay, close: shut || onConnection >= perConnectionMax, shut }
  }

  succeeded(ip: string): void {
    this.#peers.delete(ip)
  }

  #recent(ip: string, now: number): Guesses | undefined {
    const guesses = this.#peers.get(ip)
    if (guesses === undefined || now - guesses.lastMs < this.#limits.shutMs) return guesses
    this.#peers.delete(ip)
    return undefined
  }

  #forgetOldest(): void {
    if (this.#peers.size <= PEERS_MAX) return
    for (const ip of this.#peers.keys()) return void this.#peers.delete(ip)
  }
}
