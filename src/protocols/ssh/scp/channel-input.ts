// What a channel brings, read when it is wanted. Beyond a bound the channel waits.

import type { Readable } from 'node:stream'

/** Bytes read ahead: enough to keep a disk busy. */
const AHEAD_MAX_BYTES = 1024 * 1024
const LF = 10

export class ChannelInput {
  readonly #channel: Readable
  #chunks: Buffer[] = []
  #bytes = 0
  #ended = false
  #paused = false
  #wake: (() => void) | undefined

  constructor(channel: Readable) {
    this.#channel = channel
    channel.on('data', (chunk: Buffer) => this.#received(chunk))
    channel.on('end', () => this.stop())
  }

  /** Nothing more comes; what is there can still be read. */
  stop(): void {
    this.#ended = true
    this.#wake?.()
  }

  /** The next byte; `undefined`: there is none. */
  async byte(): Promise<number | undefined> {
    return (await this.bytes(1))?.[0]
  }

  /** A line without its LF; `undefined`: it did not end. */
  async line(maxBytes: number): Promise<Buffer | 'too-long' | undefined> {
    for (let searched = 0; ;) {
      const at = this.#indexOf(LF, searched)
      if (at > maxBytes || (at === -1 && this.#bytes > maxBytes)) return 'too-long'
      if (at !== -1) return this.#take(at + 1).subarray(0, at)
      searched = this.#bytes
      if (!(await this.#more())) return undefined
    }
  }

  /** Exactly `count` bytes, or fewer if it ends before; `undefined`: none. */
  async bytes(count: number): Promise<Buffer | undefined> {
    while (this.#bytes < count && (await this.#more()));
    return this.#bytes === 0 ? undefined : this.#take(Math.min(count, this.#bytes))
  }

  #received(chunk: Buffer): void {
    if (chunk.length === 0) return
    this.#chunks.push(chunk)
    this.#bytes += chunk.length
    if (this.#bytes > AHEAD_MAX_BYTES && !this.#paused) {
      this.#paused = true
      this.#channel.pause()
    }
    this.#wake?.()
  }

  async #more(): Promise<boolean> {
    if (this.#ended) return false
    if (this.#paused) {
      this.#paused = false
      this.#channel.resume()
    }
    const before = this.#bytes
    await new Promise<void>((resolve) => (this.#wake = resolve))
    this.#wake = undefined
    return this.#bytes > before
  }

  #indexOf(byte: number, from: number): number {
    let start = 0
    for (const chunk of this.#chunks) {
      const at = from < start + chunk.length ? chunk.indexOf(byte, Math.max(0, from - start)) : -1
      if (at !== -1) return start + at
      start += chunk.length
    }
    return -1
  }

  #take(count: number): Buffer {
    this.#bytes -= count
    const first = this.#chunks[0]
    if (first !== undefined && first.length >= count) return this.#cut(first, count)
    const taken = Buffer.allocUnsafe(count)
    for (let filled = 0; filled < count;) {
      const chunk = this.#chunks[0]!
      filled += this.#cut(chunk, Math.min(chunk.length, count - filled)).copy(taken, filled)
    }
    return taken
  }

  #cut(first: Buffer, count: number): Buffer {
    if (first.length === count) this.#chunks.shift()
    else this.#chunks[0] = first.subarray(count)
    return first.length === count ? first : first.subarray(0, count)
  }
}
