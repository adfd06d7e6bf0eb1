// A file that is written piece by piece, in larger blocks than it is handed.

import { closeSync, openSync, writeSync } from 'node:fs'
import { failureFrom, type Failure } from '../core/failure.ts'

const BLOCK_BYTES = 65_536 // one write a block; packets of 1,500 bytes come some 40 at a time
const FILE_MODE = 0o600 // captures hold secrets

export class FileSink {
  readonly #file: number
  #pending: Uint8Array[] = []
  #pendingBytes = 0
  #failure: Failure | undefined

  private constructor(file: number) {
    this.#file = file
  }

  static open(path: string): FileSink | Failure {
    try {
      return new FileSink(openSync(path, 'w', FILE_MODE))
    } catch (thrown) {
      return failureFrom(thrown)
    }
  }

  /** The first failure of a write: what came after it is missing from the file. */
  get failure(): Failure | undefined {
    return this.#failure
  }

  readonly write = (bytes: Uint8Array): void => {
    this.#pending.push(bytes)
    this.#pendingBytes += bytes.length
    if (this.#pendingBytes >= BLOCK_BYTES) this.#flush()
  }

  close(): void {
    this.#flush()
    closeSync(this.#file)
  }

  #flush(): void {
    const block = Buffer.concat(this.#pending, this.#pendingBytes)
    this.#pending = []
    this.#pendingBytes = 0
    if (this.#failure !== undefined) return
    try {
      for (let written = 0; written < block.length;) written += writeSync(this.#file, block, written)
    } catch (thrown) {
      this.#failure = failureFrom(thrown)
    }
  }
}
