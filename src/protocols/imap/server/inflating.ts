// What a client sends once everything is compressed (RFC 4978): inflated piece by piece, and only what can be taken, so
// that a small input that means much output is no danger.

import { Inbox } from '../../../wire/inbox.ts'
import { Inflater } from '../codec/inflate.ts'

/** Octets that are inflated at a time. */
const PIECE_BYTES = 65_536
/** Pieces in one turn: some milliseconds of work. Ours. */
const PIECES_PER_TURN = 16

export class Inflating {
  readonly #inflater = new Inflater()
  readonly #plain = new Inbox()

  push(compressed: Uint8Array): void {
    this.#inflater.push(compressed)
  }

  /**
   * Hands over what was said until `take` says `false` and nothing more is there. `corrupt`: it is not deflate. `enough`: it
   * was work for a whole turn, and there is more.
   */
  pump(isBusy: () => boolean, take: (plain: Inbox) => boolean): 'corrupt' | 'enough' | undefined {
    let pieces = 0
    while (!isBusy()) {
      if (this.#plain.length > 0 && take(this.#plain)) continue
      if (++pieces > PIECES_PER_TURN) return 'enough'
      const piece = this.#inflater.pull(PIECE_BYTES)
      if (piece === 'corrupt') return piece
      if (piece.length === 0) return undefined
      this.#plain.push(piece)
    }
    return undefined
  }
}
