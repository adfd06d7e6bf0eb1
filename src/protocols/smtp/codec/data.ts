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
export type MessageFault = 'bare-lf' | 'bare-cr' | 'nul' | 'too-big' | 'no-room'

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

/** Where in a line the next octet stands. `dot`: behind a dot that began the line; `dot-cr`: and CR behind that. */
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
    const end = this.#scan(new Marks(bytes))
    const taken = end === -1 ? bytes.length : end
    refuseNul(this.gathered, bytes, taken)
    inbox.skip(taken)
    return end === -1 ? 'more' : 'end'
  }

  /**
   * The octet behind CRLF.CRLF, or -1. A dot that begins a line is left out, and so is a CR right behind it: a message in
   * which an LF does not follow that is refused.
   */
  #scan(marks: Marks): number {
    const { gathered } = this
    const { bytes } = marks
    let kept = 0
    let at = 0
    while (at < bytes.length) {
      switch (this.#place) {
        case 'text':
          at = this.#text(marks, at)
          break
        case 'start':
          this.#place = bytes[at] === DOT ? 'dot' : 'text'
          if (this.#place === 'text') break
          gathered.add(bytes, kept, at)
          kept = ++at
          break
        case 'cr':
          if (bytes[at] !== LF) gathered.spoil('bare-cr')
          this.#place = bytes[at] === LF ? 'start' : 'text'
          if (bytes[at] === LF) at++
          break
        case 'dot':
          this.#place = bytes[at] === CR ? 'dot-cr' : 'text'
          if (this.#place === 'dot-cr') kept = ++at
          break
        case 'dot-cr':
          if (bytes[at] === LF) return at + 1
          gathered.spoil('bare-cr')
          this.#place = 'text'
      }
    }
    gathered.add(bytes, kept, bytes.length)
    return -1
  }

  /** To the end of the line, or of what is there. */
  #text(marks: Marks, at: number): number {
    const cr = marks.next(CR, at)
    if (marks.next(LF, at) < cr) this.gathered.spoil('bare-lf')
    if (cr === marks.bytes.length) return cr
    this.#place = 'cr'
    return cr + 1
  }
}

/** RFC 5322 §4 has no NUL in a message, and an IMAP literal cannot show one (RFC 9051 §4.3). */
function refuseNul(gathered: Gathered, bytes: Uint8Array, length: number): void {
  const nul = bytes.indexOf(0)
  if (nul !== -1 && nul < length) gathered.spoil('nul')
}

/** Where CR and LF stand, each octet being looked at once for either. */
class Marks {
  readonly bytes: Uint8Array
  #cr = -1
  #lf = -1

  constructor(bytes: Uint8Array) {
    this.bytes = bytes
  }

  /** The next one at or after `at`, which never goes back; the length where there is none. */
  next(byte: typeof CR | typeof LF, at: number): number {
    const known = byte === CR ? this.#cr : this.#lf
    if (known >= at) return known
    const found = this.bytes.indexOf(byte, at)
    const place = found === -1 ? this.bytes.length : found
    if (byte === CR) this.#cr = place
    else this.#lf = place
    return place
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
    if (!this.#binary) {
      this.#look(bytes)
      refuseNul(this.gathered, bytes, bytes.length)
    }
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
    if (bytes.length === 0) return
    const marks = new Marks(bytes)
    let at = 0
    if (this.#last === CR) at = this.#behindCr(bytes, 0)
    while (at < bytes.length) {
      const cr = marks.next(CR, at)
      if (marks.next(LF, at) < cr) this.gathered.spoil('bare-lf')
      at = cr + 1 < bytes.length ? this.#behindCr(bytes, cr + 1) : bytes.length
    }
    this.#last = bytes.at(-1) ?? 0
  }

  #behindCr(bytes: Uint8Array, at: number): number {
    if (bytes[at] === LF) return at + 1
    this.gathered.spoil('bare-cr')
    return at
  }
}

const LINE_END = Buffer.from('\r\n')
