// The items of FETCH, each as what writes it (RFC 9051 §7.5.2). A writer says `false` where the message is gone.

import { formatBodyStructure } from '../content/body-structure.ts'
import { formatEnvelope } from '../content/envelope.ts'
import { partialOf, renderBinary, renderFields, renderSection } from '../content/section.ts'
import { formatDateTime } from '../codec/date.ts'
import type { FetchItem, Section } from '../messages.ts'
import type { Fetched } from './fetched.ts'
import { emailId } from './object-id.ts'
import type { Out } from './out.ts'
import type { Selected } from './selected.ts'

/** `gone`: the message is no more, and nothing was written. `unknown-cte`: it is in an encoding that nobody here decodes (RFC 3516 §4.3). */
export type Written = 'written' | 'gone' | 'unknown-cte'

export type WriteItem = (out: Out, fetched: Fetched) => Written

type ItemOf<Kind extends FetchItem['kind']> = Extract<FetchItem, { readonly kind: Kind }>

/** Whether a FETCH of this item reads the message, and marks it as \Seen. */
export function marksSeen(item: FetchItem): boolean {
  return (item.kind === 'section' || item.kind === 'binary') && !item.peek
}

export function readsContent(item: FetchItem): boolean {
  return item.kind === 'section' || item.kind === 'binary'
}

/** What of a message has to be read. */
export type Needs = 'nothing' | 'header' | 'content'

export function needsOf(item: FetchItem): Needs {
  switch (item.kind) {
    case 'ENVELOPE':
      return 'header'
    case 'BODY':
    case 'BODYSTRUCTURE':
    case 'binary':
    case 'binary-size':
      return 'content'
    case 'section': {
      const { part, text } = item.section
      const isHeader = part.length === 0 && text !== undefined && text !== 'TEXT' && text !== 'MIME'
      return isHeader ? 'header' : 'content'
    }
    default:
      return 'nothing'
  }
}

export function mostOf(needs: readonly Needs[]): Needs {
  if (needs.includes('content')) return 'content'
  return needs.includes('header') ? 'header' : 'nothing'
}

export function itemWriter(item: FetchItem, selected: Selected): WriteItem {
  switch (item.kind) {
    case 'FLAGS':
      return written(({ message }) => `FLAGS (${selected.flagsText(message)})`)
    case 'UID':
      return written(({ message }) => `UID ${message.uid}`)
    case 'INTERNALDATE':
      return written(({ message }) => `INTERNALDATE "${formatDateTime(message.receivedMs)}"`)
    case 'SAVEDATE':
      return written(({ message }) => `SAVEDATE "${formatDateTime(message.savedMs)}"`)
    case 'RFC822.SIZE':
      return written(({ message }) => `RFC822.SIZE ${message.size}`)
    case 'MODSEQ':
      return written(({ message }) => `MODSEQ (${message.modSeq})`)
    case 'EMAILID':
      return written(({ message }) => `EMAILID (${emailId(message)})`)
    case 'THREADID':
      return written(() => 'THREADID NIL')
    case 'ENVELOPE':
      return writeEnvelope
    case 'BODY':
      return writeStructure('BODY', false)
    case 'BODYSTRUCTURE':
      return writeStructure('BODYSTRUCTURE', true)
    case 'section':
      return sectionWriter(item)
    case 'binary':
      return binaryWriter(item)
    case 'binary-size':
      return binarySizeWriter(item)
  }
}

function written(text: (fetched: Fetched) => string): WriteItem {
  return (out, fetched) => {
    out.text(text(fetched))
    return 'written'
  }
}

const writeEnvelope: WriteItem = (out, fetched) => {
  const { header } = fetched
  if (header === undefined) return 'gone'
  out.text(`ENVELOPE ${formatEnvelope(header.bytes, header.span)}`)
  return 'written'
}

function writeStructure(label: string, extended: boolean): WriteItem {
  return (out, { content, root }) => {
    if (content === undefined || root === undefined) return 'gone'
    out.text(`${label} ${formatBodyStructure(content, root, extended)}`)
    return 'written'
  }
}

function sectionWriter({ label, section, partial }: ItemOf<'section'>): WriteItem {
  const render = rendererOf(section)
  return (out, fetched) => {
    const octets = render(fetched)
    if (octets === 'gone') return 'gone'
    writeOctets(out, label, octets === undefined ? undefined : partialOf(octets, partial))
    return 'written'
  }
}

type Render = (fetched: Fetched) => Uint8Array | undefined | 'gone'

/** The whole message needs no parsing, and its header not the whole message. */
function rendererOf(section: Section): Render {
  const { part, text } = section
  if (part.length > 0) return rendered(section)
  if (text === undefined) return ({ content }) => content ?? 'gone'
  if (text === 'HEADER') {
    return ({ header }) => (header === undefined ? 'gone' : header.bytes.subarray(0, header.span.bodyStart))
  }
  if (text === 'TEXT') return textOf
  if (text === 'MIME') return rendered(section)
  return ({ header }) =>
    header === undefined ? 'gone' : renderFields(header.bytes, header.span, text.fields, text.not)
}

function rendered(section: Section): Render {
  return ({ content, root }) =>
    content === undefined || root === undefined ? 'gone' : renderSection(content, root, section)
}

function textOf({ content, header }: Fetched): Uint8Array | 'gone' {
  if (content === undefined || header === undefined) return 'gone'
  return content.subarray(header.span.bodyStart)
}

function binaryWriter({ label, part, partial }: ItemOf<'binary'>): WriteItem {
  return (out, { content, root }) => {
    if (content === undefined || root === undefined) return 'gone'
    const octets = renderBinary(content, root, part)
    const known = octets === 'unknown-cte' ? undefined : octets
    writeBinary(out, label, known === undefined ? undefined : partialOf(known, partial))
    return octets === 'unknown-cte' ? octets : 'written'
  }
}

function binarySizeWriter({ label, part }: ItemOf<'binary-size'>): WriteItem {
  return (out, { content, root }) => {
    if (content === undefined || root === undefined) return 'gone'
    const octets = renderBinary(content, root, part)
    out.text(`${label} ${octets === undefined || octets === 'unknown-cte' ? 0 : octets.length}`)
    return octets === 'unknown-cte' ? octets : 'written'
  }
}

function writeOctets(out: Out, label: string, octets: Uint8Array | undefined): void {
  if (octets === undefined) return out.text(`${label} NIL`)
  out.text(`${label} `)
  out.literal(octets)
}

/** NUL goes in a literal of its own kind only (RFC 3516 §4.2). */
function writeBinary(out: Out, label: string, octets: Uint8Array | undefined): void {
  if (octets === undefined) return out.text(`${label} NIL`)
  out.text(`${label} ${octets.includes(0) ? '~' : ''}`)
  out.literal(octets)
}
