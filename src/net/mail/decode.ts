// What a mail says: its header and its bodies as text, its attachments as bytes. Whatever is broken in it is read as what it
// most likely means.

import {
  addressesIn,
  addressSpec,
  contentOf,
  decodeWords,
  fieldsOf,
  fieldValue,
  fileNameOf,
  headerOf,
  headerValue,
  headerValues,
  parseDate,
  parseMessage,
  parseMessageId,
  textOf,
  type HeaderSpan,
  type Part,
} from '../../shared/mime/index.ts'
import { textOfHtml } from './html-text.ts'

/** What a list needs of a mail. */
export interface Head {
  /** Message-ID without brackets; '' where there is none. */
  readonly id: string
  /** Addresses of From, then Sender, in lower case. */
  readonly from: readonly string[]
  /** Addresses of To, in lower case. */
  readonly to: readonly string[]
  /** Addresses of To, Cc and Delivered-To, in lower case. */
  readonly recipients: readonly string[]
  readonly subject: string
}

export interface Attachment {
  /** The name of its file; `part-2` where it has none. */
  readonly name: string
  /** `text/plain`, in lower case. */
  readonly type: string
  /** Without the transfer encoding. */
  readonly bytes: Uint8Array
}

export interface Decoded {
  readonly dateMs: number | null
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly text: string
  readonly html: string | null
  readonly attachments: readonly Attachment[]
}

/** Of a message, or of its beginning with the whole header. */
export function readHead(bytes: Uint8Array): Head {
  const span = headerOf(bytes)
  const addresses = (...names: readonly string[]): string[] =>
    names
      .flatMap((name) => headerValues(bytes, span, name))
      .flatMap((value) => addressesIn(value))
      .map((address) => decodeWords(addressSpec(address)).toLowerCase())
  return {
    id: parseMessageId(headerValue(bytes, span, 'message-id') ?? '') ?? '',
    from: addresses('from', 'sender'),
    to: addresses('to'),
    recipients: addresses('to', 'cc', 'delivered-to'),
    subject: decodeWords(headerValue(bytes, span, 'subject') ?? ''),
  }
}

export function decodeMail(bytes: Uint8Array): Decoded {
  const root = parseMessage(bytes)
  const texts: string[] = []
  const pages: string[] = []
  const attachments: Attachment[] = []
  for (const part of shownParts(root)) {
    if (isAttached(part)) attachments.push(attachmentOf(bytes, part, attachments.length + 1))
    else if (part.mediaType === 'text/html') pages.push(textOf(bytes, part))
    else texts.push(textOf(bytes, part))
  }
  const html = pages.length === 0 ? null : pages.join('\n')
  return {
    dateMs: parseDate(headerValue(bytes, root, 'date') ?? '')?.ms ?? null,
    headers: headersOf(bytes, root),
    text: texts.length > 0 || html === null ? texts.join('\n') : textOfHtml(html),
    html,
    attachments,
  }
}

function headersOf(bytes: Uint8Array, span: HeaderSpan): (readonly [string, string])[] {
  return fieldsOf(bytes, span).map((field) => {
    const name = Buffer.from(bytes.subarray(field.start, field.start + field.name.length)).toString('latin1')
    return [name, decodeWords(fieldValue(bytes, field))]
  })
}

/** Leaves, and messages inside as they are. */
function* shownParts(part: Part): Generator<Part> {
  if (part.kind !== 'multipart') yield part
  else for (const child of part.children) yield* shownParts(child)
}

/** Text and pages that are to be shown are none. */
function isAttached(part: Part): boolean {
  if (part.mediaType !== 'text/plain' && part.mediaType !== 'text/html') return true
  return part.disposition?.value.toLowerCase() === 'attachment' || fileNameOf(part) !== undefined
}

function attachmentOf(bytes: Uint8Array, part: Part, number: number): Attachment {
  const name = fileNameOf(part) ?? (part.kind === 'message' ? `message-${number}.eml` : `part-${number}`)
  return { name, type: part.mediaType, bytes: contentOf(bytes, part) }
}
