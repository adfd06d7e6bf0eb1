// Reads big-endian fields from bytes. A read past the end returns zeros and sets `short`: read all
// fields of a message, then look at `short` once.

const EMPTY = new Uint8Array(0)

export class Reader {
  readonly bytes: Uint8Array
  offset: number
  readonly end: number
  short = false

  constructor(bytes: Uint8Array, offset = 0, end = bytes.length) {
    this.bytes = bytes
    this.offset = offset
    this.end = Math.min(end, bytes.length)
  }

  get left(): number {
    return this.end - this.offset
  }

  u8(): number {
    const at = this.#advance(1)
    return at === -1 ? 0 : this.bytes[at]!
  }

  u16(): number {
    const at = this.#advance(2)
    return at === -1 ? 0 : (this.bytes[at]! << 8) | this.bytes[at + 1]!
  }

  u32(): number {
    const at = this.#advance(4)
    if (at === -1) return 0
    const b = this.bytes
    return ((b[at]! << 24) | (b[at + 1]! << 16) | (b[at + 2]! << 8) | b[at + 3]!) >>> 0
  }

  /** A view of `count` bytes; empty when that is more than there is. */
  take(count: number): Uint8Array {
    const at = this.#advance(count)
    return at === -1 ? EMPTY : this.bytes.subarray(at, at + count)
  }

  #advance(count: number): number {
    if (this.short || count < 0 || this.offset + count > this.end) {
      this.short = true
      return -1
    }
    const at = this.offset
    this.offset += count
    return at
  }
}
