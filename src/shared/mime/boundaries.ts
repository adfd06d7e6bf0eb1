// The boundaries of the multiparts that are open (RFC 2046 §5.1.1), and the lines that delimit them. A line belongs to the
// longest boundary that it begins with, and of equal ones to the innermost; text behind it does not matter. Walks a trie,
// so that a line costs its own length however many boundaries are open.

/** RFC 2046 §5.1.1 allows 70 characters; what is longer is compared this far, as Dovecot does. */
export const BOUNDARY_MAX_BYTES = 80

const DASH = 45
const LF = 10
const CR = 13
const ROOT = 0

export interface Delimiter {
  /** How many multiparts are around the one that it belongs to; -1 at the end of the message. */
  readonly level: number
  /** It closes its multipart. */
  readonly closes: boolean
  /** The line end before it, which belongs to it: where the part before ends. */
  readonly start: number
  readonly lineStart: number
  /** Behind its own line end. */
  readonly end: number
}

export class Boundaries {
  readonly #bytes: Uint8Array
  /** From a node and an octet to the next node. */
  readonly #next = new Map<number, number>()
  /** The levels whose boundary ends at a node. */
  readonly #levels: number[][] = [[]]
  readonly #ends: number[] = []

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  open(boundary: string): void {
    let node = ROOT
    for (let at = 0; at < Math.min(boundary.length, BOUNDARY_MAX_BYTES); at++) {
      const edge = (node << 8) | (boundary.charCodeAt(at) & 255)
      node = this.#next.get(edge) ?? this.#grow(edge)
    }
    this.#levels[node]?.push(this.#ends.length)
    this.#ends.push(node)
  }

  /** Closes the innermost one. */
  close(): void {
    const node = this.#ends.pop()
    if (node !== undefined) this.#levels[node]?.pop()
  }

  /** Closes all. */
  clear(): void {
    while (this.#ends.length > 0) this.close()
  }

  /** The next delimiter at or behind `from`, which is the start of a line. */
  next(from: number): Delimiter {
    const bytes = this.#bytes
    if (this.#ends.length === 0) return this.#ended()
    for (let at = this.#dashes(from); at < bytes.length; at = this.#dashes(at + 2)) {
      const found = this.at(at)
      if (found !== undefined) return found
    }
    return this.#ended()
  }

  /** The delimiter that the line at `lineStart` is, if it is one. */
  at(lineStart: number): Delimiter | undefined {
    const bytes = this.#bytes
    if (bytes[lineStart] !== DASH || bytes[lineStart + 1] !== DASH) return undefined
    let node = this.#next.get((ROOT << 8) | (bytes[lineStart + 2] ?? 0))
    let level = this.#levels[ROOT]?.at(-1)
    let textEnd = lineStart + 2
    for (let at = lineStart + 3; node !== undefined; at++) {
      const innermost = this.#levels[node]?.at(-1)
      if (innermost !== undefined) [level, textEnd] = [innermost, at]
      node = at < bytes.length ? this.#next.get((node << 8) | (bytes[at] ?? 0)) : undefined
    }
    return level === undefined ? undefined : this.#delimiter(level, lineStart, textEnd)
  }

  #delimiter(level: number, lineStart: number, textEnd: number): Delimiter {
    const bytes = this.#bytes
    let end = textEnd
    while (end < bytes.length && bytes[end] !== LF) end++
    const closes = bytes[textEnd] === DASH && bytes[textEnd + 1] === DASH
    const lf = bytes[lineStart - 1] === LF ? 1 : 0
    const start = lineStart - lf - (lf === 1 && bytes[lineStart - 2] === CR ? 1 : 0)
    return { level, closes, start, lineStart, end: Math.min(bytes.length, end + 1) }
  }

  #ended(): Delimiter {
    const end = this.#bytes.length
    return { level: -1, closes: false, start: end, lineStart: end, end }
  }

  /** Where a line begins with two dashes, at or behind `from`; the length of all where none does. */
  #dashes(from: number): number {
    const bytes = this.#bytes
    if (bytes[from] === DASH && bytes[from + 1] === DASH && (from === 0 || bytes[from - 1] === LF)) return from
    for (let at = from + 1; at < bytes.length;) {
      const byte = bytes[at]
      if (byte !== DASH) at += byte === LF ? 1 : 2
      else if (bytes[at - 1] === LF && bytes[at + 1] === DASH) return at
      else at++
    }
    return bytes.length
  }

  #grow(edge: number): number {
    const node = this.#levels.push([]) - 1
    this.#next.set(edge, node)
    return node
  }
}
