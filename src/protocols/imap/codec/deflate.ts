// The compressing half of COMPRESS=DEFLATE (RFC 4978): one stream of raw deflate (RFC 1951), of which every piece can be
// read as soon as it is there. Each piece is made alone, with what went before as its dictionary: the same stream.

import { constants, deflateRawSync } from 'node:zlib'

/** How far back a deflate stream may point (RFC 1951 §2). */
const WINDOW_BYTES = 32_768

export class Deflater {
  #window: Uint8Array = new Uint8Array(0)

  deflate(bytes: Uint8Array): Uint8Array {
    const dictionary = this.#window.length === 0 ? {} : { dictionary: this.#window }
    const deflated = deflateRawSync(bytes, { ...dictionary, finishFlush: constants.Z_SYNC_FLUSH })
    this.#window = lastOf(this.#window, bytes)
    return deflated
  }
}

/** The last window's worth of both, as a copy. */
function lastOf(before: Uint8Array, bytes: Uint8Array): Uint8Array {
  if (bytes.length >= WINDOW_BYTES) return new Uint8Array(bytes.subarray(bytes.length - WINDOW_BYTES))
  const kept = before.subarray(Math.max(0, before.length + bytes.length - WINDOW_BYTES))
  return new Uint8Array(Buffer.concat([kept, bytes]))
}
