// Reads a structured field value (RFC 5322 §3.2) token by token, and what is broken in it as well as can be. Text is
// Latin-1 and unfolded.

const NONE = 0
const SPACE = 1
/** What ends an atom (RFC 5322 §3.2.3 specials, but for `.`, which atoms may have here). */
const SPECIAL = 2
/** What ends a MIME token besides (RFC 2045 §5.1 tspecials). */
const TSPECIAL = 3

const CLASS = new Uint8Array(256)
for (const char of '/?=') CLASS[char.charCodeAt(0)] = TSPECIAL
for (const char of '()<>[]:;@\\,"') CLASS[char.charCodeAt(0)] = SPECIAL
for (const char of '\0\t\n\v\f\r ') CLASS[char.charCodeAt(0)] = SPACE

export class Scanner {
  readonly text: string
  at: number
  /** The content of the comment that was skipped last. */
  comment = ''

  constructor(text: string, at = 0) {
    this.text = text
    this.at = at
  }

  get ended(): boolean {
    return this.at >= this.text.length
  }

  /** The next character, '' at the end. */
  get next(): string {
    return this.text.charAt(this.at)
  }

  /** Takes `char` if it comes next. */
  take(char: string): boolean {
    if (this.next !== char) return false
    this.at++
    return true
  }

  /** Skips white space and comments (CFWS). Says whether there was any. */
  skip(): boolean {
    const start = this.at
    for (; this.at < this.text.length; this.at++) {
      const code = this.text.charCodeAt(this.at)
      if (code === 40) this.#skipComment()
      else if (CLASS[code] !== SPACE) break
    }
    return this.at > start
  }

  /** An atom with dots in it; '' where there is none. Octets beyond ASCII belong to it. */
  atom(): string {
    return this.#while(TSPECIAL)
  }

  /** A token of MIME; '' where there is none. */
  token(): string {
    return this.#while(NONE)
  }

  /** After its opening quote: the content, unescaped. One that is not closed goes to the end. */
  quoted(): string {
    this.at++
    const start = this.at
    let clean = true
    for (; this.at < this.text.length; this.at++) {
      const code = this.text.charCodeAt(this.at)
      if (code === 34) break
      if (code !== 92) continue
      clean = false
      this.at++
    }
    const raw = this.text.slice(start, this.at)
    this.at = Math.min(this.text.length, this.at + 1)
    return clean ? raw : raw.replaceAll(/\\(.?)/gs, '$1')
  }

  /** After its opening bracket: a domain literal with its brackets (RFC 5322 §3.4.1). */
  literal(): string {
    const close = this.text.indexOf(']', this.at)
    const end = close === -1 ? this.text.length : close + 1
    const found = this.text.slice(this.at, end)
    this.at = end
    return found.replaceAll(/[ \t\r\n\0]/g, '')
  }

  #while(upTo: number): string {
    const start = this.at
    while (this.at < this.text.length) {
      const kind = CLASS[this.text.charCodeAt(this.at)]
      if (kind !== NONE && !(kind === TSPECIAL && upTo === TSPECIAL)) break
      this.at++
    }
    return this.text.slice(start, this.at)
  }

  /** Leaves `at` on the closing parenthesis, or at the end. */
  #skipComment(): void {
    const start = this.at + 1
    let depth = 0
    for (; this.at < this.text.length; this.at++) {
      const code = this.text.charCodeAt(this.at)
      if (code === 92) this.at++
      else if (code === 40) depth++
      else if (code === 41 && --depth === 0) break
    }
    this.comment = this.text.slice(start, Math.min(this.at, this.text.length)).replaceAll(/\\(.)/gs, '$1')
  }
}
