// The other half of COMPRESS=DEFLATE (RFC 4978): raw deflate (RFC 1951) in pieces that end anywhere, out of which no more
// comes at a time than is asked for. Node's own inflaters either want a whole stream or answer by callback.

import { Huffman } from './huffman.ts'

const WINDOW_BYTES = 32_768
const WINDOW_MASK = WINDOW_BYTES - 1

/** RFC 1951 §3.2.5: lengths from symbol 257, distances from 0. */
const LENGTHS = [
  3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258,
]
const LENGTH_BITS = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0]
const DISTANCES = [
  1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097, 6145,
  8193, 12_289, 16_385, 24_577,
]
const DISTANCE_BITS = [0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13]
/** RFC 1951 §3.2.7. */
const CODE_LENGTH_ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]
const END_OF_BLOCK = 256

type Step = 'done' | 'more' | 'corrupt'

interface Codes {
  readonly literals: Huffman
  readonly distances: Huffman
}

let fixedCodes: Codes | undefined

export class Inflater {
  #input = new Uint8Array(0)
  #at = 0
  #bits = 0
  #bitCount = 0
  readonly #window = new Uint8Array(WINDOW_BYTES)
  #total = 0
  #state: 'header' | 'stored' | 'codes' | 'ended' | 'corrupt' = 'header'
  #isLast = false
  #storedLeft = 0
  #codes: Codes | undefined
  #matchLeft = 0
  #matchDistance = 0
  #output = new Uint8Array(0)
  #filled = 0

  /** Takes a copy. */
  push(bytes: Uint8Array): void {
    if (bytes.length === 0) return
    const left = this.#input.subarray(this.#at)
    const joined = new Uint8Array(left.length + bytes.length)
    joined.set(left)
    joined.set(bytes, left.length)
    this.#input = joined
    this.#at = 0
  }

  /** What can be read so far, at most `maxBytes`; empty where more input is needed. Nothing comes after `corrupt`. */
  pull(maxBytes: number): Uint8Array | 'corrupt' {
    this.#output = new Uint8Array(maxBytes)
    this.#filled = 0
    while (this.#filled < maxBytes) {
      const step = this.#step()
      if (step === 'corrupt') this.#state = 'corrupt'
      if (step === 'corrupt' && this.#filled === 0) return 'corrupt'
      if (step !== 'done') break
    }
    const output = this.#output.subarray(0, this.#filled)
    this.#output = new Uint8Array(0)
    return output
  }

  /** Each step takes all of its bits or none. */
  #step(): Step {
    switch (this.#state) {
      case 'header':
        return this.#whole(() => this.#header())
      case 'stored':
        return this.#stored()
      case 'codes':
        return this.#run()
      case 'ended':
        return this.#at < this.#input.length ? 'corrupt' : 'more'
      case 'corrupt':
        return 'corrupt'
    }
  }

