// File names as text without loss: systems know them as bytes, which are UTF-8 as a rule only. A byte that is none stands
// as a lone surrogate, U+DC80 to U+DCFF, as in PEP 383; no text that was valid before holds one of those.

const ESCAPE_BASE = 0xdc00
const REPLACEMENT = '\ufffd'
const ESCAPED = /[\udc80-\udcff]/
const decoder = new TextDecoder('utf-8', { ignoreBOM: true })

/** Text for the bytes of a name or a path; `pathBytes` leads back to the same bytes. */
export function pathText(bytes: Uint8Array): string {
  const text = decoder.decode(bytes)
  return text.includes(REPLACEMENT) ? escaped(bytes) : text
}

/** The bytes that `pathText` was given. Surrogates that stand for no byte become `?`. */
export function pathBytes(text: string): Uint8Array {
  if (!ESCAPED.test(text)) return Buffer.from(text, 'utf8')
  const parts: Buffer[] = []
  for (const part of text.split(/([\udc80-\udcff])/)) {
    const code = part.length === 1 ? part.charCodeAt(0) - ESCAPE_BASE : 0
    parts.push(code >= 0x80 && code <= 0xff ? Buffer.of(code) : Buffer.from(part, 'utf8'))
  }
  return Buffer.concat(parts)
}

/** For `node:fs`, which takes text faster than bytes. */
export function systemPath(text: string): string | Buffer {
  return ESCAPED.test(text) ? Buffer.from(pathBytes(text)) : text
}

function escaped(bytes: Uint8Array): string {
  let text = ''
  for (let at = 0; at < bytes.length;) {
    const length = sequenceLength(bytes, at)
    if (length === 0) text += String.fromCharCode(ESCAPE_BASE + bytes[at]!)
    else text += decoder.decode(bytes.subarray(at, at + length))
    at += Math.max(1, length)
  }
  return text
}

/** Bytes of the well-formed UTF-8 sequence at `at` (RFC 3629 §4); 0 if there is none. */
function sequenceLength(bytes: Uint8Array, at: number): number {
  const first = bytes[at]!
  if (first < 0x80) return 1
  const length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2
  if (first < 0xc2 || first > 0xf4 || at + length > bytes.length) return 0
  const second = bytes[at + 1]!
  const lowest = first === 0xe0 ? 0xa0 : first === 0xf0 ? 0x90 : 0x80
  const highest = first === 0xed ? 0x9f : first === 0xf4 ? 0x8f : 0xbf
  if (second < lowest || second > highest) return 0
  for (let i = 2; i < length; i++) if ((bytes[at + i]! & 0xc0) !== 0x80) return 0
  return length
}
