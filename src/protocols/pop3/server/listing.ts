// Multi-line answers other than messages: LIST and UIDL, made line by line as they are sent, and CAPA.

import type { Message } from '../../../core/index.ts'
import { END } from '../codec/dots.ts'
import type { Maildrop } from './maildrop.ts'

/** What is sent block by block; `undefined` at the end. */
export interface Blocks {
  next(): Uint8Array | undefined
}

/** Lines of one block: about 64 KiB of UIDL. */
const LINES_PER_BLOCK = 2048

/** One line for each message that is not deleted. */
export class Listing implements Blocks {
  readonly #maildrop: Maildrop
  readonly #line: (number: number, message: Message) => string
  #number = 0
  #ended = false

  constructor(maildrop: Maildrop, line: (number: number, message: Message) => string) {
    this.#maildrop = maildrop
    this.#line = line
  }

  next(): Uint8Array | undefined {
    if (this.#ended) return undefined
    let text = ''
    const to = Math.min(this.#maildrop.last, this.#number + LINES_PER_BLOCK)
    while (this.#number < to) {
      const message = this.#maildrop.message(++this.#number)
      if (message !== undefined) text += `${this.#line(this.#number, message)}\r\n`
    }
    this.#ended = this.#number === this.#maildrop.last
    return Buffer.from(this.#ended ? `${text}${END.toString()}` : text)
  }
}

/** A few lines, none of which begins with a dot, and their end. */
export function encodeLines(lines: readonly string[]): Uint8Array {
  return Buffer.from([...lines, '.', ''].join('\r\n'))
}
