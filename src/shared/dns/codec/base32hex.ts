// Base 32 with the extended hex alphabet, without padding: hashed owner names (RFC 4648 §7, RFC 5155 §3.3).

const DIGITS = '0123456789abcdefghijklmnopqrstuv'
const VALUE: ReadonlyMap<string, number> = new Map([...DIGITS].map((digit, value) => [digit, value]))

/** Lower case; 32 digits for the 20 bytes of SHA-1. */
export function formatBase32hex(bytes: Uint8Array): string {
  let text = ''
  let held = 0
  let bits = 0
  for (const byte of bytes) {
    held = ((held & 31) << 8) | byte
    for (bits += 8; bits >= 5; bits -= 5) text += DIGITS[(held >> (bits - 5)) & 31]!
  }
  return bits > 0 ? text + DIGITS[(held << (5 - bits)) & 31]! : text
}

/** Either case; undefined for what is none, or ends in bits that are not zero. */
export function parseBase32hex(text: string): Uint8Array | undefined {
  const bytes = new Uint8Array(Math.floor((text.length * 5) / 8))
  let held = 0
  let bits = 0
  let at = 0
  for (const digit of text.toLowerCase()) {
    const value = VALUE.get(digit)
    if (value === undefined) return undefined
    held = ((held << 5) | value) & 0xfff
    bits += 5
    if (bits < 8) continue
    bits -= 8
    bytes[at++] = held >> bits
  }
  return bits >= 5 || (held & ((1 << bits) - 1)) !== 0 ? undefined : bytes
}
