// Texts and bytes gone wrong, from samples, words that matter to their grammar, and a seed.

import { SeededRandom } from '../src/sim/index.ts'

export interface Grammar {
  /** Latin-1, each right as it stands. */
  readonly samples: readonly string[]
  readonly words: readonly string[]
}

/** Mutations of one input at most. */
const CHANGES_MAX = 5
/** Bytes that one mutation cuts or doubles at most. */
const CUT_MAX = 24
/** Inputs stay small, so that many are tried. */
const INPUT_MAX_BYTES = 65_536

export class Mutations {
  readonly #grammar: Grammar
  readonly #random: SeededRandom

  constructor(grammar: Grammar, seed: number) {
    this.#grammar = grammar
    this.#random = new SeededRandom(seed)
  }

  next(): Uint8Array {
    let text = this.#one(this.#grammar.samples)
    for (let left = this.below(CHANGES_MAX + 1); left > 0; left--) text = this.#changed(text)
    return Buffer.from(text.slice(0, INPUT_MAX_BYTES), 'latin1')
  }

  /** A whole number from 0 to `limit` - 1. */
  below(limit: number): number {
    return this.#random.u32() % limit
  }

  #changed(text: string): string {
    const at = this.below(text.length + 1)
    const to = Math.min(text.length, at + this.below(CUT_MAX))
    switch (this.below(6)) {
      case 0:
        return text.slice(0, at) + text.slice(to)
      case 1:
        return text.slice(0, at) + this.#one(this.#grammar.words) + text.slice(at)
      case 2:
        return text.slice(0, at) + String.fromCharCode(this.below(256)) + text.slice(at + 1)
      case 3:
        return text.slice(0, to) + text.slice(at)
      case 4:
        return text.slice(0, at)
      default:
        return text.slice(0, at) + this.#one(this.#grammar.samples).slice(this.below(40))
    }
  }

  #one(texts: readonly string[]): string {
    return texts[this.below(texts.length)] ?? ''
  }
}
