// Transfer encodings of bodies (RFC 2045 §6), undone. Lenient: what is broken in an encoding stands as it is or is skipped.

import { latin1 } from '../../wire/text.ts'

const LF = 10
const CR = 13
const SPACE = 32
const TAB = 9
const EQUALS = 61

/** `undefined` where the encoding is not known. A view of `bytes` where there is nothing to undo. Any case. */
export function decodeTransfer(bytes: Uint8Array, encoding: string | undefined): Uint8Array | undefined {
  switch ((encoding ?? '7bit').toLowerCase()) {
    case '7bit':
    case '8bit':
    case 'binary':
      return bytes
    case 'base64':
      return decodeBase64(bytes)
    case 'quoted-printable':
      return decodeQuotedPrintable(bytes)
    case 'x-uuencode':
    case 'uuencode':
    case 'x-uue':
      return decodeUuencode(bytes)
    default:
      return undefined
  }
}

/** Whether `decodeTransfer` gives back what it was given. */
export function isIdentity(encoding: string | undefined): boolean {
  return encoding === undefined || /^(?:7bit|8bit|binary)$/i.test(encoding)
}

/** Octets outside its alphabet are skipped (RFC 2045 §6.8). After a padding, another run may follow: some join two. */
function decodeBase64(bytes: Uint8Array): Uint8Array {
  const text = latin1(bytes)
  const padding = text.indexOf('=')
  if (padding === -1 || !/[A-Za-z0-9+/]/.test(text.slice(padding))) return Buffer.from(text, 'base64')
  return Buffer.concat(text.split('=').map((run) => Buffer.from(run, 'base64')))
}

function decodeQuotedPrintable(bytes: Uint8Array): Uint8Array {
  const out = new Uint8Array(bytes.length)
  let length = 0
  /** Behind the last octet that is no blank of the text itself: blanks at the end of a line were added on the way. */
  let kept = 0
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at] ?? 0
    if (byte === EQUALS) {
      const end = softBreakEnd(bytes, at + 1)
      if (end !== -1) {
        at = end - 1
        kept = length
        continue
      }
      const octet = hexOctet(bytes, at + 1)
      if (octet !== -1) at += 2
      out[length++] = octet === -1 ? byte : octet
      kept = length
      continue
    }
    if (byte === LF || (byte === CR && bytes[at + 1] === LF)) length = kept
    out[length++] = byte
    if (byte !== SPACE && byte !== TAB) kept = length
  }
  return out.subarray(0, length)
}

/** Behind the line end of a soft line break (RFC 2045 §6.7 (5)) with blanks before it; -1 where it is none. */
function softBreakEnd(bytes: Uint8Array, from: number): number {
  let at = from
  while (bytes[at] === SPACE || bytes[at] === TAB) at++
  if (at === bytes.length) return at
  if (bytes[at] === LF) return at + 1
  return bytes[at] === CR && bytes[at + 1] === LF ? at + 2 : -1
}

/** -1 where it is none. */
function hexOctet(bytes: Uint8Array, at: number): number {
  const high = hexDigit(bytes[at] ?? 0)
  const low = hexDigit(bytes[at + 1] ?? 0)
  return high === -1 || low === -1 ? -1 : high * 16 + low
}

function hexDigit(byte: number): number {
  if (byte >= 48 && byte <= 57) return byte - 48
  const letter = byte | 32
  return letter >= 97 && letter <= 102 ? letter - 87 : -1
}

/** From its `begin` line, if it has one, to its `end`. */
function decodeUuencode(bytes: Uint8Array): Uint8Array {
  const lines = latin1(bytes).split(/\r?\n/)
  const begin = lines.findIndex((line) => /^begin(?:-base64)? \d{3,4} /.test(line))
  const pieces: Buffer[] = []
  for (const line of lines.slice(begin + 1)) {
    if (line === 'end') break
    pieces.push(decodeUuLine(line))
  }
  return Buffer.concat(pieces)
}

function decodeUuLine(line: string): Buffer {
  const six = (at: number): number => ((line.charCodeAt(at) || SPACE) - SPACE) & 63
  const size = line === '' ? 0 : Math.min(six(0), Math.ceil(((line.length - 1) * 3) / 4))
  const octets = Buffer.alloc(size)
  for (let index = 0; index < size; index++) {
    const at = 1 + Math.floor(index / 3) * 4 + (index % 3)
    const shift = (index % 3) * 2
    octets[index] = (six(at) << (2 + shift)) | (six(at + 1) >> (4 - shift))
  }
  return octets
}
