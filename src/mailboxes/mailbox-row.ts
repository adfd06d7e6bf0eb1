// The row of one mailbox: everything about it that one can know without looking at its messages.

import { SPECIAL_USES, type SpecialUse } from '../core/post.ts'
import { integer, textOf, type Database, type Row } from './database.ts'
import type { StoredMessage } from './message.ts'

export interface NewMailboxRow {
  readonly id: number
  readonly account: number
  readonly name: string
  readonly specialUse: SpecialUse | undefined
  readonly uidValidity: number
}

interface Flagged {
  readonly seen: boolean
  readonly deleted: boolean
}

const COLUMNS = `id, account, name, special_use, uid_validity, uid_next, mod_seq, recent_from, messages, bytes, unseen, deleted,
  log_floor, log_steps`
const SAVE = `INSERT OR REPLACE INTO mailbox (${COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`
const OF_ACCOUNT = `SELECT ${COLUMNS} FROM mailbox WHERE account = ?`

export class MailboxRow {
  readonly id: number
  readonly account: number
  readonly specialUse: SpecialUse | undefined
  name: string
  uidValidity: number
  uidNext = 1
  modSeq = 1
  recentFrom = 1
  messages = 0
  bytes = 0
  unseen = 0
  deleted = 0
  logFloor = 0
  logSteps = 0

  constructor(row: NewMailboxRow) {
    this.id = row.id
    this.account = row.account
    this.name = row.name
    this.specialUse = row.specialUse
    this.uidValidity = row.uidValidity
  }

  /** Counts a message in (1) or out (-1). */
  count(message: StoredMessage, by: 1 | -1): void {
    this.messages += by
    this.bytes += by * message.size
    if (!message.flags.seen) this.unseen += by
    if (message.flags.deleted) this.deleted += by
  }

  reflag(from: Flagged, to: Flagged): void {
    this.unseen += Number(from.seen) - Number(to.seen)
    this.deleted += Number(to.deleted) - Number(from.deleted)
  }

  empty(): void {
    this.messages = 0
    this.bytes = 0
    this.unseen = 0
    this.deleted = 0
  }

  save(database: Database): void {
    database.run(
      SAVE,
      this.id,
      this.account,
      this.name,
      this.specialUse ?? null,
      this.uidValidity,
      this.uidNext,
      this.modSeq,
      this.recentFrom,
      this.messages,
      this.bytes,
      this.unseen,
      this.deleted,
      this.logFloor,
      this.logSteps,
    )
  }
}

/** The rows of one account's mailboxes. */
export function readMailboxes(database: Database, account: number): readonly MailboxRow[] {
  return database.rows(OF_ACCOUNT, account).map(readMailbox)
}

function readMailbox(row: Row): MailboxRow {
  const mailbox = new MailboxRow({
    id: integer(row[0]),
    account: integer(row[1]),
    name: textOf(row[2]),
    specialUse: SPECIAL_USES.find((use) => use === row[3]),
    uidValidity: integer(row[4]),
  })
  mailbox.uidNext = integer(row[5])
  mailbox.modSeq = integer(row[6])
  mailbox.recentFrom = integer(row[7])
  mailbox.messages = integer(row[8])
  mailbox.bytes = integer(row[9])
  mailbox.unseen = integer(row[10])
  mailbox.deleted = integer(row[11])
  mailbox.logFloor = integer(row[12])
  mailbox.logSteps = integer(row[13])
  return mailbox
}
