// The content of a mail on its way out: what it is made of, and how DATA wants it. Whole octets, no parsing.

import type { BodyKind } from '../../../core/post.ts'
import { bufferOf } from '../../../wire/text.ts'

const CR = 13
const LF = 10
const DOT = 46
const CRLF = Buffer.from('\r\n')
const STUFFED = Buffer.from('\r\n.')
const END = Buffer.from('.\r\n')
const MISSING_END = Buffer.from('\r\n.\r\n')

/** Whether every octet is below 128. */
export function isSevenBit(bytes: Uint8Array): boolean {
  let at = 0
  for (; at + 4 <= bytes.length; at += 4) {
    if ((bytes[at]! | bytes[at + 1]! | bytes[at + 2]! | bytes[at + 3]!) > 127) return false
  }
  for (; at < bytes.length; at++) if (bytes[at]! > 127) return false
  return true
}

/** Whether the header, up to the empty line, is ASCII. */
export function hasPlainHeader(content: Uint8Array): boolean {
  const end = bufferOf(content).indexOf('\r\n\r\n')
  return isSevenBit(end === -1 ? content : content.subarray(0, end))
}

/** Lines that end in CRLF, no CR or LF elsewhere and no NUL: what DATA can carry (RFC 5321 §2.3.8, RFC 6152 §3). */
export function isText(content: Uint8Array): boolean {
  return hasWholeLinesOnly(content) && !content.includes(0)
}

export function bodyKindOf(content: Uint8Array): BodyKind {
  if (isSevenBit(content)) return '7BIT'
  return isText(content) ? '8BITMIME' : 'BINARYMIME'
}

/** Whether each CR has its LF and each LF its CR. */
function hasWholeLinesOnly(content: Uint8Array): boolean {
  let crs = 0
  for (let at = content.indexOf(CR); at !== -1; at = content.indexOf(CR, at + 1)) {
    if (content[at + 1] !== LF) return false
    crs++
  }
  let lfs = 0
  for (let at = content.indexOf(LF); at !== -1; at = content.indexOf(LF, at + 1)) lfs++
  return crs === lfs
}

/**
 * What goes out after 354, in pieces: a dot before each line that begins with one, and the final dot (RFC 5321 §4.5.2). A CR or
 * LF alone becomes CRLF, so that no server down the road takes it for an end of its own making.
 */
export function dataPieces(content: Uint8Array): Uint8Array[] {
  const text = hasWholeLinesOnly(content) ? bufferOf(content) : withWholeLines(content)
  const end = text.length === 0 || endsLine(text) ? END : MISSING_END
  return text.length === 0 ? [end] : [withDotsDoubled(text), end]
}

function withDotsDoubled(text: Buffer): Uint8Array {
  const begins = text[0] === DOT ? 1 : 0
  let dots = begins
  for (let at = text.indexOf(STUFFED); at !== -1; at = text.indexOf(STUFFED, at + 3)) dots++
  if (dots === 0) return text
  const out = Buffer.allocUnsafe(text.length + dots)
  if (begins === 1) out[0] = DOT
  let from = 0
  let to = begins
  for (let at = text.indexOf(STUFFED); at !== -1; at = text.indexOf(STUFFED, at + 3)) {
    to += text.copy(out, to, from, at + 3)
    out[to++] = DOT
    from = at + 3
  }
  text.copy(out, to, from)
  return out
}

function endsLine(text: Uint8Array): boolean {
  return text.at(-1) === LF && text.at(-2) === CR
}

function withWholeLines(content: Uint8Array): Buffer {
  const pieces: Uint8Array[] = []
  let from = 0
  for (let at = 0; at < content.length; at++) {
    const byte = content[at]
    if (byte !== CR && byte !== LF) continue
    pieces.push(content.subarray(from, at), CRLF)
    if (byte === CR && content[at + 1] === LF) at++
    from = at + 1
  }
  return Buffer.concat([...pieces, content.subarray(from)])
}
