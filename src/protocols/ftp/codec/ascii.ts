// TYPE A, both ways, chunk by chunk (RFC 959 §3.1.1.1): lines end in CRLF on the wire, and in LF in a file. What was CRLF
// already stays so; a CR alone goes through.

const CR = 13
const LF = 10

/** From a file to the wire. */
export class AsciiOut {
  #last = 0

  convert(chunk: Uint8Array): Uint8Array {
    const bare = this.#bareLineEnds(chunk)
    const before = this.#last
    this.#last = chunk.at(-1) ?? before
    if (bare === 0) return chunk
    const out = new Uint8Array(chunk.length + bare)
    let to = 0
    let previous = before
    for (const byte of chunk) {
      if (byte === LF && previous !== CR) out[to++] = CR
      out[to++] = byte
      previous = byte
    }
    return out
  }

  #bareLineEnds(chunk: Uint8Array): number {
    let count = 0
    for (let at = chunk.indexOf(LF); at !== -1; at = chunk.indexOf(LF, at + 1)) {
      if ((at === 0 ? this.#last : chunk[at - 1]) !== CR) count++
    }
    return count
  }
}

/** From the wire to a file. */
export class AsciiIn {
  #heldCr = false

  /** A CR at the end is kept back until it is known what follows. The result may be a view of `chunk`. */
  convert(chunk: Uint8Array): Uint8Array {
    if (chunk.length === 0) return chunk
    if (!this.#heldCr && !chunk.includes(CR)) return chunk
    const out = new Uint8Array(chunk.length + 1)
    let to = 0
    if (this.#heldCr && chunk[0] !== LF) out[to++] = CR
    for (let at = 0; at < chunk.length - 1; at++) {
      const byte = chunk[at] ?? 0
      if (byte !== CR || chunk[at + 1] !== LF) out[to++] = byte
    }
    const last = chunk[chunk.length - 1] ?? 0
    this.#heldCr = last === CR
    if (!this.#heldCr) out[to++] = last
    return out.subarray(0, to)
  }

  /** What was kept back at the end of all. */
  rest(): Uint8Array {
    const held = this.#heldCr
    this.#heldCr = false
    return held ? Uint8Array.of(CR) : new Uint8Array(0)
  }
}
