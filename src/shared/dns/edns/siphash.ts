// SipHash-2-4: a keyed hash of short messages to 64 bits (Aumasson and Bernstein, "SipHash: a fast short-input PRF"), in halves
// of 32 bits, since that is what JavaScript adds and turns without objects.

/** The words of "somepseudorandomlygeneratedbytes" that the state begins with, upper and lower halves. */
const START = [0x736f6d65, 0x70736575, 0x646f7261, 0x6e646f6d, 0x6c796765, 0x6e657261, 0x74656462, 0x79746573] as const

function word(bytes: Uint8Array, at: number): number {
  return bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)
}

/** Up to four bytes of the message, zeros behind its end, and its length in the last byte of all. */
function tailWord(message: Uint8Array, at: number, length: number, last: boolean): number {
  let value = last ? (length & 255) << 24 : 0
  for (let byte = 0; byte < 4 && at + byte < length; byte += 1) value |= message[at + byte]! << (byte * 8)
  return value
}

/** Writes the 8 bytes of the hash of `message`'s first `length` bytes to `into`. `key` has 16 bytes. */
export function sipHash24(key: Uint8Array, message: Uint8Array, length: number, into: Uint8Array, at: number): void {
  const keys = [word(key, 0), word(key, 4), word(key, 8), word(key, 12)] as const
  let h0 = START[0] ^ keys[1]
  let l0 = START[1] ^ keys[0]
  let h1 = START[2] ^ keys[3]
  let l1 = START[3] ^ keys[2]
  let h2 = START[4] ^ keys[1]
  let l2 = START[5] ^ keys[0]
  let h3 = START[6] ^ keys[3]
  let l3 = START[7] ^ keys[2]
  const blocks = (length >> 3) + 1
  for (let block = 0; block <= blocks; block += 1) {
    const closing = block === blocks
    const from = block * 8
    const whole = from + 8 <= length
    const low = closing ? 0 : whole ? word(message, from) : tailWord(message, from, length, false)
    const high = closing ? 0 : whole ? word(message, from + 4) : tailWord(message, from + 4, length, true)
    h3 ^= high
    l3 ^= low
    if (closing) l2 ^= 0xff
    for (let round = closing ? 4 : 2; round > 0; round -= 1) {
      // v0 += v1; v1 <<<= 13; v1 ^= v0; v0 <<<= 32
      let sum = (l0 >>> 0) + (l1 >>> 0)
      h0 = (h0 + h1 + (sum > 0xffffffff ? 1 : 0)) | 0
      l0 = sum | 0
      let turned = (h1 << 13) | (l1 >>> 19)
      l1 = ((l1 << 13) | (h1 >>> 19)) ^ l0
      h1 = turned ^ h0
      turned = h0
      h0 = l0
      l0 = turned
      // v2 += v3; v3 <<<= 16; v3 ^= v2
      sum = (l2 >>> 0) + (l3 >>> 0)
      h2 = (h2 + h3 + (sum > 0xffffffff ? 1 : 0)) | 0
      l2 = sum | 0
      turned = (h3 << 16) | (l3 >>> 16)
      l3 = ((l3 << 16) | (h3 >>> 16)) ^ l2
      h3 = turned ^ h2
      // v0 += v3; v3 <<<= 21; v3 ^= v0
      sum = (l0 >>> 0) + (l3 >>> 0)
      h0 = (h0 + h3 + (sum > 0xffffffff ? 1 : 0)) | 0
      l0 = sum | 0
      turned = (h3 << 21) | (l3 >>> 11)
      l3 = ((l3 << 21) | (h3 >>> 11)) ^ l0
      h3 = turned ^ h0
      // v2 += v1; v1 <<<= 17; v1 ^= v2; v2 <<<= 32
      sum = (l2 >>> 0) + (l1 >>> 0)
      h2 = (h2 + h1 + (sum > 0xffffffff ? 1 : 0)) | 0
      l2 = sum | 0
      turned = (h1 << 17) | (l1 >>> 15)
      l1 = ((l1 << 17) | (h1 >>> 15)) ^ l2
      h1 = turned ^ h2
      turned = h2
      h2 = l2
      l2 = turned
    }
    h0 ^= high
    l0 ^= low
  }
  writeWord(into, at, l0 ^ l1 ^ l2 ^ l3)
  writeWord(into, at + 4, h0 ^ h1 ^ h2 ^ h3)
}

function writeWord(into: Uint8Array, at: number, value: number): void {
  into[at] = value
  into[at + 1] = value >>> 8
  into[at + 2] = value >>> 16
  into[at + 3] = value >>> 24
}
