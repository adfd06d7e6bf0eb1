// Changes that are asked for in one turn of the event loop, or while the ones before are on their way to the disk, become durable
// by one commit. Each runs in order on the database and on memory at once; when the commit fails, memory goes back to
// what it was and all of them fail. Only once it is on the disk do promises resolve and watchers hear.

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

/** What a group needs of the database. */
export type Committing = Pick<Database, 'open' | 'run' | 'inTransaction' | 'sync'>

interface Waiting {
  run(group: Group): void
  settle(failed: Failed | undefined): void
}

export class Groups implements Group {
  number = 0
  readonly #database: Committing
  readonly #soon: (run: () => void) => void
  readonly #unsaved = new Set<Saved>()
  #waiting: Waiting[] = []
  #scheduled = false
  #backs: (() => void)[] = []
  #tells: (() => void)[] = []
  #syncing = false
  #idle: (() => void)[] = []

  constructor(database: Committing, soon: (run: () => void) => void) {
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
    if (this.#syncing) return
    this.#scheduled = false
    if (this.#waiting.length === 0 && this.#unsaved.size === 0) return
    const waiting = this.#waiting
    this.#waiting = []
    const failed = this.#commit(waiting)
    const tells = this.#tells
    this.#backs = []
    this.#tells = []
    if (failed !== undefined) return this.#finish(waiting, [], failed)
    this.#syncing = true
    this.#database.sync((unsynced) => {
      this.#syncing = false
      this.#finish(waiting, tells, unsynced)
    })
  }

  /** Resolves once nothing is waiting and all that was asked for is durable or has failed. */
  async drained(): Promise<void> {
    this.flush()
    while (this.#syncing) await new Promise<void>((resolve) => this.#idle.push(resolve))
  }

  /**
   * A group that could not be brought onto the disk fails, but the database has it all the same, and whoever looks sees it: so
   * those who follow are told.
   */
  #finish(waiting: readonly Waiting[], tells: readonly (() => void)[], failed: Failed | undefined): void {
    for (const one of waiting) one.settle(failed)
    try {
      tellAll(tells)
    } finally {
      if (this.#scheduled) this.flush()
      if (!this.#syncing) for (const resolve of this.#idle.splice(0)) resolve()
    }
  }

  #schedule(): void {
    if (this.#scheduled) return
    this.#scheduled = true
    if (this.#syncing) return
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
