// Looks for an ASCII text in octets, its case disregarded, without making text of them (Horspool's search).

/** Longer ones are looked for in text: here the worst case grows with the length. */
export const OCTET_SEARCH_MAX_BYTES = 32

const UPPER_A = 65
const UPPER_Z = 90
const TO_LOWER = 32

/** Octets as they are compared. */
const FOLDED = Uint8Array.from({ length: 256 }, (_, octet) =>
  octet >= UPPER_A && octet <= UPPER_Z ? octet + TO_LOWER : octet,
)

export class OctetSearch {
  readonly #text: Uint8Array
  /** How far to go on when an octet stands under the end of the text. */
  readonly #shift: Uint8Array

  /** `text`: ASCII in lower case, at most `OCTET_SEARCH_MAX_BYTES` long. */
  constructor(text: string) {
    this.#text = Buffer.from(text, 'latin1')
    this.#shift = new Uint8Array(256).fill(text.length)
    for (let at = 0; at < text.length - 1; at++) this.#shift[text.charCodeAt(at)] = text.length - 1 - at
    for (let upper = UPPER_A; upper <= UPPER_Z; upper++) this.#shift[upper] = this.#shift[upper + TO_LOWER] ?? 0
  }

  isIn(bytes: Uint8Array, start: number, end: number): boolean {
    const last = this.#text.length - 1
    if (last < 0) return true
    const lastOctet = this.#text[last]
    for (let at = start + last; at < end;) {
      const octet = bytes[at] ?? 0
      if (FOLDED[octet] === lastOctet && this.#standsAt(bytes, at - last)) return true
      at += this.#shift[octet] ?? 1
    }
    return false
  }

  #standsAt(bytes: Uint8Array, start: number): boolean {
    for (let at = this.#text.length - 2; at >= 0; at--) {
      if (FOLDED[bytes[start + at] ?? 0] !== this.#text[at]) return false
    }
    return true
  }
}
