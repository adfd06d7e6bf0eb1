// What the parts of the post share: the database, the groups, numbers never given twice, contents, flags and who hears of
// arrivals. It knows neither mailboxes nor queues.

import type { Arrived } from '../core/post.ts'
import { Contents } from './contents.ts'
import { Counter } from './counter.ts'
import type { Database } from './database.ts'
import { FlagSets } from './flags.ts'
import type { Groups } from './groups.ts'
import { Hearers } from './hearers.ts'

export interface QuotaLimits {
  /** Octets of all messages of one account. */
  readonly storageMaxBytes: number
  /** Messages of one account. */
  readonly messagesMax: number
}

export class Store {
  readonly database: Database
  readonly groups: Groups
  readonly contents: Contents
  readonly flagSets = new FlagSets()
  readonly quota: QuotaLimits
  /** The world's wall clock, milliseconds since 1970-01-01T00:00Z. */
  readonly wallMs: () => number
  readonly arrivals: Hearers<Arrived>
  /** Numbers of accounts, mailboxes, queued mails and recipients, all from one sequence. */
  readonly numbers: Counter

  constructor(database: Database, groups: Groups, quota: QuotaLimits, wallMs: () => number) {
    this.database = database
    this.groups = groups
    this.arrivals = new Hearers(groups)
    this.quota = quota
    this.wallMs = wallMs
    this.contents = new Contents(database, new Counter('content', database, groups))
    this.numbers = new Counter('number', database, groups)
  }
}
