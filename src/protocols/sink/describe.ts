// How a conversation began, for people and for the record.

import type { Event } from '../../core/event.ts'
import type { Sample } from './messages.ts'

/** Characters of the one-line summary's excerpt. */
const EXCERPT_MAX_CHARACTERS = 60

/** `18 bytes: "GET / HTTP/1.1\r\n"`; bytes that are no printable ASCII make it hexadecimal. */
export function describeSample(sample: Sample): string {
  const bytes = sample.totalBytes === 1 ? '1 byte' : `${sample.totalBytes} bytes`
  if (sample.head.length === 0) return bytes
  const text = isText(sample.head) ? `"${escaped(sample.head)}"` : hex(sample.head)
  const cut = text.length > EXCERPT_MAX_CHARACTERS ? `${text.slice(0, EXCERPT_MAX_CHARACTERS)}…` : text
  return `${bytes}: ${cut}`
}

export function receivedEvent(sample: Sample): Event {
  return {
    kind: 'sink.received',
    summary: describeSample(sample),
    detail: { bytes: sample.totalBytes, hex: hex(sample.head), ascii: ascii(sample.head) },
  }
}

/** Printable ASCII, tabs and line ends. */
function isText(bytes: Uint8Array): boolean {
  return bytes.every((byte) => (byte >= 0x20 && byte < 0x7f) || byte === 0x09 || byte === 0x0a || byte === 0x0d)
}

const ESCAPES = new Map([
  [0x09, '\\t'],
  [0x0a, '\\n'],
  [0x0d, '\\r'],
  [0x22, '\\"'],
  [0x5c, '\\\\'],
])

function escaped(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => ESCAPES.get(byte) ?? String.fromCharCode(byte)).join('')
}

/** Pairs of digits with spaces between. */
function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(' ')
}

/** As in a hexdump's right column: a dot for what cannot be printed. */
function ascii(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.')).join('')
}
