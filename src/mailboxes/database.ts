// One SQLite database, opened when it is first needed: statements kept by their text, rows as arrays, and what SQLite
// throws as a `Failure`. It knows no tables.

import type { DatabaseSync, SQLInputValue, SQLOutputValue, StatementSync } from 'node:sqlite'
import { failure, failureFrom, isFailure, type Failure } from '../core/failure.ts'
import { LogSync } from './log-sync.ts'
import { prepareSchema } from './schema.ts'

export interface DatabaseOptions {
  /** Where it is kept. Absent: nowhere, it goes when the process does. */
  readonly file?: string
  /** Octets that it may grow to. Default: what the disk holds. */
  readonly maxBytes?: number
}

export type Row = readonly SQLOutputValue[]

const PAGE_BYTES = 4096
/** Kibibytes of pages held in memory: most of what is read is read once. */
const CACHE_KIB = 8192
/** Pages in the log before they move into the database itself: 16 MiB. */
const CHECKPOINT_PAGES = 4096
/** Milliseconds to wait for another process that holds the file: it holds it for as long as it lives. */
const BUSY_MS = 0

const EPHEMERAL = `PRAGMA page_size = ${PAGE_BYTES}; PRAGMA synchronous = OFF; PRAGMA journal_mode = MEMORY;`
/** NORMAL flushes the log before its pages move into the database; after a commit, `LogSync` does. */
const KEPT = `PRAGMA page_size = ${PAGE_BYTES}; PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL;
  PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = ${CHECKPOINT_PAGES};`

/** SQLite's primary result codes (sqlite.org/rescode.html) that the world around it can cause. */
const CODES: Readonly<Record<number, readonly [string, string]>> = {
  5: ['EBUSY', 'another process has this mail open'],
  6: ['EBUSY', 'another connection has this mail open'],
  7: ['ENOMEM', 'there is no memory left'],
  8: ['EROFS', 'the mail cannot be written to'],
  10: ['EIO', 'the disk failed'],
  11: ['ECORRUPT', 'the mail database is damaged'],
  13: ['ENOSPC', 'the disk is full'],
  14: ['EACCES', 'the mail database cannot be opened'],
  18: ['EFBIG', 'the message is too large to store'],
  26: ['ECORRUPT', 'this is not a mail database'],
}

export class Database {
  readonly #options: DatabaseOptions
  readonly #statements = new Map<string, StatementSync>()
  #connection: DatabaseSync | undefined
  readonly #log: LogSync | undefined
  #closed = false

  constructor(options: DatabaseOptions) {
    this.#options = options
    this.#log = options.file === undefined ? undefined : new LogSync(options.file)
  }

  get isOpen(): boolean {
    return this.#connection !== undefined
  }

  /** Opens it now. Nothing happens where it is open; what was closed stays closed. */
  open(): Failure | undefined {
    if (this.#connection !== undefined) return undefined
    if (this.#closed) return failure('ECLOSED', 'the mail of this world is closed')
    try {
      const opened = connect(this.#options)
      if (isFailure(opened)) return opened
      this.#connection = opened
      return undefined
    } catch (thrown) {
      const known = sqliteFailure(thrown) ?? failureFrom(thrown)
      return failure(known.code, `${this.#options.file ?? 'mail'}: ${known.message}`)
    }
  }

  close(): void {
    this.#closed = true
    this.#statements.clear()
    this.#log?.close()
    this.#connection?.close()
    this.#connection = undefined
  }

  /** Whether a transaction is open: SQLite ends one itself after some failures. */
  get inTransaction(): boolean {
    return this.#connection?.isTransaction ?? false
  }

  /** Calls `done` once what was committed is durable: at once where nothing is kept. */
  sync(done: (failed: Failure | undefined) => void): void {
    if (this.#log === undefined) done(undefined)
    else this.#log.sync(done)
  }

  run(sql: string, ...values: SQLInputValue[]): void {
    this.#statement(sql).run(...values)
  }

  row(sql: string, ...values: SQLInputValue[]): Row | undefined {
    const row: unknown = this.#statement(sql).get(...values)
    return isRow(row) ? row : undefined
  }

  /** What goes with the process holds nothing before it is opened by a change, and is not opened to look. */
  rows(sql: string, ...values: SQLInputValue[]): readonly Row[] {
    if (!this.isOpen && !this.#closed && this.#options.file === undefined) return []
    const rows: readonly unknown[] = this.#statement(sql).all(...values)
    return rows.filter(isRow)
  }

  #statement(sql: string): StatementSync {
    const kept = this.#statements.get(sql)
    if (kept !== undefined) return kept
    const statement = this.#opened().prepare(sql)
    statement.setReturnArrays(true)
    this.#statements.set(sql, statement)
    return statement
  }

  #opened(): DatabaseSync {
    const failed = this.open()
    if (failed !== undefined) throw new Error(failed.message)
    return this.#connection ?? unopened()
  }
}

function unopened(): never {
  throw new Error('the mail database is not open')
}

function connect(options: DatabaseOptions): DatabaseSync | Failure {
  const { DatabaseSync } = process.getBuiltinModule('node:sqlite')
  const connection = new DatabaseSync(options.file ?? '', { timeout: BUSY_MS })
  try {
    connection.exec(options.file === undefined ? EPHEMERAL : KEPT)
    connection.exec(`PRAGMA cache_size = -${CACHE_KIB}`)
    if (options.maxBytes !== undefined) {
      connection.exec(`PRAGMA max_page_count = ${Math.ceil(options.maxBytes / PAGE_BYTES)}`)
    }
    const refused = prepareSchema(connection)
    if (refused === undefined) return connection
    connection.close()
    return refused
  } catch (thrown) {
    connection.close()
    throw thrown
  }
}

function isRow(value: unknown): value is Row {
  return Array.isArray(value)
}

/** What SQLite threw as a value; `undefined` for what only a mistake of ours can cause. */
export function sqliteFailure(thrown: unknown): Failure | undefined {
  if (!(thrown instanceof Error) || !('errcode' in thrown) || typeof thrown.errcode !== 'number') return undefined
  const known = CODES[thrown.errcode & 0xff]
  return known === undefined ? undefined : failure(known[0], known[1])
}

/** An integer column. Throws where the database holds something else. */
export function integer(value: SQLOutputValue | undefined): number {
  if (typeof value !== 'number') throw new TypeError('the mail database holds no number where one should be')
  return value
}

/** A text column. */
export function textOf(value: SQLOutputValue | undefined): string {
  if (typeof value !== 'string') throw new TypeError('the mail database holds no text where one should be')
  return value
}

const NOTHING = new Uint8Array(0)

/** A blob column; NULL is no octets. */
export function bytesOf(value: SQLOutputValue | undefined): Uint8Array {
  return value instanceof Uint8Array ? value : NOTHING
}
