// Bytes of many small things in few large arrays. What was put there never moves and is never taken out; an arena that is
// finished wastes nothing.

/** Octets of one chunk, and the most that one thing may have. */
const CHUNK_BYTES = 1_048_576
const FIRST_BYTES = 256
/** Places count in words of four octets: 31 bits of them are 8 GiB. */
const WORD_BITS = 2
export const CHUNK_BITS = 18
export const CHUNK_MASK = (1 << CHUNK_BITS) - 1

export class Arena {
  /** By the upper bits of a place (`place >>> CHUNK_BITS`): the same memory as octets and as words. */
  readonly bytes: Uint8Array[] = []
  readonly words: Int32Array[] = []
  /** Words in use of the last chunk. Place 0 is no place. */
  #used = 1

  constructor() {
    this.#push(new ArrayBuffer(FIRST_BYTES))
  }

  /** Room for `size` octets, at most 1 MiB: its place. The chunk's octets begin at `(place & CHUNK_MASK) << 2`. */
  take(size: number): number {
    const words = (size + 3) >>> WORD_BITS
    const last = this.words.length - 1
    if (this.#used + words > this.words[last]!.length) this.#grow(last, words)
    const place = ((this.words.length - 1) << CHUNK_BITS) | this.#used
    this.#used += words
    return place
  }

  finish(): void {
    const last = this.words.length - 1
    if (this.#used < this.words[last]!.length) this.#resize(last, this.#used << WORD_BITS)
  }

  #grow(last: number, words: number): void {
    const size = this.words[last]!.byteLength
    const needed = (this.#used + words) << WORD_BITS
    if (last === 0 && needed <= CHUNK_BYTES) return this.#resize(0, Math.min(CHUNK_BYTES, Math.max(needed, size * 2)))
    this.#resize(last, this.#used << WORD_BITS)
    this.#push(new ArrayBuffer(CHUNK_BYTES))
    this.#used = 0
  }

  #resize(index: number, size: number): void {
    const buffer = new ArrayBuffer(size)
    const bytes = new Uint8Array(buffer)
    const old = this.bytes[index]!
    bytes.set(old.length > size ? old.subarray(0, size) : old)
    this.bytes[index] = bytes
    this.words[index] = new Int32Array(buffer)
  }

  #push(buffer: ArrayBuffer): void {
    this.bytes.push(new Uint8Array(buffer))
    this.words.push(new Int32Array(buffer))
  }
}
