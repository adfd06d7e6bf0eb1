// Names right beside a name in canonical order (RFC 4471): the last that could stand before it, the first behind it.

import type { Name } from '../../../core/name.ts'
import { LABEL_MAX_BYTES, NAME_MAX_BYTES } from '../../dns/messages.ts'
import { Reader } from '../../../wire/reader.ts'
import { octetLabelsOf } from '../../dns/codec/labels.ts'
import { readName } from '../../dns/codec/name.ts'

const LAST_OCTET = '\xff'

/** The first name behind `name`: its own least child (RFC 4471 §3.1.2). `name` itself where there is no room for one. */
export function nameBehind(name: Name): Name {
  const labels = labelsOf(name)
  return bytesOf(labels) + 2 > NAME_MAX_BYTES ? name : nameOfLabels([...labels, '\0'])
}

/**
 * The first name behind `name` and all that could be below it. A proof that there is no `name` must end there: a next name
 * below it would say that it exists, empty (RFC 8020 §1). Not for the root.
 */
export function nameBeyond(name: Name): Name {
  const labels = labelsOf(name)
  const own = labels.at(-1) ?? ''
  const roomy = own.length < LABEL_MAX_BYTES && bytesOf(labels) < NAME_MAX_BYTES
  const beyond = roomy ? `${own}\0` : greater(own)
  const above = labels.slice(0, -1)
  return beyond === '' ? nameBeyond(nameOfLabels(above)) : nameOfLabels([...above, beyond])
}

/** The octet behind the last one; those that are the highest already are left out. Empty where all are. */
function greater(label: string): string {
  const kept = label.replace(/\xff+$/, '')
  if (kept === '') return ''
  const last = kept.charCodeAt(kept.length - 1) + 1
  const folded = last >= 65 && last <= 90 ? 91 : last
  return kept.slice(0, -1) + String.fromCharCode(folded)
}

/** A name before `name`, with none that is in use between them (RFC 4471 §3.1.1, §3.4). Not for the root. */
export function nameBefore(name: Name): Name {
  const labels = labelsOf(name)
  const parent = labels.slice(0, -1)
  const own = labels.at(-1) ?? ''
  if (own === '\0') return nameOfLabels(parent)
  const before = own.endsWith('\0') ? own.slice(0, -1) : lesser(own, NAME_MAX_BYTES - bytesOf(parent) - 1)
  return nameOfLabels(withLastChild([...parent, before]))
}

/** The octet before the last one, and as many of the highest behind it as there is room for. */
function lesser(label: string, room: number): string {
  const last = label.charCodeAt(label.length - 1) - 1
  const folded = last >= 65 && last <= 90 ? 64 : last
  const shorter = label.slice(0, -1) + String.fromCharCode(folded)
  return shorter.padEnd(Math.min(LABEL_MAX_BYTES, room), LAST_OCTET)
}

function withLastChild(labels: readonly string[]): readonly string[] {
  const room = Math.min(LABEL_MAX_BYTES, NAME_MAX_BYTES - bytesOf(labels) - 1)
  return room > 0 ? [...labels, LAST_OCTET.repeat(room)] : labels
}

/** Labels as octets, one character each, the topmost first; none for the root. */
function labelsOf(name: Name): readonly string[] {
  return octetLabelsOf(name).toReversed()
}

function nameOfLabels(labels: readonly string[]): Name {
  const wire = labels.toReversed().map((label) => String.fromCharCode(label.length) + label)
  return readName(new Reader(Buffer.from(`${wire.join('')}\0`, 'latin1')))
}

/** On the wire. */
function bytesOf(labels: readonly string[]): number {
  return labels.reduce((sum, label) => sum + label.length + 1, 1)
}
