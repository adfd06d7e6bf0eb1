// What there is to FETCH of a mail, by its BODYSTRUCTURE.

import type { Value } from './same-imap-values.ts'

interface PartFound {
  readonly number: string
  readonly kind: 'multipart' | 'message' | 'leaf'
}

/** Items for every part that the structure tells of: those of one FETCH, and those that may fail, one by one. */
export function itemsFor(structure: Value): { readonly sections: string; readonly binaries: readonly string[] } {
  const parts = partsOf(structure)
  const sections = parts.flatMap(({ number, kind }) => {
    const inner = kind === 'message' ? ['HEADER', 'TEXT', 'HEADER.FIELDS.NOT (SUBJECT)'] : []
    return [number, `${number}.MIME`, ...inner.map((word) => `${number}.${word}`)]
  })
  const leaves = parts.filter(({ kind }) => kind === 'leaf')
  return {
    sections: [...ALWAYS, ...sections.map((section) => `BODY.PEEK[${section}]`)].join(' '),
    binaries: leaves.flatMap(({ number }) => [
      `BINARY.PEEK[${number}]`,
      `BINARY.SIZE[${number}]`,
      `BINARY.PEEK[${number}]<3.7>`,
    ]),
  }
}

const ALWAYS = [
  'UID',
  'INTERNALDATE',
  'RFC822.SIZE',
  'RFC822.HEADER',
  'ENVELOPE',
  'BODY',
  'BODY.PEEK[]',
  'BODY.PEEK[HEADER]',
  'BODY.PEEK[TEXT]',
  'BODY.PEEK[HEADER.FIELDS (SUBJECT FROM)]',
  'BODY.PEEK[HEADER.FIELDS.NOT (SUBJECT FROM)]',
  'BODY.PEEK[]<0.1>',
  'BODY.PEEK[]<10.40>',
  'BODY.PEEK[]<999999999.5>',
  'BODY.PEEK[TEXT]<5.9>',
  'BODY.PEEK[HEADER]<3.20>',
  'BODY.PEEK[1]<2.100>',
]

function partsOf(structure: Value): readonly PartFound[] {
  const children = childrenOf(structure)
  return children === undefined ? below(structure, '1') : children.flatMap((child, at) => below(child, `${at + 1}`))
}

/** A part and those in it. */
function below(structure: Value, number: string): readonly PartFound[] {
  const children = childrenOf(structure)
  if (children !== undefined) return [{ number, kind: 'multipart' }, ...numbered(children, number)]
  const held = messageIn(structure)
  if (held === undefined) return [{ number, kind: 'leaf' }]
  return [{ number, kind: 'message' }, ...numbered(childrenOf(held) ?? [held], number)]
}

function numbered(children: readonly Value[], number: string): readonly PartFound[] {
  return children.flatMap((child, at) => below(child, `${number}.${at + 1}`))
}

function isList(value: Value | undefined): value is readonly Value[] {
  return Array.isArray(value)
}

/** The parts of a multipart. */
function childrenOf(structure: Value): readonly Value[] | undefined {
  if (!isList(structure) || !isList(structure[0])) return undefined
  const end = structure.findIndex((value) => !isList(value))
  return end < 0 ? structure : structure.slice(0, end)
}

/** The structure of the mail that a message/rfc822 holds. */
function messageIn(structure: Value): Value | undefined {
  if (!isList(structure)) return undefined
  const [type, subtype] = structure
  const isMessage = `${String(type)}/${String(subtype)}`.toLowerCase() === 'message/rfc822'
  return isMessage && isList(structure[7]) ? structure[8] : undefined
}
