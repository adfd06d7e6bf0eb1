// Sections of messages: what BODY[..] and BINARY[..] name (RFC 9051 §6.4.5), as octets. Views where that is possible.

import { bodyOf, decodeTransfer, fieldsOf, type HeaderSpan, type Part } from '../../../shared/mime/index.ts'
import type { Partial, Section } from '../messages.ts'

const LF = 10
const CRLF = new Uint8Array([13, 10])
const EMPTY = new Uint8Array(0)
const EMPTY_PART = { kind: 'leaf', mediaType: 'text/plain', contentType: undefined, encoding: undefined } as const

/** `undefined` where the message has no such section. */
export function renderSection(bytes: Uint8Array, root: Part, { part, text }: Section): Uint8Array | undefined {
  const found = part.length === 0 ? root : partAt(root, part)
  if (found === undefined) return undefined
  if (text === undefined) return part.length === 0 ? bytes : bodyOf(bytes, found)
  if (text === 'MIME') return part.length === 0 ? undefined : headerOctets(bytes, found)
  // The other words speak of a message: the whole one, or the one that is the part's body.
  const message = part.length === 0 ? root : found.kind === 'message' ? found.children[0] : undefined
  if (message === undefined) return undefined
  if (text === 'HEADER') return headerOctets(bytes, message)
  return text === 'TEXT' ? bodyOf(bytes, message) : renderFields(bytes, message, text.fields, text.not)
}

/** The content of a part without its transfer encoding; `unknown-cte` where that cannot be undone (RFC 3516 §4.3). */
export function renderBinary(
  bytes: Uint8Array,
  root: Part,
  part: readonly number[],
): Uint8Array | 'unknown-cte' | undefined {
  if (part.length === 0) return bytes
  const found = partAt(root, part)
  if (found === undefined) return undefined
  if (found.kind !== 'leaf') return bodyOf(bytes, found)
  return decodeTransfer(bodyOf(bytes, found), found.encoding) ?? 'unknown-cte'
}

/** HEADER.FIELDS and HEADER.FIELDS.NOT of the header that `span` is: fields as they stand, and an empty line. Any case. */
export function renderFields(bytes: Uint8Array, span: HeaderSpan, names: readonly string[], not: boolean): Uint8Array {
  const wanted = new Set(names.map((name) => name.toLowerCase()))
  const pieces: Uint8Array[] = []
  for (const { name, start, end } of fieldsOf(bytes, span)) {
    if (wanted.has(name) === not) continue
    pieces.push(bytes.subarray(start, end))
    if (bytes[end - 1] !== LF) pieces.push(CRLF)
  }
  return Buffer.concat([...pieces, CRLF])
}

/** Beyond the end there is nothing (RFC 9051 §6.4.5). */
export function partialOf(octets: Uint8Array, partial: Partial | undefined): Uint8Array {
  if (partial === undefined) return octets
  if (partial.from >= octets.length) return EMPTY
  return octets.subarray(partial.from, partial.from + partial.count)
}

/**
 * The part with these numbers. They choose from a multipart or from what a message holds: a message that is no multipart
 * has one part, its body (RFC 9051 §6.4.5).
 */
function partAt(root: Part, numbers: readonly number[]): Part | undefined {
  let from: Part | undefined = root
  let found: Part | undefined
  let isMessage = true
  for (const number of numbers) {
    if (from?.kind === 'multipart') found = childAt(from, number)
    else found = isMessage && number === 1 ? from : undefined
    if (found === undefined) return undefined
    isMessage = found.kind === 'message'
    from = isMessage ? found.children[0] : found
  }
  return found
}

/** A multipart without parts has one that is empty: BODYSTRUCTURE tells of it. */
function childAt(multipart: Part, number: number): Part | undefined {
  if (number !== 1 || multipart.children.length > 0) return multipart.children[number - 1]
  const { bodyEnd } = multipart
  return { ...multipart, ...EMPTY_PART, headerStart: bodyEnd, bodyStart: bodyEnd }
}

function headerOctets(bytes: Uint8Array, { headerStart, bodyStart }: HeaderSpan): Uint8Array {
  return bytes.subarray(headerStart, bodyStart)
}
