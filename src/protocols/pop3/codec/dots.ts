// The body of a multi-line response (RFC 1939 §3): lines that begin with a dot get a second one, and a line with a
// dot alone ends it. A bare LF is sent as a line end, so that no reader finds that last line where there is none.

import { bufferOf } from '../../../wire/text.ts'

const DOT = 46
const LF = 10
const CR = 13
const CRLF_DOT = Buffer.from('\r\n.')
const CRLF = CRLF_DOT.subarray(0, 2)
const ONE_DOT = CRLF_DOT.subarray(2)
const NOTHING = new Uint8Array(0)

/** Octets of content looked at for one block: what the runner gathers into one write (`GATHER_MAX_BYTES`). */
const BLOCK_BYTES = 65_536

/** What ends the response behind content that ends in a line end, and behind content that does not. */
export const END = Buffer.from('.\r\n')
const LINE_END_AND_END = Buffer.from('\r\n.\r\n')

/** Content on its way, block by block. A block without anything to change is a view of the content. */
export class DotStuffer {
  readonly #content: Buffer
  #at = 0
  #atLineStart = true
  #ended = false

  constructor(content: Uint8Array) {
    this.#content = bufferOf(content)
  }

  /** The next octets to send, the ending line at last; `undefined` after that. */
  next(): Uint8Array | undefined {
    if (this.#at < this.#content.length) return this.#block(Math.min(this.#content.length, this.#at + BLOCK_BYTES))
    if (this.#ended) return undefined
    this.#ended = true
    return this.#atLineStart ? END : LINE_END_AND_END
  }

  #block(to: number): Uint8Array {
    const content = this.#content.subarray(0, to)
    const pieces: Uint8Array[] = []
    let kept = this.#at
    let at = this.#at
    while (at < to) {
      if (this.#atLineStart && content[at] === DOT) {
        pieces.push(content.subarray(kept, at), ONE_DOT)
        kept = at
      }
      const lf = content.indexOf(LF, at)
      this.#atLineStart = lf !== -1
      if (!this.#atLineStart) break
      if (content[lf - 1] !== CR || lf === 0) {
        pieces.push(content.subarray(kept, lf), CRLF)
        kept = lf + 1
      }
      at = lf + 1
    }
    this.#at = to
    const rest = content.subarray(kept, to)
    return pieces.length === 0 ? rest : Buffer.concat([...pieces, rest])
  }
}

/**
 * How much of a message TOP sends: its header, the empty line, and `lines` lines of the body (RFC 1939 §7). `undefined`:
 * `bytes` ends before that, so that more of the message, if there is more, has to be looked at.
 */
export function topLength(bytes: Uint8Array, lines: number): number | undefined {
  const content = bufferOf(bytes)
  let at = 0
  let left: number | undefined
  for (;;) {
    if (left === 0) return at
    const lf = content.indexOf(LF, at)
    if (lf === -1) return undefined
    const isEmpty = lf === at || (lf === at + 1 && content[at] === CR)
    if (left !== undefined) left--
    else if (isEmpty) left = lines
    at = lf + 1
  }
}

/** What one call of `DotReader.take` found. */
export type DotStep = 'more' | 'done' | 'too-long'

/** Undoes the stuffing of a response that comes in pieces, up to and with its ending line. */
export class DotReader {
  readonly #maxBytes: number
  readonly #pieces: Uint8Array[] = []
  #bytes = 0
  #atLineStart = true

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes
  }

  /** All lines, their ends in; to be asked for after `done`. */
  get content(): Uint8Array {
    return this.#pieces.length === 0 ? NOTHING : Buffer.concat(this.#pieces, this.#bytes)
  }

  /** Takes what is there from `inbox`, not a byte behind the end. */
  take(inbox: { readonly length: number; peek(): Uint8Array; skip(count: number): void }): DotStep {
    const unread = inbox.peek()
    const bytes = bufferOf(unread)
    let at = 0
    let kept = 0
    while (at < bytes.length) {
      if (this.#atLineStart && bytes[at] === DOT) {
        const ends = isEndAt(bytes, at)
        if (ends === 'more') break
        this.#keep(bytes, kept, at)
        if (ends > 0) return this.#finish(inbox, at + ends)
        kept = ++at
      }
      const lf = bytes.indexOf(LF, at)
      this.#atLineStart = lf !== -1
      at = lf === -1 ? bytes.length : lf + 1
    }
    this.#keep(bytes, kept, at)
    inbox.skip(at)
    return this.#bytes > this.#maxBytes ? 'too-long' : 'more'
  }

  #finish(inbox: { skip(count: number): void }, length: number): DotStep {
    inbox.skip(length)
    return this.#bytes > this.#maxBytes ? 'too-long' : 'done'
  }

  #keep(bytes: Buffer, from: number, to: number): void {
    if (to <= from) return
    this.#pieces.push(new Uint8Array(bytes.subarray(from, to)))
    this.#bytes += to - from
  }
}

/** Octets of the ending line that begins with the dot at `at`; 0 if that is another line. */
function isEndAt(bytes: Uint8Array, at: number): number | 'more' {
  if (at + 1 >= bytes.length) return 'more'
  if (bytes[at + 1] === LF) return 2
  if (bytes[at + 1] !== CR) return 0
  if (at + 2 >= bytes.length) return 'more'
  return bytes[at + 2] === LF ? 3 : 0
}
