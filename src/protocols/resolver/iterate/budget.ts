// What one question of a client may cost, all that it leads to included.

import { ADDRESS_FETCHES_PER_QUESTION, QUERIES_PER_QUESTION, QUESTION_MAX_MS } from '../limits.ts'

export class Budget {
  readonly untilMs: number
  #queries = 0
  #fetches = 0

  constructor(nowMs: number) {
    this.untilMs = nowMs + QUESTION_MAX_MS
  }

  /** Questions sent so far. */
  get queries(): number {
    return this.#queries
  }

  /** False: no further question may be sent. */
  takeQuery(): boolean {
    if (this.#queries >= QUERIES_PER_QUESTION) return false
    this.#queries += 1
    return true
  }

  /** False: no further server's address may be looked up. */
  takeFetch(): boolean {
    if (this.#fetches >= ADDRESS_FETCHES_PER_QUESTION) return false
    this.#fetches += 1
    return true
  }
}
