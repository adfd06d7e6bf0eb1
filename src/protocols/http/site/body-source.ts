// Bodies that are read from an open file as fast as the peer takes them, and from memory between.

import type { OpenFile } from '../../../core/index.ts'
import type { BodySource } from '../messages.ts'
import type { ByteRange } from './range.ts'

/** Bytes read at a time: what one connection costs while its client is slow. */
const PIECE_BYTES = 65_536

/** Bytes from memory, or a range of the file. */
export type Segment = Uint8Array | ByteRange

/** The segments in order. Closes the file at the end. */
export class FileSource implements BodySource {
  readonly length: number
  readonly #file: OpenFile
  readonly #segments: Segment[]
  #isClosed = false

  constructor(file: OpenFile, segments: readonly Segment[]) {
    this.#file = file
    this.#segments = [...segments]
    this.length = segments.reduce((sum, segment) => sum + segment.length, 0)
  }

  async next(): Promise<Uint8Array | undefined | 'broken'> {
    const segment = this.#segments.shift()
    if (segment === undefined || this.#isClosed) return undefined
    return segment instanceof Uint8Array ? segment : this.#read(segment)
  }

  close(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#file.close().catch(() => {})
  }

  async #read(range: ByteRange): Promise<Uint8Array | undefined | 'broken'> {
    if (range.length === 0) return this.next()
    const bytes = await this.#file.read(range.offset, Math.min(PIECE_BYTES, range.length)).catch(() => undefined)
    // A file that was cut short since its head went out.
    if (bytes === undefined || bytes.length === 0) return 'broken'
    const left = range.length - bytes.length
    if (left > 0) this.#segments.unshift({ offset: range.offset + bytes.length, length: left })
    return bytes
  }
}
