// BODY and BODYSTRUCTURE (RFC 9051 §7.5.2): the tree of a message's parts. Defaults are those of RFC 2045; what a peer
// would not understand is told as Dovecot tells it.

import type { Parameter, Parameterized, Part } from '../../../shared/mime/index.ts'
import { formatEnvelope } from './envelope.ts'
import { formatNstring, formatString } from './strings.ts'

const LF = 10
/** Language tags of one part; the others are not told. Ours. */
const LANGUAGES_MAX = 100
/** A multipart must have parts: one that has none shows this. */
const EMPTY_PART = '("text" "plain" ("charset" "us-ascii") NIL NIL "7bit" 0 0'

/** Latin-1: one character for each octet. `extended`: BODYSTRUCTURE, else BODY. */
export function formatBodyStructure(bytes: Uint8Array, part: Part, extended: boolean): string {
  return new Structure(bytes, extended).format(part)
}

class Structure {
  readonly #bytes: Uint8Array
  readonly #extended: boolean
  /** Lines in the body of each part that was counted: messages in messages are counted once. */
  readonly #lines = new Map<Part, number>()

  constructor(bytes: Uint8Array, extended: boolean) {
    this.#bytes = bytes
    this.#extended = extended
  }

  format(part: Part): string {
    return part.kind === 'multipart' ? this.#multipart(part) : this.#single(part)
  }

  #multipart(part: Part): string {
    const empty = `${EMPTY_PART}${this.#extended ? ' NIL NIL NIL NIL' : ''})`
    const children = part.children.map((child) => this.format(child)).join('') || empty
    const parameters = this.#extended ? ` ${formatParameters(part.contentType?.parameters ?? [])}` : ''
    return `(${children} ${formatString(subtypeOf(part))}${parameters}${this.#extension(part)})`
  }

  #single(part: Part): string {
    const fields = [this.#type(part), formatNstring(part.id), formatNstring(part.description)]
    fields.push(formatString(part.encoding ?? '7bit'), `${part.bodyEnd - part.bodyStart}`)
    const [inner] = part.children
    if (inner !== undefined) fields.push(formatEnvelope(this.#bytes, inner), this.format(inner))
    if (inner !== undefined || isText(part)) fields.push(`${this.#linesOf(part)}`)
    const md5 = this.#extended ? ` ${formatNstring(part.md5)}` : ''
    return `(${fields.join(' ')}${md5}${this.#extension(part)})`
  }

  /** Type, subtype and parameters. A message that was not looked into (`PART_DEPTH_MAX`) may not be called one. */
  #type(part: Part): string {
    if (part.kind === 'leaf' && /^message\/(?:rfc822|global)$/.test(part.mediaType)) {
      return '"application" "octet-stream" NIL'
    }
    const type = (part.contentType?.value ?? part.mediaType).split('/')[0] ?? ''
    const parameters = [...(part.contentType?.parameters ?? [])]
    if (isText(part) && !parameters.some(({ name }) => name.toLowerCase() === 'charset')) {
      parameters.push({ name: 'charset', value: 'us-ascii' }) // RFC 2045 §5.2
    }
    return `${formatString(type)} ${formatString(subtypeOf(part))} ${formatParameters(parameters)}`
  }

  /** Disposition, language, location. */
  #extension({ disposition, language, location }: Part): string {
    if (!this.#extended) return ''
    return ` ${formatDisposition(disposition)} ${formatLanguages(language)} ${formatNstring(location)}`
  }

  #linesOf(part: Part): number {
    const known = this.#lines.get(part)
    if (known !== undefined) return known
    let lines = 0
    let at = part.bodyStart
    for (const child of part.children) {
      lines += this.#count(at, child.bodyStart) + this.#linesOf(child)
      at = child.bodyEnd
    }
    lines += this.#count(at, part.bodyEnd)
    this.#lines.set(part, lines)
    return lines
  }

  #count(start: number, end: number): number {
    let lines = 0
    for (let at = start; at < end; at++) if (this.#bytes[at] === LF) lines++
    return lines
  }
}

function isText(part: Part): boolean {
  return part.mediaType.startsWith('text/')
}

function subtypeOf(part: Part): string {
  return (part.contentType?.value ?? part.mediaType).split('/')[1] ?? ''
}

function formatParameters(parameters: readonly Parameter[]): string {
  if (parameters.length === 0) return 'NIL'
  return `(${parameters.map(({ name, value }) => `${formatString(name)} ${formatString(value)}`).join(' ')})`
}

function formatDisposition(disposition: Parameterized | undefined): string {
  if (disposition === undefined) return 'NIL'
  return `(${formatString(disposition.value)} ${formatParameters(disposition.parameters)})`
}

/** Tags (RFC 3282 §2), comments left out. */
function formatLanguages(language: string | undefined): string {
  if (language === undefined) return 'NIL'
  const tags = language.replaceAll(/\([^()]*\)/g, '').split(/[ \t,]+/, LANGUAGES_MAX)
  const known = tags.filter((tag) => tag !== '').map(formatString)
  return known.length === 0 ? 'NIL' : `(${known.join(' ')})`
}
