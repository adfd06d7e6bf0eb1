// The writing end that commands hold: what they print is gathered, so that a line costs no promise.

import { failure, type Failure } from '../../../../core/failure.ts'
import { pathBytes } from '../../../../wire/path-text.ts'
import type { ByteSink } from './streams.ts'

/** Bytes that are gathered before a command should flush. */
const FLUSH_BYTES = 32 << 10
/** Bytes that may be gathered at all, by a command that prints without waiting. */
const GATHERED_MAX_BYTES = 8 << 20

export class Output {
  readonly #sink: ByteSink
  #parts: Uint8Array[] = []
  #text = ''
  #bytes = 0
  #flushing: Promise<unknown> = Promise.resolve()
  /** Why nothing more is taken: `EPIPE`, or what a file's disk or quota said. */
  failure: Failure | undefined

  constructor(sink: ByteSink) {
    this.#sink = sink
  }

  /** Whether to `flush` before the next line. */
  get full(): boolean {
    return this.#bytes + this.#text.length >= FLUSH_BYTES
  }

  print(text: string): void {
    if (this.failure !== undefined) return
    this.#text += text
    if (this.#bytes + this.#text.length > GATHERED_MAX_BYTES) this.failure = failure('EFBIG', 'Output too large')
  }

  /** Keeps a view. */
  write(bytes: Uint8Array): void {
    if (this.failure !== undefined) return
    this.#settleText()
    this.#parts.push(bytes)
    this.#bytes += bytes.length
  }

  /** False: nothing more is taken. */
  async flush(): Promise<boolean> {
    this.#settleText()
    if (this.#parts.length > 0 && this.failure === undefined) {
      const bytes = this.#parts.length === 1 ? this.#parts[0]! : Buffer.concat(this.#parts)
      this.#parts = []
      this.#bytes = 0
      const before = this.#flushing
      const done = before.then(() => this.#sink.write(bytes))
      this.#flushing = done
      this.failure ??= await done
    }
    return this.failure === undefined
  }

  close(): void {
    this.#sink.close?.()
  }

  #settleText(): void {
    if (this.#text === '') return
    const bytes = pathBytes(this.#text)
    this.#text = ''
    this.#parts.push(bytes)
    this.#bytes += bytes.length
  }
}
