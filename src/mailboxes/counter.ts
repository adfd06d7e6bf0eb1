// A sequence of numbers of which none is given twice, also after a crash: those that nothing durable carries may be skipped.

import { integer, type Database } from './database.ts'
import type { Group, Saved } from './groups.ts'

export class Counter implements Saved {
  readonly #name: string
  readonly #database: Database
  readonly #group: Pick<Group, 'touch'>
  #last: number | undefined

  constructor(name: string, database: Database, group: Pick<Group, 'touch'>) {
    this.#name = name
    this.#database = database
    this.#group = group
  }

  next(): number {
    const next = (this.#last ?? this.#load()) + 1
    this.#last = next
    this.#group.touch(this)
    return next
  }

  save(): void {
    this.#database.run('INSERT OR REPLACE INTO counter (name, value) VALUES (?, ?)', this.#name, this.#last ?? 0)
  }

  #load(): number {
    const row = this.#database.row('SELECT value FROM counter WHERE name = ?', this.#name)
    return row === undefined ? 0 : integer(row[0])
  }
}
