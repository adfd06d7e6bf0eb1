// Where the bytes of a download come from: a file, read ahead, or lines that are made as they are asked for.

import { failureFrom, type Failure, type OpenFile, type StreamIo } from '../../../core/index.ts'
import { pathBytes } from '../../../wire/path-text.ts'

export type Block = Uint8Array | Failure

export interface Source {
  /** The next block, or the promise of one; `undefined`: no more. It may be asked again before that has come. */
  next(): Block | Promise<Block> | undefined
  /** Whether `sendTo` may get anywhere. */
  readonly isDirect: boolean
  /** Sends what it can without reading it here, and says how much that was: as `StreamIo.sendFile`. */
  sendTo(io: Pick<StreamIo, 'sendFile'>): number
  close(): Promise<void> | undefined
}

/** The first block, and the largest: they double, so that small files cost little and large ones few turns. */
const BLOCK_FIRST_BYTES = 65_536
const BLOCK_MAX_BYTES = 524_288
/** Read and sent where the system takes nothing, so that it says when it does again: what is read without a thread. */
const FILLER_BYTES = 16_384

/** A file from `offset` to where it ended when it was opened. */
export class FileSource implements Source {
  readonly #file: OpenFile
  #offset: number
  #blockBytes = BLOCK_FIRST_BYTES
  #first: Block | undefined

  constructor(file: OpenFile, offset: number) {
    this.#file = file
    this.#offset = offset
  }

  /** Reads what is left if that is little, so that it can be sent in one go with what is said of it. */
  async prepare(): Promise<void> {
    const left = this.#file.stat.size - this.#offset
    if (left > 0 && left <= FILLER_BYTES) this.#first = await this.next()
  }

  get isDirect(): boolean {
    return this.#file.descriptor !== undefined && this.#first === undefined
  }

  sendTo(io: Pick<StreamIo, 'sendFile'>): number {
    const left = this.#file.stat.size - this.#offset
    const sent = left > 0 ? io.sendFile(this.#file, this.#offset, left) : 0
    this.#offset += sent
    this.#blockBytes = FILLER_BYTES
    return sent
  }

  next(): Block | Promise<Block> | undefined {
    const first = this.#first
    this.#first = undefined
    if (first !== undefined) return first
    const left = this.#file.stat.size - this.#offset
    if (left <= 0) return undefined
    const length = Math.min(left, this.#blockBytes)
    const from = this.#offset
    this.#offset += length
    this.#blockBytes = Math.min(BLOCK_MAX_BYTES, this.#blockBytes * 2)
    return this.#file.read(from, length).catch(failureFrom)
  }

  close(): Promise<void> {
    return this.#file.close()
  }
}

/** Lines of a listing, each with CRLF. */
export class LineSource implements Source {
  readonly isDirect = false
  readonly #lines: Iterator<string>

  constructor(lines: Iterable<string>) {
    this.#lines = lines[Symbol.iterator]()
  }

  next(): Uint8Array | undefined {
    let text = ''
    while (text.length < BLOCK_FIRST_BYTES) {
      const line = this.#lines.next()
      if (line.done === true) break
      text += `${line.value}\r\n`
    }
    return text === '' ? undefined : pathBytes(text)
  }

  sendTo(): number {
    return 0
  }

  close(): undefined {
    return undefined
  }
}
