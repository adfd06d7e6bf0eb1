// What bytes run through in a shell: pipes with back-pressure, files of the tree, and the two ends that commands hold.

import { failure, isFailure, type Failure } from '../../../../core/failure.ts'
import type { EditedFile, OpenFile } from '../../../../core/files.ts'

export interface ByteSource {
  /** The next bytes; undefined at the end. Nothing is asked while an answer is out. */
  read(): Promise<Uint8Array | Failure | undefined>
  /** Nobody reads any more. */
  close?(): void
}

export interface ByteSink {
  /** Resolves when there is room for more. `EPIPE`: nobody reads. */
  write(bytes: Uint8Array): Promise<Failure | undefined>
  /** Nobody writes any more. */
  close?(): void
}

/** pipe(7): 16 pages. */
const PIPE_BYTES = 64 << 10
const READ_BYTES = 64 << 10

export const EMPTY_SOURCE: ByteSource = { read: () => Promise.resolve(undefined) }
export const NULL_SINK: ByteSink = { write: () => Promise.resolve(undefined) }
const NO_READER = failure('EPIPE', 'nobody reads')

/** Bytes from one command to the next. */
export class Pipe implements ByteSource, ByteSink {
  readonly #queue: Uint8Array[] = []
  #bytes = 0
  #ended = false
  #broken = false
  #reader: (() => void) | undefined
  readonly #writers: (() => void)[] = []

  async read(): Promise<Uint8Array | undefined> {
    while (this.#queue.length === 0 && !this.#ended && !this.#broken) {
      await new Promise<void>((resolve) => (this.#reader = resolve))
    }
    const bytes = this.#queue.shift()
    this.#bytes -= bytes?.length ?? 0
    this.#wakeWriters()
    return bytes
  }

  async write(bytes: Uint8Array): Promise<Failure | undefined> {
    while (this.#bytes >= PIPE_BYTES && !this.#broken) {
      await new Promise<void>((resolve) => this.#writers.push(resolve))
    }
    if (this.#broken || this.#ended) return NO_READER
    this.#queue.push(bytes)
    this.#bytes += bytes.length
    this.#wakeReader()
    return undefined
  }

  /** No more is written: the reader comes to the end. */
  end(): void {
    this.#ended = true
    this.#wakeReader()
  }

  /** No more is read. */
  break(): void {
    this.#broken = true
    this.#queue.length = 0
    this.#wakeReader()
    this.#wakeWriters()
  }

  #wakeReader(): void {
    const reader = this.#reader
    this.#reader = undefined
    reader?.()
  }

  #wakeWriters(): void {
    for (const writer of this.#writers.splice(0)) writer()
  }
}

export function fileSource(file: OpenFile): ByteSource {
  let offset = 0
  return {
    async read() {
      const bytes = await file.read(offset, READ_BYTES)
      offset += bytes.length
      return bytes.length === 0 ? undefined : bytes
    },
    close: () => void file.close(),
  }
}

/** Writes from `offset` on; `append`: always behind what is there (O_APPEND of open(2)). */
export function fileSink(file: EditedFile, append: boolean): ByteSink {
  let offset = 0
  return {
    async write(bytes) {
      const now = append ? await file.current() : undefined
      if (isFailure(now)) return now
      const problem = await file.write(now?.size ?? offset, bytes)
      if (problem === undefined) offset += bytes.length
      return problem
    },
    close: () => void file.close(),
  }
}
