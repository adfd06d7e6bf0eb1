// Canonical order of names (RFC 4034 §6.1): label by label from the root, each as octets in lower case.

import type { Name } from '../core/name.ts'
import { escapedByte, escapeSize } from '../shared/dns/codec/name.ts'

/** Between labels: sorts before every octet of one. */
const BETWEEN = '\0'

/** Text of octets whose plain comparison with `<` is the canonical order of names in folded presentation form. */
export function orderKey(name: Name): string {
  if (!name.includes('\\')) return name.includes('.') ? name.split('.').toReversed().join(BETWEEN) : name
  return labelsOf(name).map(keyOfLabel).toReversed().join(BETWEEN)
}

/** 0 and 1 stand as pairs, so that nothing in a label sorts as low as what stands between labels. */
function keyOfLabel(label: string): string {
  return label.replaceAll('\u0001', '\u0001\u0002').replaceAll(BETWEEN, '\u0001\u0001')
}

/** The labels, one character an octet; none for the root. */
export function labelsOf(name: Name): string[] {
  if (name === '') return []
  if (!name.includes('\\')) return name.split('.')
  const labels = ['']
  for (let at = 0; at < name.length;) {
    const size = escapeSize(name, at)
    const byte = escapedByte(name, at, size)
    at += size
    if (size === 1 && byte === 46) labels.push('')
    else labels[labels.length - 1] += String.fromCharCode(byte)
  }
  return labels
}
