// What is to be sent where: parts of mails by destination, in the order in which they came.

import type { Reply } from '../messages.ts'
import type { Exchanger, Route } from './routes.ts'

/** Some recipients of one mail, all at one destination: what goes into one transaction. */
export interface Job {
  readonly mailId: number
  readonly recipientIds: readonly number[]
  /** The queue knows, for good, that an attempt has begun. */
  isMarked: boolean
}

/** What an attempt has come to for one recipient. */
export interface Fate {
  readonly recipientId: number
  readonly isDelivered: boolean
  readonly reply: Reply
  /** Who said so; `undefined`: nobody could be asked. */
  readonly by?: Exchanger | undefined
  readonly tls?: boolean | undefined
  /** The other server reports delivery itself (RFC 3461 §5.2.2). */
  readonly reportsItself?: boolean | undefined
}

export class Destination {
  /** A domain in lower case, or an address literal. */
  readonly domain: string
  route: { readonly route: Route; readonly untilMs: number } | undefined
  readonly waitingForRoute: ((route: Route) => void)[] = []
  #jobs: Job[] = []
  #head = 0

  constructor(domain: string) {
    this.domain = domain
  }

  get waiting(): number {
    return this.#jobs.length - this.#head
  }

  add(job: Job): void {
    this.#jobs.push(job)
  }

  take(): Job | undefined {
    const job = this.#jobs[this.#head]
    if (job === undefined) return undefined
    this.#head++
    if (this.#head > 1000 && this.#head * 2 > this.#jobs.length) {
      this.#jobs = this.#jobs.slice(this.#head)
      this.#head = 0
    }
    return job
  }

  takeAll(): Job[] {
    const jobs = this.#jobs.slice(this.#head)
    this.#jobs = []
    this.#head = 0
    return jobs
  }
}

/** The same for each recipient of a job. */
export function fatesOf(job: Job, reply: Reply, by?: Exchanger): Fate[] {
  return job.recipientIds.map((recipientId) => ({ recipientId, isDelivered: false, reply, by }))
}
