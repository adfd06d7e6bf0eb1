// The message behind DATA or BDAT, as it comes (RFC 5321 §4.1.1.4, §4.5.2; RFC 3030): found to its end, undone of its dots,
// looked at for CR and LF that stand alone, and gathered in blocks. Only CRLF.CRLF ends DATA.

import type { Inbox } from '../../../wire/inbox.ts'

const CR = 13
const LF = 10
const DOT = 46
/** Octets of the first block and of the further ones. Ours: most mail fits into the first. */
const FIRST_BLOCK_BYTES = 8192
const BLOCK_BYTES = 65_536

/** What is wrong with a message that was read to its end nevertheless. */
export type MessageFault = 'bare-lf' | 'bare-cr' | 'too-big' | 'no-room'

/** Asked before a block is added; `false`: there is no room for it. */
export type Reserve = (bytes: number) => boolean

/** Octets in blocks, up to a limit. Once one is refused, all further ones are. */
export class Gathered {
  readonly #maxBytes: number
  readonly #reserve: Reserve
  #blocks: Uint8Array[] = []
  #last: Uint8Array | undefined
  #used = 0
  #reserved = 0
  #bytes = 0
  #fault: MessageFault | undefined

  constructor(maxBytes: number, reserve: Reserve) {
    this.#maxBytes = maxBytes
    this.#reserve = reserve
  }

  /** The first thing that was wrong. */
  get fault(): MessageFault | undefined {
    return this.#fault
  }

  get bytes(): number {
    return this.#bytes
  }

  /** What was reserved, and is to be given back by who holds this. */
  get reserved(): number {
    return this.#reserved
  }

  spoil(fault: MessageFault): void {
    this.#fault ??= fault
    this.#blocks = []
    this.#last = undefined
  }

  /** Copies `bytes` from `from` to before `to`. */
  add(bytes: Uint8Array, from: number, to: number): void {
    if (this.#fault !== undefined || to <= from) return
    this.#bytes += to - from
    if (this.#bytes > this.#maxBytes) return this.spoil('too-big')
    let at = from
    while (at < to) {
      const block = this.#room()
      if (block === undefined) return this.spoil('no-room')
      const count = Math.min(to - at, block.length - this.#used)
      block.set(bytes.subarray(at, at + count), this.#used)
      this.#used += count
      at += count
    }
  }

  /** Everything in order, without copying. */
  pieces(): readonly Uint8Array[] {
    return this.#last === undefined ? [] : [...this.#blocks, this.#last.subarray(0, this.#used)]
  }

  #room(): Uint8Array | undefined {
    if (this.#last !== undefined && this.#used < this.#last.length) return this.#last
    const size = this.#last === undefined ? FIRST_BLOCK_BYTES : BLOCK_BYTES
    if (!this.#reserve(size)) return undefined
    if (this.#last !== undefined) this.#blocks.push(this.#last)
    this.#reserved += size
    this.#used = 0
    this.#last = Buffer.allocUnsafe(size)
    return this.#last
  }
}

/** Where in a line the last octet stood. `dot`: a line's first octet was a dot; `dot-cr`: and CR followed. */
type Place = 'start' | 'text' | 'cr' | 'dot' | 'dot-cr'

/** Reads what follows DATA. */
export class DataReader {
  readonly gathered: Gathered
  #place: Place = 'start'

  constructor(gathered: Gathered) {
    this.gathered = gathered
  }

  /** Takes all there is, but nothing behind the end. */
  take(inbox: Inbox): 'more' | 'end' {
    const bytes = inbox.peek()
    const end = this.#scan(bytes)
    inbox.skip(end === -1 ? bytes.length : end)
    return end === -1 ? 'more' : 'end'
  }

  /**
   * The octet behind CRLF.CRLF, or -1. What is at hand of a CR or a dot at the end of `bytes` is known by `#place`, and is
   * added once it is known not to be part of the end.
   */
  #scan(bytes: Uint8Array): number {
    const { gathered } = this
    let place = this.#place
    let kept = 0
    for (let at = 0; at < bytes.length; at++) {
      const byte = bytes[at]!
      if (place === 'text') {
        if (byte > CR) continue
        if (byte === CR) place = 'cr'
        else if (byte === LF) gathered.spoil('bare-lf')
      } else if (place === 'cr') {
        if (byte !== LF) gathered.spoil('bare-cr')
        place = byte === LF ? 'start' : byte === CR ? 'cr' : 'text'
      } else if (place === 'start') {
        if (byte === DOT) {
          gathered.add(bytes, kept, at)
          kept = at + 1
        }
        place = byte === DOT ? 'dot' : byte === CR ? 'cr' : 'text'
        if (byte === LF) gathered.spoil('bare-lf')
      } else if (place === 'dot') {
        if (byte === CR) {
          place = 'dot-cr'
          kept = at + 1
        } else {
          place = 'text'
          if (byte === LF) gathered.spoil('bare-lf')
        }
      } else {
        if (byte === LF) {
          this.#place = 'start'
          return at + 1
        }
        // A CR alone, behind a dot: the message is refused anyway.
        gathered.spoil('bare-cr')
        place = byte === CR ? 'cr' : 'text'
        kept = at
      }
    }
    this.#place = place
    gathered.add(bytes, kept, bytes.length)
    return -1
  }
}

/** Reads what follows BDAT: as many octets as were announced. */
export class ChunkReader {
  readonly gathered: Gathered
  readonly #binary: boolean
  #left = 0
  #last = 0

  /** `binary`: CR and LF may stand alone (BODY=BINARYMIME). */
  constructor(gathered: Gathered, binary: boolean) {
    this.gathered = gathered
    this.#binary = binary
  }

  /** A further chunk follows. */
  expect(bytes: number): void {
    this.#left = bytes
  }

  take(inbox: Inbox): 'more' | 'end' {
    const bytes = inbox.peek(this.#left)
    if (!this.#binary) this.#look(bytes)
    this.gathered.add(bytes, 0, bytes.length)
    this.#left -= bytes.length
    inbox.skip(bytes.length)
    return this.#left === 0 ? 'end' : 'more'
  }

  /** After the last chunk. A text without a last line end gets one. */
  finish(): void {
    if (this.#binary) return
    if (this.#last === CR) this.gathered.spoil('bare-cr')
    if (this.#last !== LF && this.gathered.bytes > 0) this.gathered.add(LINE_END, 0, LINE_END.length)
  }

  #look(bytes: Uint8Array): void {
    let before = this.#last
    for (const byte of bytes) {
      if (byte === LF ? before !== CR : before === CR) this.gathered.spoil(byte === LF ? 'bare-lf' : 'bare-cr')
      before = byte
    }
    this.#last = before
  }
}

const LINE_END = Buffer.from('\r\n')
