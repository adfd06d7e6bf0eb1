// Finds where a request head ends in unread bytes, and refuses early what can no longer become one.

import type { Inbox } from '../../../wire/inbox.ts'
import { HEAD_MAX_BYTES, HTTP2_PREFACE, httpError, REQUEST_LINE_MAX_BYTES, type HttpError } from '../messages.ts'

const HEAD_END = Buffer.from('\r\n\r\n')
const CRLF = Buffer.from('\r\n')
const CR = 13
const LF = 10

/** Bytes of the head with its empty line; 'more'; or what is wrong. The first `scanned` bytes were seen before. */
export function headLength(inbox: Inbox, scanned: number): number | 'more' | HttpError {
  const bytes = inbox.peek()
  const from = Math.max(0, scanned - 3)
  const at: number = Buffer.prototype.indexOf.call(bytes, HEAD_END, from)
  if (at === -1) return unfinished(bytes, from)
  if (at + 4 > HEAD_MAX_BYTES) return tooLarge(bytes)
  const lineEnd: number = Buffer.prototype.indexOf.call(bytes, CRLF)
  return lineEnd > REQUEST_LINE_MAX_BYTES ? tooLarge(bytes) : at + 4
}

function unfinished(bytes: Uint8Array, from: number): 'more' | HttpError {
  if (bytes.length > 0 && !isMethodByte(bytes[0]!)) return httpError(400, 'not the start of a request')
  for (let at = bytes.indexOf(LF, from); at !== -1; at = bytes.indexOf(LF, at + 1)) {
    if (at === 0 || bytes[at - 1] !== CR) return httpError(400, 'a bare LF in a head (RFC 9112 §2.2)')
  }
  const hasLine = bytes.includes(LF)
  if (bytes.length > HEAD_MAX_BYTES || (!hasLine && bytes.length > REQUEST_LINE_MAX_BYTES + 1)) return tooLarge(bytes)
  return 'more'
}

function tooLarge(bytes: Uint8Array): HttpError {
  const lineEnd: number = Buffer.prototype.indexOf.call(bytes, CRLF)
  return lineEnd === -1 || lineEnd > REQUEST_LINE_MAX_BYTES
    ? httpError(414, `a request line of more than ${REQUEST_LINE_MAX_BYTES} bytes`)
    : httpError(431, `a head of more than ${HEAD_MAX_BYTES} bytes`)
}

/** Methods that anyone uses are letters; a TLS ClientHello starts with 0x16. */
function isMethodByte(byte: number): boolean {
  return byte > 0x20 && byte < 0x7f
}

const PREFACE = Buffer.from(HTTP2_PREFACE)

/** Whether `bytes` are HTTP/2's preface, its beginning, or something else (RFC 9113 §3.3). */
export function isPreface(bytes: Uint8Array): 'yes' | 'no' | 'more' {
  const length = Math.min(bytes.length, PREFACE.length)
  // Three bytes tell it from every registered method.
  for (let i = 0; i < length; i++) if (bytes[i] !== PREFACE[i]) return 'no'
  return length === PREFACE.length ? 'yes' : 'more'
}
