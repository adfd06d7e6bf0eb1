// The unread bytes of one stream: one growing buffer, read from the front, never rescanned for the
// same line end twice. Views it returns are valid until the machine's call returns.

const INITIAL_BYTES = 4096
const EMPTY = new Uint8Array(0)
const CR = 13
const LF = 10

/** What `line` found: a line without its end, not enough bytes yet, or more than `maxBytes` without an end. */
export type Line = Uint8Array | 'more' | 'too-long'

export class Inbox {
  #buffer: Uint8Array = EMPTY
  #start = 0
  #end = 0
  #scanned = 0
  #scannedBare = false
  #owned = false

  /** Unread bytes. */
  get length(): number {
    return this.#end - this.#start
  }

  /** The byte at `offset` from the front; 0 past the end. */
  byte(offset: number): number {
    return offset >= 0 && offset < this.length ? (this.#buffer[this.#start + offset] ?? 0) : 0
  }

  /** A view of the first `count` bytes (all, by default) without taking them. Shorter if fewer are there. */
  peek(count = this.length): Uint8Array {
    return this.#buffer.subarray(this.#start, Math.min(this.#end, this.#start + count))
  }

  /** Takes exactly `count` bytes, or returns undefined and takes none. */
  take(count: number): Uint8Array | undefined {
    if (count > this.length) return undefined
    const view = this.#buffer.subarray(this.#start, this.#start + count)
    this.skip(count)
    return view
  }

  /** Drops `count` bytes (at most what is there). */
  skip(count: number): void {
    this.#start = Math.min(this.#end, this.#start + count)
    this.#scanned = Math.max(this.#scanned, this.#start)
    if (this.#start === this.#end) this.#rewind()
  }

  clear(): void {
    this.skip(this.length)
  }

  /** Drops all up to the next LF, and the LF; all there is where none stands. Whether one did. */
  skipLine(): boolean {
    const end = this.indexOf(LF)
    this.skip(end === -1 ? this.length : end + 1)
    return end !== -1
  }

  /**
   * Takes a line that ends in CRLF, and the CRLF. With `bareLf`, LF alone ends it too (RFC 9112 §2.2).
   * `maxBytes` counts the line without its end.
   */
  line(maxBytes: number, bareLf = false): Line {
    const end = this.#lineEnd(bareLf)
    if (end === -1) return this.length > maxBytes + 1 ? 'too-long' : 'more'
    const textEnd = end > this.#start && this.#buffer[end - 1] === CR ? end - 1 : end
    if (textEnd - this.#start > maxBytes) return 'too-long'
    const view = this.#buffer.subarray(this.#start, textEnd)
    this.skip(end + 1 - this.#start)
    return view
  }

  /** Where `byte` next stands at or after `from`, both counted from the front; -1 if nowhere. */
  indexOf(byte: number, from = 0): number {
    const at = this.#buffer.indexOf(byte, this.#start + from)
    return at === -1 || at >= this.#end ? -1 : at - this.#start
  }

  /** For drivers: adds bytes at the back. `chunk` is kept by reference while it is the only content. */
  push(chunk: Uint8Array): void {
    if (chunk.length === 0) return
    if (this.length === 0) return this.#adopt(chunk)
    this.#reserve(chunk.length)
    this.#buffer.set(chunk, this.#end)
    this.#end += chunk.length
  }

  #lineEnd(bareLf: boolean): number {
    let from = bareLf && !this.#scannedBare ? this.#start : Math.max(this.#scanned, this.#start)
    for (;;) {
      const at = this.#buffer.indexOf(LF, from)
      if (at === -1 || at >= this.#end) {
        this.#scanned = this.#end
        this.#scannedBare = bareLf
        return -1
      }
      if (bareLf || (at > this.#start && this.#buffer[at - 1] === CR)) return at
      from = at + 1
    }
  }

  #adopt(chunk: Uint8Array): void {
    this.#buffer = chunk
    this.#owned = false
    this.#start = 0
    this.#scanned = 0
    this.#end = chunk.length
  }

  #rewind(): void {
    this.#start = 0
    this.#end = 0
    this.#scanned = 0
    if (this.#owned && this.#buffer.length <= INITIAL_BYTES) return
    this.#buffer = EMPTY
    this.#owned = false
  }

  #reserve(more: number): void {
    const length = this.length
    const needed = length + more
    if (this.#owned && this.#end + more <= this.#buffer.length) return
    const target =
      this.#owned && needed * 2 <= this.#buffer.length
        ? this.#buffer
        : new Uint8Array(Math.max(INITIAL_BYTES, needed * 2))
    target.set(this.#buffer.subarray(this.#start, this.#end), 0)
    this.#scanned = Math.max(0, this.#scanned - this.#start)
    this.#buffer = target
    this.#owned = true
    this.#start = 0
    this.#end = length
  }
}
