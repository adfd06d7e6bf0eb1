// What an IMAP server sends, read into values and written anew in one form, so that two servers can be compared: quoted
// strings, literals and atoms of the same octets are the same; a string never is NIL.

export type Value = string | null | readonly Value[]

/** For `Wire.take`: one response with all its literals. */
export function responseIn(text: string): number | undefined {
  let from = 0
  for (;;) {
    const end = text.indexOf('\r\n', from)
    if (end < 0) return undefined
    const literal = /\{(\d+)\}$/.exec(text.slice(from, end))
    if (literal === null) return end + 2
    from = end + 2 + Number(literal[1])
    if (from > text.length) return undefined
  }
}

/** All values of a text, such as what stands behind `* 1 FETCH `. */
export function valuesIn(text: string): readonly Value[] {
  const reader = new ValueReader(text)
  const values: Value[] = []
  for (let value = reader.next(); value !== undefined; value = reader.next()) values.push(value)
  return values
}

class ValueReader {
  readonly #text: string
  #at = 0

  constructor(text: string) {
    this.#text = text
  }

  /** Undefined at the end of the text, and of a list. */
  next(): Value | undefined {
    while (this.#text[this.#at] === ' ') this.#at += 1
    const first = this.#text[this.#at]
    if (first === undefined || first === ')' || first === '\r') return undefined
    if (first === '(') return this.#list()
    if (first === '"') return this.#quoted()
    if (/^~?\{\d+\}\r\n/.test(this.#text.slice(this.#at, this.#at + 20))) return this.#literal()
    const atom = this.#atom()
    return atom.toUpperCase() === 'NIL' ? null : atom
  }

  #list(): Value {
    this.#at += 1
    const values: Value[] = []
    for (let value = this.next(); value !== undefined; value = this.next()) values.push(value)
    this.#at += 1
    return values
  }

  #quoted(): string {
    let end = this.#at + 1
    while (end < this.#text.length && this.#text[end] !== '"') end += this.#text[end] === '\\' ? 2 : 1
    const inside = this.#text.slice(this.#at + 1, end)
    this.#at = end + 1
    return inside.replaceAll(/\\(.)/gs, '$1')
  }

  #literal(): string {
    const start = this.#text.indexOf('\r\n', this.#at) + 2
    const length = Number(/\d+/.exec(this.#text.slice(this.#at, start))?.[0])
    this.#at = start + length
    return this.#text.slice(start, this.#at)
  }

  /** Brackets keep together what stands in them: `BODY[HEADER.FIELDS (SUBJECT)]<0>`. */
  #atom(): string {
    const start = this.#at
    let depth = 0
    for (; this.#at < this.#text.length; this.#at++) {
      const character = this.#text[this.#at]
      if (character === '[') depth += 1
      if (character === ']') depth -= 1
      if (depth === 0 && (character === ' ' || character === ')' || character === '(' || character === '\r')) break
    }
    if (this.#at === start) this.#at += 1
    return this.#text.slice(start, this.#at)
  }
}

/** One form for each value. */
export function written(value: Value): string {
  if (value === null) return 'NIL'
  return typeof value === 'string' ? JSON.stringify(value) : `(${value.map(written).join(' ')})`
}

/** The items of a FETCH by their names, in one form each. */
export function itemsOf(value: Value | undefined): Map<string, Value> {
  const items = new Map<string, Value>()
  if (!Array.isArray(value)) return items
  const list: readonly Value[] = value
  for (let at = 0; at + 1 < list.length; at += 2) {
    const name = list[at]
    if (typeof name === 'string') items.set(name.replaceAll('"', '').toUpperCase(), list[at + 1] ?? null)
  }
  return items
}
