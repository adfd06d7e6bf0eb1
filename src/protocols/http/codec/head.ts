// Heads of HTTP/1.x messages, both roles (RFC 9112): text without its last empty line to values and
// back. Content is in body.ts. Where the text leaves a choice between lenient and strict, this is
// strict: what two parsers might read in two ways is refused.

import {
  FIELDS_MAX,
  fieldValue,
  httpError,
  REASONS,
  type Field,
  type Framing,
  type HttpError,
  type RequestHead,
  type ResponseHead,
  type Version,
} from '../messages.ts'
import { isFieldValue, isToken, listElements, parseFields } from './fields.ts'

/** Content lengths have at most 15 digits, so that they are exact numbers. */
const CONTENT_LENGTH = /^\d{1,15}$/
// Bytes from 0x80 up are taken as they are, which RFC 3986 does not allow and curl sends.
const TARGET = /^[\x21-\x7e\x80-\xff]+$/
const STATUS_LINE = /^HTTP\/1\.(\d) (\d{3})(?: ([\t\x20-\x7e\x80-\xff]*))?$/

export function parseRequestHead(text: string): RequestHead | HttpError {
  const lines = text.split('\r\n', FIELDS_MAX + 2)
  const line = parseRequestLine(lines[0] ?? '')
  if ('kind' in line) return line
  const fields = parseFields(lines.slice(1))
  if ('kind' in fields) return fields
  const framing = requestFraming(line.version, fields)
  if ('status' in framing) return framing
  const expect = fieldValue(fields, 'expect')?.toLowerCase()
  if (expect !== undefined && expect !== '100-continue') return httpError(417, 'an expectation other than 100-continue')
  return {
    ...line,
    fields,
    framing,
    keepAlive: isKeptAlive(line.version, fields),
    expectsContinue: expect !== undefined && line.version === '1.1' && framing.kind !== 'none',
  }
}

type RequestLine = Pick<RequestHead, 'method' | 'target' | 'version'>

/** RFC 9112 §3: exactly two single spaces. */
function parseRequestLine(line: string): RequestLine | HttpError {
  const first = line.indexOf(' ')
  const last = line.lastIndexOf(' ')
  if (first <= 0 || last === first) return httpError(400, 'a malformed request line')
  const method = line.slice(0, first)
  const target = line.slice(first + 1, last)
  if (!isToken(method) || !TARGET.test(target)) return httpError(400, 'a malformed request line')
  const version = requestVersion(line.slice(last + 1))
  return typeof version === 'string' ? { method, target, version } : version
}

function requestVersion(text: string): Version | HttpError {
  if (text === 'HTTP/1.1') return '1.1'
  if (text === 'HTTP/1.0') return '1.0'
  const match = /^HTTP\/(\d)\.\d$/.exec(text)
  if (match === null) return httpError(400, 'a malformed HTTP version')
  // RFC 9110 §2.5: a higher minor version is spoken as the highest that we know.
  return match[1] === '1' ? '1.1' : httpError(505, `${text} over this connection`)
}

/** RFC 9112 §6.3, points 3 to 7 for requests. Whatever could end in two places is refused, not repaired. */
function requestFraming(version: Version, fields: readonly Field[]): Framing | HttpError {
  const coding = fieldValue(fields, 'transfer-encoding')
  const length = fieldValue(fields, 'content-length')
  if (coding === undefined) return length === undefined ? { kind: 'none' } : lengthFraming(length)
  if (length !== undefined) return httpError(400, 'both Content-Length and Transfer-Encoding (RFC 9112 §6.1)')
  if (version === '1.0') return httpError(400, 'Transfer-Encoding in HTTP/1.0 (RFC 9112 §6.1)')
  if (coding.toLowerCase() === 'chunked') return { kind: 'chunked' }
  const codings = listElements(coding.toLowerCase())
  const isChunkedLast = codings.at(-1) === 'chunked' && codings.indexOf('chunked') === codings.length - 1
  return isChunkedLast
    ? httpError(501, `the transfer coding ${codings[0]} (RFC 9112 §6.1)`)
    : httpError(400, 'a Transfer-Encoding that does not end in one chunked (RFC 9112 §6.3)')
}

function lengthFraming(text: string): Framing | HttpError {
  if (!CONTENT_LENGTH.test(text)) return httpError(400, 'a malformed or repeated Content-Length (RFC 9112 §6.3)')
  const length = Number(text)
  return length === 0 ? { kind: 'none' } : { kind: 'length', length }
}

/** RFC 9112 §9.3. */
function isKeptAlive(version: Version, fields: readonly Field[]): boolean {
  const options = listElements(fieldValue(fields, 'connection')?.toLowerCase())
  return !options.includes('close') && (version === '1.1' || options.includes('keep-alive'))
}

/** The head of a response to a request with `method`. */
export function parseResponseHead(text: string, method: string): ResponseHead | HttpError {
  const lines = text.split('\r\n', FIELDS_MAX + 2)
  const match = STATUS_LINE.exec(lines[0] ?? '')
  if (match === null) return httpError(502, 'a malformed status line')
  const fields = parseFields(lines.slice(1))
  if ('kind' in fields) return fields
  const status = Number(match[2])
  const version = match[1] === '0' ? '1.0' : '1.1'
  const framing = responseFraming(status, method, fields)
  if ('status' in framing) return framing
  const keepAlive = isKeptAlive(version, fields) && framing.kind !== 'close'
  return { version, status, reason: match[3] ?? '', fields, framing, keepAlive }
}

/** RFC 9112 §6.3 for responses. */
function responseFraming(status: number, method: string, fields: readonly Field[]): Framing | HttpError {
  if (method === 'HEAD' || status < 200 || status === 204 || status === 304) return { kind: 'none' }
  const coding = fieldValue(fields, 'transfer-encoding')
  const length = fieldValue(fields, 'content-length')
  if (coding !== undefined && length !== undefined) return httpError(502, 'both Content-Length and Transfer-Encoding')
  if (coding !== undefined) return coding.toLowerCase() === 'chunked' ? { kind: 'chunked' } : { kind: 'close' }
  return length === undefined ? { kind: 'close' } : lengthFraming(length)
}

/** A request head with its last empty line. Throws when a field could not be told from the next one. */
export function formatRequestHead(method: string, target: string, fields: readonly Field[]): string {
  return `${method} ${target} HTTP/1.1\r\n${formatFields(fields)}\r\n`
}

/** Always HTTP/1.1, also towards a 1.0 client (RFC 9110 §6.2). */
export function formatStatusLine(status: number): string {
  return `HTTP/1.1 ${status} ${REASONS[status] ?? ''}\r\n`
}

export function formatFields(fields: readonly Field[]): string {
  let text = ''
  for (const [name, value] of fields) {
    if (!isToken(name) || !isFieldValue(value)) throw new Error(`not a header field: ${JSON.stringify([name, value])}`)
    text += `${name}: ${value}\r\n`
  }
  return text
}
