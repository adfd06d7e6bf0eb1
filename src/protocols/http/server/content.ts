// Collects a request's content: counts all of it, keeps the first bytes, refuses too much.

import { httpError, type HttpError } from '../messages.ts'
import type { Content } from './context.ts'

export class ContentCollector {
  readonly #keepBytes: number
  readonly #maxBytes: number
  #kept: Uint8Array[] = []
  #keptBytes = 0
  #bytes = 0

  constructor(keepBytes: number, maxBytes: number) {
    this.#keepBytes = keepBytes
    this.#maxBytes = maxBytes
  }

  /** `piece` may be a view: what is kept is copied. */
  add(piece: Uint8Array): HttpError | undefined {
    this.#bytes += piece.length
    if (this.#bytes > this.#maxBytes) return tooLarge(this.#maxBytes)
    const room = this.#keepBytes - this.#keptBytes
    if (room > 0) {
      const part = Buffer.from(piece.subarray(0, room))
      this.#kept.push(part)
      this.#keptBytes += part.length
    }
    return undefined
  }

  finish(): Content {
    return { kept: Buffer.concat(this.#kept), bytes: this.#bytes }
  }
}

export const NO_CONTENT: Content = { kept: new Uint8Array(0), bytes: 0 }

export function tooLarge(maxBytes: number): HttpError {
  return httpError(413, `content of more than ${maxBytes} bytes`)
}
