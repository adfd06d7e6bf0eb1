// The row of one account, with what it subscribes to and the names whose mailboxes are gone.

import { integer, textOf, type Database } from './database.ts'
import type { Saved } from './groups.ts'
import { GONE_NAMES_MAX } from './limits.ts'

/** UIDVALIDITY starts as seconds of the world's clock (RFC 9051 §2.3.1.1), which leaves room for 2^31 mailboxes after it. */
const CLOCK_MAX = 0x7f_ff_ff_ff

export class AccountRow implements Saved {
  readonly id: number
  readonly address: string
  /** What an account that was never saved subscribes to, as it is now. */
  unsavedSubscriptions: ReadonlySet<string> | undefined
  readonly #database: Database
  #lastValidity: number

  constructor(database: Database, id: number, address: string, lastValidity: number) {
    this.#database = database
    this.id = id
    this.address = address
    this.#lastValidity = lastValidity
  }

  static read(database: Database, address: string): AccountRow | undefined {
    const row = database.row('SELECT id, last_validity FROM account WHERE address = ?', address)
    return row && new AccountRow(database, integer(row[0]), address, integer(row[1]))
  }

  save(): void {
    this.#database.run(
      'INSERT OR REPLACE INTO account (id, address, last_validity) VALUES (?, ?, ?)',
      this.id,
      this.address,
      this.#lastValidity,
    )
    for (const name of this.unsavedSubscriptions ?? []) this.subscribe(name, true)
  }

  saved(): void {
    this.unsavedSubscriptions = undefined
  }

  /** A UIDVALIDITY above all that this account ever had. The row must be saved with it. */
  nextValidity(wallMs: number): number {
    const clock = Math.min(Math.floor(wallMs / 1000), CLOCK_MAX)
    this.#lastValidity = Math.max(this.#lastValidity + 1, clock)
    return this.#lastValidity
  }

  /** The UIDVALIDITY of a mailbox under a new name: its own, unless a mailbox of that name had a higher one. */
  validityAfterGone(name: string, own: number, wallMs: number): number {
    const row = this.#database.row('SELECT uid_validity FROM gone WHERE account = ? AND name = ?', this.id, name)
    return row !== undefined && integer(row[0]) >= own ? this.nextValidity(wallMs) : own
  }

  /** No mailbox has this name any more. */
  gone(name: string, uidValidity: number): void {
    this.#database.run(
      'INSERT OR REPLACE INTO gone (account, name, uid_validity) VALUES (?, ?, ?)',
      this.id,
      name,
      uidValidity,
    )
    const count = integer(this.#database.row('SELECT count(*) FROM gone WHERE account = ?', this.id)?.[0])
    if (count <= GONE_NAMES_MAX) return
    const oldest = 'SELECT name FROM gone WHERE account = ? ORDER BY uid_validity LIMIT 1'
    this.#database.run(`DELETE FROM gone WHERE account = ? AND name = (${oldest})`, this.id, this.id)
  }

  subscriptions(): readonly string[] {
    const rows = this.#database.rows('SELECT name FROM subscription WHERE account = ?', this.id)
    return rows.map((row) => textOf(row[0]))
  }

  subscribe(name: string, subscribed: boolean): void {
    const sql = subscribed
      ? 'INSERT OR IGNORE INTO subscription (account, name) VALUES (?, ?)'
      : 'DELETE FROM subscription WHERE account = ? AND name = ?'
    this.#database.run(sql, this.id, name)
  }
}
