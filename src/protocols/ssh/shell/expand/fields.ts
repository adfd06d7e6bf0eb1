// From the pieces of an expanded word to fields (Shell Command Language §2.6.5): what came out of an expansion without
// quotes is split at IFS, the rest stays together.

import { literalPattern } from './pattern.ts'

export type Piece =
  /** `splits`: the result of an expansion outside of quotes. */
  | { readonly kind: 'text'; readonly text: string; readonly quoted: boolean; readonly splits: boolean }
  /** Between two positional parameters of `"$@"`. */
  | { readonly kind: 'break' }

export interface Field {
  readonly text: string
  /** The same as a pattern: what was quoted is escaped. */
  readonly pattern: string
}

export const DEFAULT_IFS = ' \t\n'

export function splitFields(pieces: readonly Piece[], ifs: string): Field[] {
  const builder = new FieldBuilder(ifs)
  for (const piece of pieces) {
    if (piece.kind === 'break') builder.finish()
    else if (piece.splits) builder.split(piece.text)
    else builder.add(piece.text, piece.quoted)
  }
  builder.finish()
  return builder.fields
}

class FieldBuilder {
  readonly fields: Field[] = []
  readonly #ifs: string
  #text = ''
  #pattern = ''
  #begun = false

  constructor(ifs: string) {
    this.#ifs = ifs
  }

  add(text: string, quoted: boolean): void {
    this.#text += text
    this.#pattern += quoted ? literalPattern(text) : text
    this.#begun ||= quoted || text !== ''
  }

  split(text: string): void {
    let from = 0
    for (let at = 0; at < text.length; at++) {
      if (!this.#ifs.includes(text.charAt(at))) continue
      if (at > from) this.add(text.slice(from, at), false)
      at = this.#delimiter(text, at)
      from = at + 1
    }
    if (from < text.length) this.add(text.slice(from), false)
  }

  finish(): void {
    if (this.#begun) this.fields.push({ text: this.#text, pattern: this.#pattern })
    this.#text = ''
    this.#pattern = ''
    this.#begun = false
  }

  /** White space around one other character of IFS is one delimiter; returns its last place. */
  #delimiter(text: string, at: number): number {
    let end = this.#skipSpace(text, at)
    const other = end < text.length && this.#ifs.includes(text.charAt(end)) && !isSpace(text.charAt(end))
    if (other) {
      this.#begun = true
      end = this.#skipSpace(text, end + 1)
    }
    this.finish()
    return end - 1
  }

  #skipSpace(text: string, from: number): number {
    let at = from
    while (at < text.length && isSpace(text.charAt(at)) && this.#ifs.includes(text.charAt(at))) at++
    return at
  }
}

function isSpace(char: string): boolean {
  return DEFAULT_IFS.includes(char)
}
