// A list that forgets its oldest entries: bounded in number and in bytes, and counting what it forgot.

export interface RingLimits {
  readonly entriesMax: number
  readonly bytesMax: number
}

export class Ring<Entry> {
  readonly #limits: RingLimits
  #entries: (Entry | undefined)[] = []
  #sizes: number[] = []
  #start = 0
  #bytes = 0
  #dropped = 0

  constructor(limits: RingLimits) {
    this.#limits = limits
  }

  get length(): number {
    return this.#entries.length - this.#start
  }

  /** Entries forgotten since the beginning. */
  get dropped(): number {
    return this.#dropped
  }

  /** Adds an entry of about `bytes` bytes. `forget` hears each entry that had to make room. */
  push(entry: Entry, bytes: number, forget?: (entry: Entry) => void): void {
    this.#entries.push(entry)
    this.#sizes.push(bytes)
    this.#bytes += bytes
    while (this.length > 1 && (this.length > this.#limits.entriesMax || this.#bytes > this.#limits.bytesMax)) {
      const oldest = this.#shift()
      if (oldest !== undefined) forget?.(oldest)
    }
  }

  /** Oldest first. */
  *[Symbol.iterator](): Generator<Entry> {
    for (let at = this.#start; at < this.#entries.length; at++) {
      const entry = this.#entries[at]
      if (entry !== undefined) yield entry
    }
  }

  #shift(): Entry | undefined {
    const oldest = this.#entries[this.#start]
    this.#bytes -= this.#sizes[this.#start] ?? 0
    this.#entries[this.#start] = undefined
    this.#start++
    this.#dropped++
    if (this.#start * 2 > this.#entries.length) this.#compact()
    return oldest
  }

  #compact(): void {
    this.#entries = this.#entries.slice(this.#start)
    this.#sizes = this.#sizes.slice(this.#start)
    this.#start = 0
  }
}
