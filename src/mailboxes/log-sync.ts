// Brings what was committed onto the disk while others have their turn: SQLite writes its log on commit, and the log is
// flushed here, on a thread of Node's pool, before anybody is told.

import { closeSync, constants, fdatasync, fsyncSync, openSync } from 'node:fs'
import { dirname } from 'node:path'
import { failureFrom, type Failure } from '../core/failure.ts'

export class LogSync {
  readonly #file: string
  #log: number | undefined

  /** `file`: the database's own; its log lies beside it (sqlite.org/wal.html). */
  constructor(file: string) {
    this.#file = file
  }

  /** Calls `done` once all that was written before is on the disk. */
  sync(done: (failed: Failure | undefined) => void): void {
    const log = this.#opened()
    if (typeof log !== 'number') return void setImmediate(done, log)
    fdatasync(log, (error) => done(error === null ? undefined : failureFrom(error)))
  }

  close(): void {
    if (this.#log !== undefined) closeSync(this.#log)
    this.#log = undefined
  }

  /** The log is there from the first commit on; the entry in its folder must last as well. */
  #opened(): number | Failure {
    if (this.#log !== undefined) return this.#log
    try {
      this.#log = openSync(`${this.#file}-wal`, constants.O_RDWR)
      syncFolder(dirname(this.#file))
      return this.#log
    } catch (thrown) {
      return failureFrom(thrown)
    }
  }
}

function syncFolder(path: string): void {
  if (process.platform === 'win32') return
  const folder = openSync(path, constants.O_RDONLY)
  try {
    fsyncSync(folder)
  } finally {
    closeSync(folder)
  }
}
