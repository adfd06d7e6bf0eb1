// A place in the bytes of a zone file: lines, blanks, comments, parentheses, words (RFC 1035 §5.1). Knows nothing of records.

import type { Token } from '../codec/tokens.ts'

const LF = 10
const CR = 13
const TAB = 9
const SPACE = 32
const QUOTE = 34
const OPEN = 40
const CLOSE = 41
const SEMICOLON = 59
const EQUALS = 61
const BACKSLASH = 92

/** What a byte does to a word: nothing, part its labels, end it, or ask for care. */
export const BYTE = { PLAIN: 0, DOT: 1, END: 2, SPECIAL: 3 } as const
export const KIND: Uint8Array = Uint8Array.from({ length: 256 }, (_, byte) => {
  if ([LF, CR, TAB, SPACE, SEMICOLON, OPEN, CLOSE].includes(byte)) return BYTE.END
  if (byte === 46) return BYTE.DOT
  return byte === QUOTE || byte === BACKSLASH || byte < SPACE ? BYTE.SPECIAL : BYTE.PLAIN
})

export interface PlacedToken extends Token {
  readonly line: number
  readonly column: number
}

export interface Mark {
  at: number
  line: number
  lineStart: number
  depth: number
}

export class ZoneText {
  readonly bytes: Uint8Array
  readonly end: number
  /** The same bytes, for their text. */
  readonly #buffer: Buffer
  at = 0
  line = 1
  lineStart = 0
  /** Open parentheses. */
  depth = 0

  constructor(bytes: Uint8Array) {
    this.bytes = bytes
    this.end = bytes.length
    this.#buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  }

  get column(): number {
    return this.at - this.lineStart + 1
  }

  /** Whether nothing more of the entry follows, once blanks are behind. */
  get entryEnds(): boolean {
    return this.at >= this.end || this.bytes[this.at] === LF
  }

  /** Goes past blanks and comments, and within parentheses past line ends. A closing one too many stops it. */
  blanks(): void {
    const { bytes, end } = this
    for (; this.at < end; this.at += 1) {
      const byte = bytes[this.at]!
      if (byte === SPACE || byte === TAB || byte === CR) continue
      if (byte > SEMICOLON) return
      if (byte === SEMICOLON) this.#toLineEnd()
      if (this.at === end || !this.#structure(bytes[this.at]!)) return
    }
  }

  /** Takes a parenthesis, or a line end within parentheses; false for anything else. */
  #structure(byte: number): boolean {
    if (byte === OPEN) this.depth += 1
    else if (byte === CLOSE && this.depth > 0) this.depth -= 1
    else if (byte === LF && this.depth > 0) {
      this.line += 1
      this.lineStart = this.at + 1
    } else return false
    return true
  }

  #toLineEnd(): void {
    const at = this.bytes.indexOf(LF, this.at)
    this.at = at === -1 ? this.end : at
  }

  /** From the end of an entry to the line behind it. */
  nextLine(): void {
    this.at += 1
    this.line += 1
    this.lineStart = this.at
    this.depth = 0
  }

  /** Drops what is left of an entry that is wrong: its line, and what its parentheses still hold. */
  skipEntry(): void {
    for (this.#toLineEnd(); this.depth > 0 && this.at < this.end; this.at += 1) this.#structure(this.bytes[this.at]!)
    this.#toLineEnd()
    this.nextLine()
  }

  mark(into: Mark): void {
    into.at = this.at
    into.line = this.line
    into.lineStart = this.lineStart
    into.depth = this.depth
  }

  back(to: Mark): void {
    this.at = to.at
    this.line = to.line
    this.lineStart = to.lineStart
    this.depth = to.depth
  }

  /** Where the word at hand ends, escapes and quotes within it not minded. */
  wordEnd(): number {
    let at = this.at
    while (at < this.end && KIND[this.bytes[at]!] !== BYTE.END) at += 1
    return at
  }

  /** The words up to the end of the entry; undefined at something that is none, with the place there. */
  tokens(): PlacedToken[] | undefined {
    const tokens: PlacedToken[] = []
    for (this.blanks(); !this.entryEnds; this.blanks()) {
      const token = this.token()
      if (token === undefined) return undefined
      tokens.push(token)
    }
    return tokens
  }

  /** The word at hand; undefined for none: a closing parenthesis too many, quotes that do not end on their line. */
  token(): PlacedToken | undefined {
    const { line, column } = this
    const start = this.at
    if (this.bytes[start] === QUOTE) {
      if (!this.#quoted()) return undefined
      return { text: this.slice(start + 1, this.at - 1), quoted: true, line, column }
    }
    while (this.at < this.end && KIND[this.bytes[this.at]!] !== BYTE.END) {
      const byte = this.bytes[this.at]!
      if (byte === EQUALS && this.bytes[this.at + 1] === QUOTE) return this.#parameter(start, line, column)
      if (byte === QUOTE) return undefined
      this.at += byte === BACKSLASH ? 2 : 1
    }
    this.at = Math.min(this.at, this.end)
    return this.at === start ? undefined : { text: this.slice(start, this.at), quoted: false, line, column }
  }

  /** `key="value"`, as SVCB has it: without its quotes. */
  #parameter(start: number, line: number, column: number): PlacedToken | undefined {
    const key = this.slice(start, this.at + 1)
    this.at += 1
    const value = this.at + 1
    return this.#quoted() ? { text: key + this.slice(value, this.at - 1), quoted: true, line, column } : undefined
  }

  /** Goes behind the closing quote; false when the line ends before. */
  #quoted(): boolean {
    const { bytes, end } = this
    const start = this.at
    for (this.at += 1; this.at < end && bytes[this.at] !== LF; this.at += bytes[this.at] === BACKSLASH ? 2 : 1)
      if (bytes[this.at] === QUOTE) {
        this.at += 1
        return true
      }
    this.at = start
    return false
  }

  /** Bytes as text; those above ASCII as escapes, so that each stays one byte. */
  slice(start: number, end: number): string {
    const text = this.#buffer.toString('latin1', start, end)
    let at = start
    while (at < end && this.bytes[at]! < 128) at += 1
    return at === end ? text : text.replaceAll(/[\x80-\xff]/g, (char) => `\\${char.charCodeAt(0)}`)
  }
}
