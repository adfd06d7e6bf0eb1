// Writes big-endian fields into one growing buffer. `finish` copies out what was written, so that a
// writer can be used again as a scratch buffer.

export class Writer {
  bytes: Uint8Array
  length = 0

  constructor(initialBytes = 512) {
    this.bytes = new Uint8Array(initialBytes)
  }

  reset(): void {
    this.length = 0
  }

  u8(value: number): void {
    this.#reserve(1)
    this.bytes[this.length++] = value
  }

  u16(value: number): void {
    this.#reserve(2)
    this.bytes[this.length++] = value >>> 8
    this.bytes[this.length++] = value
  }

  u32(value: number): void {
    this.#reserve(4)
    this.bytes[this.length++] = value >>> 24
    this.bytes[this.length++] = value >>> 16
    this.bytes[this.length++] = value >>> 8
    this.bytes[this.length++] = value
  }

  put(bytes: Uint8Array): void {
    this.#reserve(bytes.length)
    this.bytes.set(bytes, this.length)
    this.length += bytes.length
  }

  /** Overwrites two bytes written before, at `offset`. */
  patchU16(offset: number, value: number): void {
    this.bytes[offset] = value >>> 8
    this.bytes[offset + 1] = value
  }

  /** A view of what was written, valid until the next write. */
  view(): Uint8Array {
    return this.bytes.subarray(0, this.length)
  }

  /** A copy of what was written; the writer is then empty. */
  finish(): Uint8Array {
    const copy = this.bytes.slice(0, this.length)
    this.length = 0
    return copy
  }

  #reserve(more: number): void {
    const needed = this.length + more
    if (needed <= this.bytes.length) return
    const grown = new Uint8Array(Math.max(needed, this.bytes.length * 2))
    grown.set(this.bytes.subarray(0, this.length))
    this.bytes = grown
  }
}
