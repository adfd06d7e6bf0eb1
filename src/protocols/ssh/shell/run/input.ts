// The reading end that commands of one descriptor share: what one leaves unread is there for the next.

import { failure, isFailure, type Failure } from '../../../../core/failure.ts'
import { pathText } from '../../../../wire/path-text.ts'
import type { ByteSource } from './streams.ts'

/** Bytes of one line that commands of lines take. Longer ones are no text. */
const LINE_MAX_BYTES = 1 << 20
const LF = 10

export interface Lines {
  readonly lines: readonly string[]
  /** The last of them had no line end: the input ended there. */
  readonly unended: boolean
}

export class Input {
  readonly #source: ByteSource
  #unread: Uint8Array = new Uint8Array(0)
  /** Why it ended early. */
  problem: Failure | undefined

  constructor(source: ByteSource) {
    this.#source = source
  }

  /** The next bytes, as they come; undefined at the end. */
  async chunk(): Promise<Uint8Array | undefined> {
    if (this.#unread.length > 0) return this.#take(this.#unread.length)
    if (this.problem !== undefined) return undefined
    const bytes = await this.#source.read()
    if (!isFailure(bytes)) return bytes
    this.problem = bytes
    return undefined
  }

  /** The next lines without their ends, some at a time; undefined at the end. */
  async lines(): Promise<Lines | undefined> {
    const whole = await this.#fill((bytes) => bytes.lastIndexOf(LF))
    if (this.#unread.length === 0) return undefined
    const bytes = this.#take(whole === -1 ? this.#unread.length : whole + 1)
    const lines = pathText(bytes).split('\n')
    if (whole !== -1) lines.pop()
    return { lines, unended: whole === -1 }
  }

  /** One line without its end; what follows stays. `ended`: it had one. */
  async line(): Promise<{ readonly text: string; readonly ended: boolean } | undefined> {
    const end = await this.#fill((bytes) => bytes.indexOf(LF))
    if (this.#unread.length === 0) return undefined
    const bytes = this.#take(end === -1 ? this.#unread.length : end + 1)
    return { text: pathText(end === -1 ? bytes : bytes.subarray(0, -1)), ended: end !== -1 }
  }

  /** All that is left, at most `maxBytes` of it; more is a problem. */
  async all(maxBytes: number): Promise<Uint8Array> {
    const chunks: Uint8Array[] = []
    let size = 0
    for (let chunk = await this.chunk(); chunk !== undefined; chunk = await this.chunk()) {
      size += chunk.length
      if (size > maxBytes) this.problem = failure('EFBIG', 'input too large')
      if (size > maxBytes) break
      chunks.push(chunk)
    }
    return Buffer.concat(chunks)
  }

  close(): void {
    this.#source.close?.()
  }

  /** Reads until `find` finds something; -1 at the end. */
  async #fill(find: (bytes: Uint8Array) => number): Promise<number> {
    const before: Uint8Array[] = []
    let size = 0
    let chunk = this.#unread.length > 0 ? this.#take(this.#unread.length) : await this.chunk()
    for (; chunk !== undefined; chunk = await this.chunk()) {
      const found = find(chunk)
      before.push(chunk)
      size += chunk.length
      if (found === -1 && size > LINE_MAX_BYTES) this.problem = failure('EFBIG', 'line too long')
      if (found === -1 && this.problem === undefined) continue
      this.#unread = before.length === 1 ? chunk : Buffer.concat(before)
      return found === -1 ? -1 : size - chunk.length + found
    }
    this.#unread = Buffer.concat(before)
    return -1
  }

  #take(count: number): Uint8Array {
    const bytes = this.#unread.subarray(0, count)
    this.#unread = this.#unread.subarray(count)
    return bytes
  }
}
