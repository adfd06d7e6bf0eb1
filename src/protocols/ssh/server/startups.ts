// Connections that have not logged in yet: how many there may be, of one peer and in all (sshd_config(5), MaxStartups).

import { PeerCount } from '../../../shared/logins/index.ts'
import type { Startups as Bounds } from '../limits.ts'

export type Admission = 'in' | 'too many of this peer' | 'too many in all' | 'dropped by chance'

export class Startups {
  readonly #bounds: Bounds
  readonly #peers: PeerCount
  #open = 0

  constructor(bounds: Bounds, peerMax: number) {
    this.#bounds = bounds
    this.#peers = new PeerCount(peerMax)
  }

  /** `chance`: from 0 to 1, 1 excluded. `in` is to be left by `leave`. */
  enter(ip: string, chance: () => number): Admission {
    if (this.#open >= this.#bounds.full) return 'too many in all'
    if (this.#open >= this.#bounds.start && chance() < this.#dropChance()) return 'dropped by chance'
    if (!this.#peers.enter(ip)) return 'too many of this peer'
    this.#open++
    return 'in'
  }

  leave(ip: string): void {
    this.#open--
    this.#peers.leave(ip)
  }

  /** Grows evenly from `chance` at `start` to 1 at `full`. */
  #dropChance(): number {
    const { start, full, chance } = this.#bounds
    return full === start ? 1 : chance + ((1 - chance) * (this.#open - start)) / (full - start)
  }
}
