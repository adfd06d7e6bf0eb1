// Prefix codes of deflate (RFC 1951 §3.2.2): short ones by a table, long ones bit by bit.

/** Bits that the table looks at. */
const FAST_BITS = 9
const FAST_MASK = (1 << FAST_BITS) - 1
const LENGTH_MAX = 15

export class Huffman {
  /** By the next bits: the symbol, and the length of its code above it; 0: a longer one. */
  readonly #fast = new Uint16Array(1 << FAST_BITS)
  readonly #counts = new Uint16Array(LENGTH_MAX + 1)
  readonly #symbols: Uint16Array

  private constructor(lengths: Uint8Array) {
    this.#symbols = new Uint16Array(lengths.length)
    for (const length of lengths) this.#counts[length]!++
    const next = new Uint16Array(LENGTH_MAX + 2)
    const offsets = new Uint16Array(LENGTH_MAX + 2)
    for (let length = 1; length <= LENGTH_MAX; length++) {
      const used = length === 1 ? 0 : this.#counts[length - 1]!
      next[length] = (next[length - 1]! + used) << 1
      offsets[length + 1] = offsets[length]! + this.#counts[length]!
    }
    lengths.forEach((length, symbol) => {
      if (length === 0) return
      this.#symbols[offsets[length]!++] = symbol
      this.#fill(symbol, length, next[length]!++)
    })
    this.#counts[0] = 0
  }

  /** `undefined`: more codes than there can be, or codes that mean nothing where `mayBeIncomplete` is false. */
  static from(lengths: Uint8Array, mayBeIncomplete: boolean): Huffman | undefined {
    let left = 1
    let used = 0
    const counts = new Uint16Array(LENGTH_MAX + 1)
    for (const length of lengths) counts[length]!++
    for (let length = 1; length <= LENGTH_MAX; length++) {
      left = left * 2 - counts[length]!
      used += counts[length]!
      if (left < 0) return undefined
    }
    if (left > 0 && !(mayBeIncomplete && used <= 1)) return undefined
    return new Huffman(lengths)
  }

  /**
   * The symbol that `bits` begins with, and the length of its code above it, at bit 16. `available`: how many of the bits
   * are there. -1: not enough of them; -2: no code.
   */
  decode(bits: number, available: number): number {
    const fast = this.#fast[bits & FAST_MASK]!
    const fastLength = fast >>> 9
    if (fast !== 0) return fastLength <= available ? (fast & 0x1ff) | (fastLength << 16) : -1
    let code = 0
    let first = 0
    let index = 0
    for (let length = 1; length <= LENGTH_MAX; length++) {
      if (length > available) return -1
      code |= (bits >>> (length - 1)) & 1
      const count = this.#counts[length]!
      if (code - count < first) return this.#symbols[index + code - first]! | (length << 16)
      index += count
      first = (first + count) << 1
      code <<= 1
    }
    return -2
  }

  #fill(symbol: number, length: number, code: number): void {
    if (length > FAST_BITS) return
    let reversed = 0
    for (let bit = 0; bit < length; bit++) reversed |= ((code >>> bit) & 1) << (length - 1 - bit)
    for (let at = reversed; at <= FAST_MASK; at += 1 << length) this.#fast[at] = symbol | (length << 9)
  }
}
