// What a session says, gathered into blocks: short lines as text, messages as the octets they are. Text here is one
// character an octet.

import type { StreamIo } from '../../../core/index.ts'

/** One block on its way. Ours: what the runner gathers at most. */
const BLOCK_BYTES = 65_536
/** Text that is not yet in a block. */
const TEXT_MAX_CHARS = 8192
/** From this size on, octets go out as they are, without a copy. */
const OWN_SEND_BYTES = 32_768

/** What stands between the session and the wire (RFC 4978). */
export interface Compressor {
  deflate(bytes: Uint8Array): Uint8Array
}

export class Out {
  readonly #io: StreamIo
  #compressor: Compressor | undefined
  #text = ''
  #block: Buffer | undefined
  #filled = 0

  constructor(io: StreamIo) {
    this.#io = io
  }

  /** Unsent octets, those that wait here included. */
  get backlog(): number {
    return this.#io.backlog + this.#filled + this.#text.length
  }

  /** From here on everything is compressed. */
  compress(compressor: Compressor): void {
    this.flush()
    this.#compressor = compressor
  }

  text(text: string): void {
    this.#text += text
    if (this.#text.length > TEXT_MAX_CHARS) this.#spill()
  }

  /** A view is kept until it has left. */
  bytes(bytes: Uint8Array): void {
    if (bytes.length < OWN_SEND_BYTES) return this.#copy(bytes)
    this.flush()
    this.#send(bytes)
  }

  /** `{n}` and the octets (RFC 9051 §4.3). */
  literal(bytes: Uint8Array): void {
    this.text(`{${bytes.length}}\r\n`)
    this.bytes(bytes)
  }

  flush(): void {
    if (this.#block === undefined) {
      if (this.#text !== '') this.#send(Buffer.from(this.#text, 'latin1'))
      this.#text = ''
      return
    }
    this.#spill()
    const block = this.#block
    if (this.#filled > 0) this.#send(block.subarray(0, this.#filled))
    this.#block = undefined
    this.#filled = 0
  }

  #spill(): void {
    const text = this.#text
    if (text === '') return
    this.#text = ''
    if (text.length > BLOCK_BYTES) return this.#copy(Buffer.from(text, 'latin1'))
    this.#reserve(text.length)
    this.#filled += this.#block?.write(text, this.#filled, 'latin1') ?? 0
  }

  #copy(bytes: Uint8Array): void {
    this.#spill()
    let at = 0
    while (at < bytes.length) {
      this.#reserve(Math.min(bytes.length - at, OWN_SEND_BYTES))
      const piece = bytes.subarray(at, at + OWN_SEND_BYTES)
      this.#block?.set(piece, this.#filled)
      this.#filled += piece.length
      at += piece.length
    }
  }

  /** Makes room for `octets`, at most a block. */
  #reserve(octets: number): void {
    if (this.#block !== undefined && this.#filled + octets > BLOCK_BYTES) {
      this.#send(this.#block.subarray(0, this.#filled))
      this.#block = undefined
    }
    if (this.#block !== undefined) return
    this.#block = Buffer.allocUnsafeSlow(BLOCK_BYTES)
    this.#filled = 0
  }

  #send(bytes: Uint8Array): void {
    this.#io.send(this.#compressor === undefined ? bytes : this.#compressor.deflate(bytes))
  }
}
