// The header of a mail as DKIM and DMARC look at it: whole fields, in order, octet for octet. Not for people: nothing is
// decoded here.

import { bufferOf } from '../../../wire/text.ts'

const HEADER_END = Buffer.from('\r\n\r\n')

export interface Field {
  /** In lower case. */
  readonly name: string
  /** Name, colon and value with its folds, one character an octet, without the last CRLF. */
  readonly text: string
}

/** Octets of the header, the last field's CRLF included and the empty line not. All of a mail that has no empty line. */
export function headerLength(content: Uint8Array): number {
  if (content[0] === 13 && content[1] === 10) return 0
  const end = bufferOf(content).indexOf(HEADER_END)
  return end === -1 ? content.length : end + 2
}

export function fieldsOf(content: Uint8Array): Field[] {
  const head = bufferOf(content).toString('latin1', 0, headerLength(content))
  return head
    .split(/\r\n(?![ \t])/)
    .filter((text) => text !== '')
    .map((text) => ({ name: nameOf(text), text }))
}

function nameOf(text: string): string {
  const colon = text.indexOf(':')
  return (colon === -1 ? text : text.slice(0, colon)).trimEnd().toLowerCase()
}

/** The first word of an Authentication-Results value, before its version: who says so (RFC 8601 §2.5). */
const AUTHORITY = /^[^:]*:(?:\s|\([^)]*\))*"?([^\s;"]*)/

/**
 * Without the Authentication-Results fields that carry our own name: whoever sent them had no right to it (RFC 8601 §5).
 * The same bytes where there are none.
 */
export function withoutForgedResults(content: Uint8Array, host: string): Uint8Array {
  const length = headerLength(content)
  const head = bufferOf(content).toString('latin1', 0, length)
  if (!/^authentication-results[ \t]*:/im.test(head)) return content
  const kept = fieldsOf(content).filter((field) => !isForged(field, host.toLowerCase()))
  const header = kept.map((field) => `${field.text}\r\n`).join('')
  return Buffer.concat([Buffer.from(header, 'latin1'), content.subarray(length)])
}

function isForged({ name, text }: Field, host: string): boolean {
  return name === 'authentication-results' && AUTHORITY.exec(text)?.[1]?.toLowerCase() === host
}
