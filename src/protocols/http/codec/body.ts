// Content of HTTP/1.x messages, taken from an inbox piece by piece (RFC 9112 §6, §7). Holds nothing
// back: who wants the content whole collects it, within a limit.

import type { Inbox } from '../../../wire/inbox.ts'
import { latin1 } from '../../../wire/text.ts'
import {
  CHUNK_EXTENSIONS_MAX_BYTES,
  CHUNK_LINE_MAX_BYTES,
  httpError,
  TRAILERS_MAX_BYTES,
  type Framing,
  type HttpError,
} from '../messages.ts'
import { parseFields } from './fields.ts'

/** A piece of content (a view), or that more is needed, or the end, or what broke. */
export type BodyStep = Uint8Array | 'more' | 'done' | HttpError

export interface BodyDecoder {
  step(inbox: Inbox): BodyStep
}

export function bodyDecoder(framing: Framing): BodyDecoder {
  switch (framing.kind) {
    case 'none':
      return new LengthDecoder(0)
    case 'length':
      return new LengthDecoder(framing.length)
    case 'chunked':
      return new ChunkedDecoder()
    case 'close':
      return new LengthDecoder(Number.POSITIVE_INFINITY)
  }
}

class LengthDecoder implements BodyDecoder {
  #left: number

  constructor(length: number) {
    this.#left = length
  }

  step(inbox: Inbox): BodyStep {
    if (this.#left === 0) return 'done'
    const piece = inbox.take(Math.min(inbox.length, this.#left))
    if (piece === undefined || piece.length === 0) return 'more'
    this.#left -= piece.length
    return piece
  }
}

/** RFC 9112 §7.1.1: extensions are checked for their bytes, and ignored. */
const CHUNK_LINE = /^([0-9A-Fa-f]{1,12})[ \t]*(;[\t\x20-\x7e\x80-\xff]*)?$/

/** The chunked transfer coding (RFC 9112 §7.1). Line ends are CRLF and nothing else. */
class ChunkedDecoder implements BodyDecoder {
  #state: 'size' | 'data' | 'data-end' | 'trailers' | 'done' = 'size'
  #left = 0
  #extensionBytes = 0
  #trailerBytes = 0

  step(inbox: Inbox): BodyStep {
    switch (this.#state) {
      case 'size':
        return this.#size(inbox)
      case 'data':
        return this.#data(inbox)
      case 'data-end':
        return this.#dataEnd(inbox)
      case 'trailers':
        return this.#trailer(inbox)
      case 'done':
        return 'done'
    }
  }

  #size(inbox: Inbox): BodyStep {
    const line = strictLine(inbox, CHUNK_LINE_MAX_BYTES)
    if (typeof line !== 'string') return line
    if (line === 'more') return 'more'
    const match = CHUNK_LINE.exec(line.slice(1))
    if (match === null) return httpError(400, 'a malformed chunk size')
    this.#extensionBytes += line.length - match[1]!.length
    if (this.#extensionBytes > CHUNK_EXTENSIONS_MAX_BYTES) return httpError(400, 'too many chunk extensions')
    this.#left = Number.parseInt(match[1]!, 16)
    this.#state = this.#left === 0 ? 'trailers' : 'data'
    return this.step(inbox)
  }

  #data(inbox: Inbox): BodyStep {
    const piece = inbox.take(Math.min(inbox.length, this.#left))
    if (piece === undefined || piece.length === 0) return 'more'
    this.#left -= piece.length
    if (this.#left === 0) this.#state = 'data-end'
    return piece
  }

  #dataEnd(inbox: Inbox): BodyStep {
    if (inbox.length > 0 && inbox.byte(0) !== 13) return httpError(400, 'a chunk longer than its size')
    if (inbox.length < 2) return 'more'
    if (inbox.byte(1) !== 10) return httpError(400, 'a chunk longer than its size')
    inbox.skip(2)
    this.#state = 'size'
    return this.step(inbox)
  }

  /** RFC 9112 §7.1.2: trailer fields are checked and dropped. */
  #trailer(inbox: Inbox): BodyStep {
    const line = strictLine(inbox, TRAILERS_MAX_BYTES)
    if (typeof line !== 'string') return line
    if (line === 'more') return 'more'
    if (line === '=') {
      this.#state = 'done'
      return 'done'
    }
    this.#trailerBytes += line.length + 1
    if (this.#trailerBytes > TRAILERS_MAX_BYTES) return httpError(431, 'trailer fields too large')
    const fields = parseFields([line.slice(1)])
    return 'kind' in fields ? fields : this.#trailer(inbox)
  }
}

/** `=` and a line that ends in CRLF and holds no other LF; 'more'; or what broke. */
function strictLine(inbox: Inbox, maxBytes: number): string | HttpError {
  const lf = inbox.indexOf(10)
  if (lf === -1 ? inbox.length > maxBytes + 1 : lf > maxBytes + 1) return httpError(400, 'a chunk line too long')
  if (lf === -1) return 'more'
  if (lf === 0 || inbox.byte(lf - 1) !== 13) return httpError(400, 'a bare LF in chunked content')
  const line = `=${latin1(inbox.peek(lf - 1))}`
  inbox.skip(lf + 1)
  return line
}
