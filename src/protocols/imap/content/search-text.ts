// Whether a text stands in a message (RFC 9051 §6.4.4), whatever charset and encoding it is written in. Case does not
// matter, nor does how a character is composed. Only what is text is looked at: no pictures, no archives.

import { isAscii } from 'node:buffer'
import {
  contentOf,
  decodeCharset,
  decodeWords,
  fieldsOf,
  fieldValue,
  headerOf,
  headerValues,
  parameterOf,
  parseMessage,
  type HeaderSpan,
  type Part,
} from '../../../shared/mime/index.ts'
import { bufferOf } from '../../../wire/text.ts'
import { OCTET_SEARCH_MAX_BYTES, OctetSearch } from './octet-search.ts'
import type { SearchedMessage } from './search-key.ts'

/** Charsets in which octets below 128 are always the ASCII character. */
const ASCII_BASED = /^(?:|utf-?8|us-ascii|iso-8859-\d{1,2}|windows-125\d|koi8-[ru])$/i
const NONE = new Uint8Array(0)

/** A text that is looked for. */
export interface Needle {
  /** As `fold` makes it. */
  readonly text: string
  readonly isAscii: boolean
  readonly hasBlanks: boolean
  /** The quick way, where it may be gone. */
  readonly octets: OctetSearch | undefined
}

export function needleOf(text: string): Needle {
  const folded = fold(text)
  const isAscii = isAsciiText(folded)
  const octets = isAscii && folded.length <= OCTET_SEARCH_MAX_BYTES ? new OctetSearch(folded) : undefined
  return { text: folded, isAscii, hasBlanks: /[ \t]/.test(folded), octets }
}

/** What is equal but for case and composition becomes the same. */
export function fold(text: string): string {
  return isAsciiText(text) ? text.toLowerCase() : text.normalize('NFKC').toLowerCase()
}

function isAsciiText(text: string): boolean {
  // oxlint-disable-next-line no-control-regex -- ASCII is from 0
  return /^[\0-\x7f]*$/.test(text)
}

/** One message while it is looked through. What was read of it stays for the next key. */
export class Haystack {
  readonly #message: SearchedMessage
  #head: Buffer | undefined
  #span: HeaderSpan | undefined
  #bytes: Buffer | undefined
  #root: Part | undefined

  constructor(message: SearchedMessage) {
    this.#message = message
  }

  /** The values of the fields called `name` (in lower case), decoded. */
  values(name: string): string[] {
    const span = this.#header()
    return headerValues(this.#head ?? NONE, span, name).map(decodeWords)
  }

  /** Whether it stands in the header, or in that of a part or message inside. */
  headerHas(needle: Needle): boolean {
    const root = this.#parsed()
    return someHeader(this.#bytes ?? NONE, root, needle)
  }

  bodyHas(needle: Needle): boolean {
    const root = this.#parsed()
    return bodyHas(this.#bytes ?? NONE, root, needle)
  }

  #header(): HeaderSpan {
    if (this.#span !== undefined) return this.#span
    this.#head = this.#bytes ?? bufferOf(this.#message.head() ?? NONE)
    this.#span = headerOf(this.#head)
    if (this.#span.bodyStart === this.#head.length && this.#head.length < this.#message.size) {
      this.#head = this.#whole()
      this.#span = headerOf(this.#head)
    }
    return this.#span
  }

  #parsed(): Part {
    this.#root ??= parseMessage(this.#whole())
    return this.#root
  }

  #whole(): Buffer {
    this.#bytes ??= bufferOf(this.#message.content() ?? NONE)
    return this.#bytes
  }
}

function someHeader(bytes: Uint8Array, part: Part, needle: Needle): boolean {
  return spanHas(bytes, part, needle) || part.children.some((child) => someHeader(bytes, child, needle))
}

/** The text of leaves, and the headers of messages inside: they belong to the body of the one around. */
function bodyHas(bytes: Uint8Array, part: Part, needle: Needle): boolean {
  if (part.kind === 'leaf') return isSearchable(part) && leafHas(bytes, part, needle)
  const [inner] = part.children
  if (part.kind === 'message' && inner !== undefined && spanHas(bytes, inner, needle)) return true
  return part.children.some((child) => bodyHas(bytes, child, needle))
}

function isSearchable({ mediaType }: Part): boolean {
  return mediaType.startsWith('text/') || mediaType.startsWith('message/')
}

function leafHas(bytes: Uint8Array, part: Part, needle: Needle): boolean {
  const content = contentOf(bytes, part)
  const charset = parameterOf(part.contentType, 'charset') ?? ''
  if (ASCII_BASED.test(charset)) {
    if (needle.octets !== undefined) return needle.octets.isIn(content, 0, content.length)
    if (!needle.isAscii && isAscii(content)) return false
  }
  return fold(decodeCharset(content, charset)).includes(needle.text)
}

function spanHas(bytes: Uint8Array, span: HeaderSpan, needle: Needle): boolean {
  const { headerStart, bodyStart } = span
  const header = bytes.subarray(headerStart, bodyStart)
  const isPlain = !bufferOf(header).includes('=?', 0, 'latin1')
  if (isPlain && needle.octets !== undefined && !needle.hasBlanks) return needle.octets.isIn(header, 0, header.length)
  if (isPlain && needle.isAscii) return unfolded(header).toLowerCase().includes(needle.text)
  if (isPlain && isAscii(header)) return false
  return fieldsOf(bytes, span).some((field) => {
    const text = `${field.name}: ${decodeWords(fieldValue(bytes, field))}`
    return fold(text).includes(needle.text)
  })
}

function unfolded(header: Uint8Array): string {
  return bufferOf(header)
    .toString('latin1')
    .replaceAll(/\r?\n(?=[ \t])/g, '')
}
