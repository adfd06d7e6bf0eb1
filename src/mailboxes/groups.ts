// Changes that are asked for in one turn of the event loop become durable by one commit. Each runs in order on the database
// and on memory at once; when the commit fails, memory goes back to what it was and all of them fail. Only after the
// commit do promises resolve and watchers hear.

import { isFailure, type Failure } from '../core/failure.ts'
import { sqliteFailure, type Database } from './database.ts'

/** What a change may do besides its statements. */
export interface Group {
  /** Another one for each group. */
  readonly number: number
  /** How to take back what was changed in memory; the last comes first. */
  undo(back: () => void): void
  /** Once it is durable: what watchers hear. */
  after(tell: () => void): void
  /** `row.save` runs before the commit, once, however often this was called. */
  touch(row: Saved): void
}

/** Something in memory that stands in one row. A row that could not be saved is tried again with the next group. */
export interface Saved {
  save(): void
  /** What `save` wrote is durable. */
  saved?(): void
}

/** Why a group failed: what the world caused, or what was thrown. */
type Failed = Failure | { readonly error: unknown }

interface Waiting {
  run(group: Group): void
  settle(failed: Failed | undefined): void
}

export class Groups implements Group {
  number = 0
  readonly #database: Database
  readonly #soon: (run: () => void) => void
  readonly #unsaved = new Set<Saved>()
  #waiting: Waiting[] = []
  #scheduled = false
  #backs: (() => void)[] = []
  #tells: (() => void)[] = []

  constructor(database: Database, soon: (run: () => void) => void) {
    this.#database = database
    this.#soon = soon
  }

  /**
   * `change` runs with the others of this turn. What it returns comes back once it is durable. A `Failure` stands for itself
   * alone: it must be found before anything is written.
   */
  ask<T>(change: (group: Group) => T | Failure): Promise<T | Failure> {
    return new Promise((resolve, reject) => {
      let answer: { readonly value: T | Failure } | undefined
      this.#waiting.push({
        run: (group) => void (answer = { value: change(group) }),
        settle: (failed) => {
          if (isFailure(failed)) resolve(failed)
          else if (failed !== undefined) reject(failed.error)
          else if (answer !== undefined) resolve(answer.value)
        },
      })
      this.#schedule()
    })
  }

  undo(back: () => void): void {
    this.#backs.push(back)
  }

  after(tell: () => void): void {
    this.#tells.push(tell)
  }

  touch(row: Saved): void {
    this.#unsaved.add(row)
  }

  /** Saves `row` with this turn's group: for what is the same whether or not it could be saved. */
  keep(row: Saved): void {
    this.#unsaved.add(row)
    this.#schedule()
  }

  /** Runs what is waiting, now. */
  flush(): void {
    this.#scheduled = false
    const waiting = this.#waiting
    this.#waiting = []
    if (waiting.length === 0 && this.#unsaved.size === 0) return
    const failed = this.#commit(waiting)
    const tells = this.#tells
    this.#backs = []
    this.#tells = []
    for (const one of waiting) one.settle(failed)
    if (failed === undefined) tellAll(tells)
  }

  #schedule(): void {
    if (this.#scheduled) return
    this.#scheduled = true
    this.#soon(() => this.flush())
  }

  #commit(waiting: readonly Waiting[]): Failed | undefined {
    const closed = this.#database.open()
    if (closed !== undefined) return closed
    this.number += 1
    try {
      this.#database.run('BEGIN IMMEDIATE')
      for (const one of waiting) one.run(this)
      for (const row of this.#unsaved) row.save()
      this.#database.run('COMMIT')
      for (const row of this.#unsaved) row.saved?.()
      this.#unsaved.clear()
      return undefined
    } catch (error) {
      this.#takeBack()
      return sqliteFailure(error) ?? { error }
    }
  }

  #takeBack(): void {
    for (const back of this.#backs.toReversed()) back()
    if (this.#database.inTransaction) this.#database.run('ROLLBACK')
  }
}

/** All hear, even where one throws; then that is thrown. */
function tellAll(tells: readonly (() => void)[]): void {
  let failed: { readonly error: unknown } | undefined
  for (const tell of tells) {
    try {
      tell()
    } catch (error) {
      failed ??= { error }
    }
  }
  if (failed !== undefined) throw failed.error
}