  #whole(read: () => Step): Step {
    const [at, bits, bitCount] = [this.#at, this.#bits, this.#bitCount]
    const step = read()
    if (step === 'more') [this.#at, this.#bits, this.#bitCount] = [at, bits, bitCount]
    return step
  }

  #header(): Step {
    if (!this.#need(3)) return 'more'
    this.#isLast = this.#take(1) === 1
    const type = this.#take(2)
    if (type === 0) return this.#storedHeader()
    if (type === 1) return this.#begin(fixed())
    return type === 2 ? this.#dynamicHeader() : 'corrupt'
  }

  /** RFC 1951 §3.2.4. */
  #storedHeader(): Step {
    this.#take(this.#bitCount & 7)
    if (!this.#need(16)) return 'more'
    const length = this.#take(16)
    if (!this.#need(16)) return 'more'
    if (this.#take(16) !== (~length & 0xffff)) return 'corrupt'
    this.#storedLeft = length
    this.#state = 'stored'
    return 'done'
  }

  /** Whole octets that are still in the bit buffer come first. */
  #stored(): Step {
    if (this.#storedLeft === 0) return this.#endBlock()
    if (!this.#need(8)) return 'more'
    while (this.#storedLeft > 0 && this.#filled < this.#output.length && this.#need(8)) {
      this.#put(this.#take(8))
      this.#storedLeft--
    }
    return 'done'
  }

  /** RFC 1951 §3.2.7. */
  #dynamicHeader(): Step {
    if (!this.#need(14)) return 'more'
    const [literals, distances, codes] = [this.#take(5) + 257, this.#take(5) + 1, this.#take(4) + 4]
    if (literals > 286 || distances > 30) return 'corrupt'
    const codeLengths = new Uint8Array(19)
    for (let i = 0; i < codes; i++) {
      if (!this.#need(3)) return 'more'
      codeLengths[CODE_LENGTH_ORDER[i] ?? 0] = this.#take(3)
    }
    const coded = Huffman.from(codeLengths, false)
    if (coded === undefined) return 'corrupt'
    const lengths = new Uint8Array(literals + distances)
    const step = this.#readLengths(coded, lengths)
    if (step !== 'done') return step
    return this.#begin(codesFrom(lengths, literals))
  }

  #readLengths(coded: Huffman, lengths: Uint8Array): Step {
    for (let at = 0; at < lengths.length;) {
      const symbol = this.#symbol(coded)
      if (symbol < 0) return symbol === -1 ? 'more' : 'corrupt'
      if (symbol < 16) {
        lengths[at++] = symbol
        continue
      }
      const bits = symbol === 16 ? 2 : symbol === 17 ? 3 : 7
      if (!this.#need(bits)) return 'more'
      const times = this.#take(bits) + (symbol === 18 ? 11 : 3)
      if (at + times > lengths.length || (symbol === 16 && at === 0)) return 'corrupt'
      lengths.fill(symbol === 16 ? (lengths[at - 1] ?? 0) : 0, at, at + times)
      at += times
    }
    return 'done'
  }

  #begin(codes: Codes | undefined): Step {
    if (codes === undefined) return 'corrupt'
    this.#codes = codes
    this.#state = 'codes'
    return 'done'
  }

  /** Symbols, as many as there are and fit. */
  #run(): Step {
    const codes = this.#codes
    if (codes === undefined) return 'corrupt'
    while (this.#filled < this.#output.length) {
      if (this.#matchLeft > 0) {
        this.#copyMatch()
        continue
      }
      const step = this.#whole(() => this.#one(codes))
      if (step !== 'done') return step
      if (this.#state !== 'codes') return 'done'
    }
    return 'done'
  }

  #one({ literals, distances }: Codes): Step {
    const symbol = this.#symbol(literals)
    if (symbol < 0) return symbol === -1 ? 'more' : 'corrupt'
    if (symbol < END_OF_BLOCK) {
      this.#put(symbol)
      return 'done'
    }
    return symbol === END_OF_BLOCK ? this.#endBlock() : this.#match(symbol - 257, distances)
  }

  #match(index: number, distances: Huffman): Step {
    const [base, bits] = [LENGTHS[index], LENGTH_BITS[index] ?? 0]
    if (base === undefined) return 'corrupt'
    if (!this.#need(bits)) return 'more'
    const length = base + this.#take(bits)
    const symbol = this.#symbol(distances)
    if (symbol < 0) return symbol === -1 ? 'more' : 'corrupt'
    const [from, fromBits] = [DISTANCES[symbol], DISTANCE_BITS[symbol] ?? 0]
    if (from === undefined) return 'corrupt'
    if (!this.#need(fromBits)) return 'more'
    const distance = from + this.#take(fromBits)
    if (distance > Math.min(this.#total, WINDOW_BYTES)) return 'corrupt'
    this.#matchLeft = length
    this.#matchDistance = distance
    return 'done'
  }

  #copyMatch(): void {
    const count = Math.min(this.#matchLeft, this.#output.length - this.#filled)
    for (let i = 0; i < count; i++) this.#put(this.#window[(this.#total - this.#matchDistance) & WINDOW_MASK] ?? 0)
    this.#matchLeft -= count
  }

  #endBlock(): Step {
    this.#state = this.#isLast ? 'ended' : 'header'
    return 'done'
  }

  #put(octet: number): void {
    this.#window[this.#total & WINDOW_MASK] = octet
    this.#total++
    this.#output[this.#filled++] = octet
  }

  #symbol(huffman: Huffman): number {
    this.#need(15)
    const decoded = huffman.decode(this.#bits, this.#bitCount)
    if (decoded < 0) return decoded
    this.#take(decoded >>> 16)
    return decoded & 0xffff
  }

  /** Whether `count` bits, at most 16, are at hand. */
  #need(count: number): boolean {
    while (this.#bitCount < count && this.#at < this.#input.length) {
      this.#bits |= (this.#input[this.#at++] ?? 0) << this.#bitCount
      this.#bitCount += 8
    }
    return this.#bitCount >= count
  }

  #take(count: number): number {
    const taken = this.#bits & ((1 << count) - 1)
    this.#bits >>>= count
    this.#bitCount -= count
    return taken
  }
}

/** RFC 1951 §3.2.6: 32 distances of five bits, of which two never come. */
function fixed(): Codes | undefined {
  if (fixedCodes !== undefined) return fixedCodes
  const lengths = new Uint8Array(288).fill(8, 0, 144).fill(9, 144, 256).fill(7, 256, 280).fill(8, 280, 288)
  const literals = Huffman.from(lengths, false)
  const distances = Huffman.from(new Uint8Array(32).fill(5), false)
  if (literals !== undefined && distances !== undefined) fixedCodes = { literals, distances }
  return fixedCodes
}

function codesFrom(lengths: Uint8Array, literalCount: number): Codes | undefined {
  if ((lengths[END_OF_BLOCK] ?? 0) === 0) return undefined
  const literals = Huffman.from(lengths.subarray(0, literalCount), true)
  const distances = Huffman.from(lengths.subarray(literalCount), true)
  return literals === undefined || distances === undefined ? undefined : { literals, distances }
}
