// Contents of messages, each stored once however many mailboxes and queues have it. The last that gives it up takes it out.

import type { Counter } from './counter.ts'
import { bytesOf, integer, type Database } from './database.ts'

/** Octets of a content that stand in its first row: a header of 64 KiB can be had without the rest. */
const FIRST_BYTES = 65_536

const ADD = 'INSERT INTO content (id, size, first) VALUES (?, ?, ?)'
const ADD_REST = 'INSERT INTO rest (content, bytes) VALUES (?, ?)'
const SHARE = `INSERT INTO shared (content, uses) VALUES (?, ? + 1) ON CONFLICT (content) DO UPDATE SET uses = uses + ?`

export class Contents {
  readonly #database: Database
  readonly #numbers: Counter

  constructor(database: Database, numbers: Counter) {
    this.#database = database
    this.#numbers = numbers
  }

  /** Stores a content that `uses` places have. Returns its number. */
  add(bytes: Uint8Array, uses: number): number {
    const id = this.#numbers.next()
    this.#database.run(ADD, id, bytes.length, bytes.length > FIRST_BYTES ? bytes.subarray(0, FIRST_BYTES) : bytes)
    if (bytes.length > FIRST_BYTES) this.#database.run(ADD_REST, id, bytes.subarray(FIRST_BYTES))
    if (uses > 1) this.share(id, uses - 1)
    return id
  }

  /** `more` places have it as well. */
  share(id: number, more: number): void {
    this.#database.run(SHARE, id, more, more)
  }

  /** One place has it no more. */
  release(id: number): void {
    const row = this.#database.row('SELECT uses FROM shared WHERE content = ?', id)
    if (row === undefined) return this.#drop(id)
    const uses = integer(row[0]) - 1
    if (uses > 1) this.#database.run('UPDATE shared SET uses = ? WHERE content = ?', uses, id)
    else this.#database.run('DELETE FROM shared WHERE content = ?', id)
  }

  /** All of it; `undefined` where there is none. */
  read(id: number): Uint8Array | undefined {
    const row = this.#database.row('SELECT first, size FROM content WHERE id = ?', id)
    return row === undefined ? undefined : this.whole(id, bytesOf(row[0]), integer(row[1]))
  }

  /** `first` and what follows it in a content of `size` octets. */
  whole(id: number, first: Uint8Array, size: number): Uint8Array {
    if (first.length === size) return first
    const row = this.#database.row('SELECT bytes FROM rest WHERE content = ?', id)
    return Buffer.concat([first, bytesOf(row?.[0])])
  }

  #drop(id: number): void {
    const row = this.#database.row('SELECT size FROM content WHERE id = ?', id)
    if (row !== undefined && integer(row[0]) > FIRST_BYTES) this.#database.run('DELETE FROM rest WHERE content = ?', id)
    this.#database.run('DELETE FROM content WHERE id = ?', id)
  }
}

/** `head` and what stands behind it. */
export function behind(head: Uint8Array, content: Uint8Array): Uint8Array {
  if (head.length === 0) return content
  const whole = new Uint8Array(head.length + content.length)
  whole.set(head)
  whole.set(content, head.length)
  return whole
}
