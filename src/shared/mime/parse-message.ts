// Reads a message into its tree of parts, in one pass and in linear time, whatever the bytes are. There is no broken
// message: what MIME does not allow is read as what it most likely is.

import { latin1 } from '../../wire/text.ts'
import { BOUNDARY_MAX_BYTES, Boundaries, type Delimiter } from './boundaries.ts'
import { fieldValue, isEmptyLine, lineEnd, type Field } from './fields.ts'
import { parseContentType, parseDisposition } from './parameters.ts'
import { PART_DEPTH_MAX, PARTS_MAX, type Parameterized, type Part } from './part.ts'
import { isIdentity } from './transfer.ts'

const CONTENT_FIELD = /^content-(type|transfer-encoding|disposition|id|description|md5|language|location)[ \t]*:/i
/** Octets of the longest name in it, with some spaces before the colon. */
const CONTENT_FIELD_MAX_BYTES = 40
const SPACE = 32
const TAB = 9
const C_UPPER = 67
const C_LOWER = 99

/** Of the parts below this one: what it says is what is known. */
export function parseMessage(bytes: Uint8Array): Part {
  return new Parse(bytes).part(0, 0, 'text/plain')
}

class Parse {
  readonly #bytes: Uint8Array
  readonly #boundaries: Boundaries
  /** Multiparts that are open. */
  #open = 0
  #parts = 0
  /** What ended the part that was read last. */
  #ending: Delimiter

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
    this.#boundaries = new Boundaries(bytes)
    this.#ending = this.#boundaries.next(bytes.length)
  }

  /** `depth` counts multiparts and messages around it. */
  part(headerStart: number, depth: number, usual: string): Part {
    if (++this.#parts >= PARTS_MAX) this.#boundaries.clear()
    const header = new PartHeader()
    const bodyStart = this.#header(headerStart, header)
    const contentType = header.contentType()
    const mediaType = contentType?.value.toLowerCase() ?? usual
    const kind = this.#kind(mediaType, depth, header)
    const children = this.#children(kind, contentType, mediaType, bodyStart, depth)
    const bodyEnd = Math.max(bodyStart, this.#ending.start, children.at(-1)?.bodyEnd ?? 0)
    return { headerStart, bodyStart, bodyEnd, kind, mediaType, contentType, ...header.rest(), children }
  }

  #kind(mediaType: string, depth: number, header: PartHeader): Part['kind'] {
    if (depth >= PART_DEPTH_MAX || this.#parts >= PARTS_MAX) return 'leaf'
    if (mediaType === 'message/rfc822') return 'message'
    if (mediaType === 'message/global') return header.isEncoded() ? 'leaf' : 'message'
    return mediaType.startsWith('multipart/') && boundaryOf(header.contentType()) !== undefined ? 'multipart' : 'leaf'
  }

  /** Reads the body, and leaves in `#ending` what ended it. */
  #children(
    kind: Part['kind'],
    contentType: Parameterized | undefined,
    mediaType: string,
    bodyStart: number,
    depth: number,
  ): Part[] {
    if (kind === 'message') return [this.part(bodyStart, depth + 1, 'text/plain')]
    if (kind === 'leaf') {
      this.#ending = this.#boundaries.next(bodyStart)
      return []
    }
    return this.#multipart(contentType, bodyStart, depth + 1, usualIn(mediaType))
  }

  #multipart(contentType: Parameterized | undefined, bodyStart: number, depth: number, usual: string): Part[] {
    const children: Part[] = []
    const level = this.#open++
    this.#boundaries.open(boundaryOf(contentType) ?? '')
    this.#ending = this.#boundaries.next(bodyStart)
    while (this.#ending.level === level && !this.#ending.closes) {
      children.push(this.part(this.#ending.end, depth, usual))
    }
    this.#boundaries.close()
    this.#open--
    if (this.#ending.level === level) this.#ending = this.#boundaries.next(this.#ending.end)
    return children
  }

  /** Where the body starts. A delimiter ends a header that no empty line ended. */
  #header(start: number, into: PartHeader): number {
    const bytes = this.#bytes
    let fieldStart = start
    for (let at = start; at < bytes.length;) {
      if (bytes[at] !== SPACE && bytes[at] !== TAB) {
        into.field(bytes, fieldStart, at)
        fieldStart = at
        if (isEmptyLine(bytes, at)) return lineEnd(bytes, at, bytes.length)
        if (this.#open > 0 && this.#boundaries.at(at) !== undefined) return at
      }
      at = lineEnd(bytes, at, bytes.length)
    }
    into.field(bytes, fieldStart, bytes.length)
    return bytes.length
  }
}

function usualIn(mediaType: string): string {
  return mediaType === 'multipart/digest' ? 'message/rfc822' : 'text/plain' // RFC 2046 §5.1.5
}

/** Spaces at its end were added on the way (RFC 2046 §5.1.1). */
function boundaryOf(contentType: Parameterized | undefined): string | undefined {
  const found = contentType?.parameters.find(({ name }) => name.toLowerCase() === 'boundary')
  return found?.value.slice(0, BOUNDARY_MAX_BYTES).replace(/[ \t]+$/, '')
}

/** The Content fields of a header, each the first of its name. */
class PartHeader {
  readonly #values = new Map<string, string>()
  #contentType: Parameterized | undefined
  #typed = false

  /** Looks at the field that stands from `start` to `end`. */
  field(bytes: Uint8Array, start: number, end: number): void {
    const first = bytes[start]
    if ((first !== C_UPPER && first !== C_LOWER) || end - start < 10) return
    const match = CONTENT_FIELD.exec(latin1(bytes, start, Math.min(end, start + CONTENT_FIELD_MAX_BYTES)))
    if (match === null) return
    const name = match[1]?.toLowerCase() ?? ''
    const field: Field = { name, start, valueStart: start + match[0].length, end }
    if (!this.#values.has(name)) this.#values.set(name, fieldValue(bytes, field))
  }

  contentType(): Parameterized | undefined {
    const value = this.#values.get('type')
    if (!this.#typed && value !== undefined) this.#contentType = parseContentType(value)
    this.#typed = true
    return this.#contentType
  }

  isEncoded(): boolean {
    return !isIdentity(this.#encoding())
  }

  rest(): Pick<Part, 'encoding' | 'disposition' | 'id' | 'description' | 'md5' | 'language' | 'location'> {
    const values = this.#values
    const disposition = values.get('disposition')
    return {
      encoding: this.#encoding(),
      disposition: disposition === undefined ? undefined : parseDisposition(disposition),
      id: values.get('id'),
      description: values.get('description'),
      md5: values.get('md5'),
      language: values.get('language'),
      location: values.get('location'),
    }
  }

  /** The mechanism without what people write behind it. */
  #encoding(): string | undefined {
    return /^(?:[ \t]|\([^)]*\))*([^ \t;()]+)/.exec(this.#values.get('transfer-encoding') ?? '')?.[1]
  }
}
