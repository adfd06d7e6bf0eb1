// FETCH and STORE (RFC 9051 §6.4.5, §6.4.6; RFC 7162 §3.1.3, §3.1.4).

import { NUMBER_MAX } from '../../messages.ts'
import type { Command, FetchAttribute, FetchItem, Partial, Section } from '../../messages.ts'
import type { Scanner } from '../scanner.ts'

/** Items of one FETCH, and fields of one section. Ours: far beyond what a line of a client holds. */
const ITEMS_MAX = 200

const ATTRIBUTES: readonly FetchAttribute[] = [
  'BODYSTRUCTURE',
  'BODY',
  'EMAILID',
  'ENVELOPE',
  'FLAGS',
  'INTERNALDATE',
  'MODSEQ',
  'RFC822.SIZE',
  'SAVEDATE',
  'THREADID',
  'UID',
]

/** RFC 9051 §6.4.5. */
const MACROS: Readonly<Record<string, readonly FetchAttribute[]>> = {
  ALL: ['FLAGS', 'INTERNALDATE', 'RFC822.SIZE', 'ENVELOPE'],
  FAST: ['FLAGS', 'INTERNALDATE', 'RFC822.SIZE'],
  FULL: ['FLAGS', 'INTERNALDATE', 'RFC822.SIZE', 'ENVELOPE', 'BODY'],
}

/** RFC 3501 §6.4.5. */
const OLDER: Readonly<Record<string, FetchItem>> = {
  RFC822: { kind: 'section', label: 'RFC822', peek: false, section: { part: [], text: undefined } },
  'RFC822.HEADER': { kind: 'section', label: 'RFC822.HEADER', peek: true, section: { part: [], text: 'HEADER' } },
  'RFC822.TEXT': { kind: 'section', label: 'RFC822.TEXT', peek: false, section: { part: [], text: 'TEXT' } },
}

export function parseFetch(scan: Scanner, uid: boolean): Command {
  scan.space()
  const set = scan.messageSet()
  scan.space()
  const items = itemsIn(scan)
  const modifiers = scan.skip(' ') ? modifiersIn(scan) : { vanished: false }
  if (modifiers.vanished && (!uid || modifiers.changedSince === undefined)) {
    scan.fail('VANISHED goes with UID FETCH and CHANGEDSINCE only')
  }
  return { kind: 'FETCH', uid, set, items, ...modifiers }
}

function itemsIn(scan: Scanner): FetchItem[] {
  const items: FetchItem[] = []
  if (scan.next !== '(') return macro(scan) ?? [item(scan)]
  scan.list(() => {
    items.push(item(scan))
    if (items.length > ITEMS_MAX) scan.fail('too many items')
  })
  if (items.length === 0) scan.fail('expected something to fetch')
  return items
}

function macro(scan: Scanner): FetchItem[] | undefined {
  const word = /^[A-Za-z]+(?= |$)/.exec(scan.text.slice(scan.at, scan.at + 5))?.[0]
  const name = word?.toUpperCase() ?? ''
  const attributes = Object.hasOwn(MACROS, name) ? MACROS[name] : undefined
  if (attributes === undefined) return undefined
  scan.at += name.length
  return attributes.map((kind) => ({ kind }))
}

const NAME = /[A-Za-z0-9.]+/y

function item(scan: Scanner): FetchItem {
  NAME.lastIndex = scan.at
  const name = NAME.exec(scan.text)?.[0].toUpperCase() ?? ''
  scan.at += name.length
  if (scan.next === '[') return bracketed(scan, name)
  const older = Object.hasOwn(OLDER, name) ? OLDER[name] : undefined
  const attribute = ATTRIBUTES.find((each) => each === name)
  if (older === undefined && attribute === undefined) scan.fail('there is no such thing to fetch')
  return older ?? { kind: attribute ?? 'UID' }
}

function bracketed(scan: Scanner, name: string): FetchItem {
  scan.expect('[')
  const peek = name.endsWith('.PEEK')
  switch (peek ? name.slice(0, -5) : name) {
    case 'BODY':
      return bodySection(scan, peek)
    case 'BINARY':
      return binary(scan, peek)
    case 'BINARY.SIZE': {
      const part = partNumber(scan)
      scan.expect(']')
      return { kind: 'binary-size', label: `BINARY.SIZE[${part.join('.')}]`, part }
    }
    default:
      scan.fail('there is no such thing to fetch')
      return { kind: 'UID' }
  }
}

function bodySection(scan: Scanner, peek: boolean): FetchItem {
  const section = sectionIn(scan)
  scan.expect(']', 'the end of a section')
  const partial = partialIn(scan)
  const origin = partial === undefined ? '' : `<${partial.from}>`
  const label = `BODY[${formatSection(section)}]${origin}`
  return { kind: 'section', label, peek, section, ...(partial === undefined ? {} : { partial }) }
}

function binary(scan: Scanner, peek: boolean): FetchItem {
  const part = partNumber(scan)
  scan.expect(']', 'the end of a section')
  const partial = partialIn(scan)
  const label = `BINARY[${part.join('.')}]${partial === undefined ? '' : `<${partial.from}>`}`
  return { kind: 'binary', label, peek, part, ...(partial === undefined ? {} : { partial }) }
}

function partNumber(scan: Scanner): number[] {
  const part: number[] = []
  while (scan.next >= '1' && scan.next <= '9' && scan.failed === undefined) {
    part.push(scan.number())
    if (!scan.skip('.')) break
  }
  return part
}

function sectionIn(scan: Scanner): Section {
  const part = partNumber(scan)
  if (scan.next === ']') {
    if (part.length > 0 && scan.text[scan.at - 1] === '.') scan.fail('expected a number or a name of a part')
    return { part, text: undefined }
  }
  if (scan.skip('HEADER.FIELDS.NOT ')) return { part, text: { fields: fieldNames(scan), not: true } }
  if (scan.skip('HEADER.FIELDS ')) return { part, text: { fields: fieldNames(scan), not: false } }
  if (scan.skip('HEADER')) return { part, text: 'HEADER' }
  if (scan.skip('TEXT')) return { part, text: 'TEXT' }
  if (scan.skip('MIME') && part.length > 0) return { part, text: 'MIME' }
  scan.fail('there is no such section')
  return { part, text: undefined }
}

function fieldNames(scan: Scanner): string[] {
  const fields: string[] = []
  scan.list(() => {
    fields.push(scan.astring('the name of a field'))
    if (fields.length > ITEMS_MAX) scan.fail('too many fields')
  })
  if (fields.length === 0) scan.fail('expected names of fields')
  return fields
}

function partialIn(scan: Scanner): Partial | undefined {
  if (!scan.skip('<')) return undefined
  const from = scan.number()
  scan.expect('.', 'a number of octets')
  const count = scan.number(NUMBER_MAX)
  scan.expect('>', 'the end of a range')
  return { from, count }
}

function formatSection({ part, text }: Section): string {
  const dot = part.length > 0 && text !== undefined ? '.' : ''
  if (text === undefined || typeof text === 'string') return `${part.join('.')}${dot}${text ?? ''}`
  const names = text.fields.map((name) => (PLAIN_NAME.test(name) ? name.toUpperCase() : quoted(name)))
  return `${part.join('.')}${dot}HEADER.FIELDS${text.not ? '.NOT' : ''} (${names.join(' ')})`
}

const PLAIN_NAME = /^[!#$&'+-[^-z|}~]+$/

function quoted(text: string): string {
  return `"${text.replaceAll(/[\r\n\0]/g, '').replaceAll(/["\\]/g, '\\$&')}"`
}

function modifiersIn(scan: Scanner): { readonly changedSince?: number; readonly vanished: boolean } {
  let changedSince: number | undefined
  let vanished = false
  scan.list(() => {
    if (scan.skip('CHANGEDSINCE ')) changedSince = scan.modSequence()
    else if (scan.skip('VANISHED')) vanished = true
    else scan.fail('there is no such modifier')
  })
  return { vanished, ...(changedSince === undefined ? {} : { changedSince }) }
}

export function parseStore(scan: Scanner, uid: boolean): Command {
  scan.space()
  const set = scan.messageSet()
  scan.space()
  let unchangedSince: number | undefined
  if (scan.next === '(') {
    scan.list(() => {
      scan.expect('UNCHANGEDSINCE ', 'UNCHANGEDSINCE')
      unchangedSince = scan.modSequence()
    })
    scan.space()
  }
  const change = scan.skip('+') ? 'add' : scan.skip('-') ? 'remove' : 'replace'
  scan.expect('FLAGS')
  const silent = scan.skip('.SILENT')
  scan.space()
  const flags = scan.next === '(' ? scan.flags() : bareFlags(scan)
  return {
    kind: 'STORE',
    uid,
    set,
    change,
    silent,
    flags,
    ...(unchangedSince === undefined ? {} : { unchangedSince }),
  }
}

function bareFlags(scan: Scanner): string[] {
  const flags = [scan.flag()]
  while (scan.failed === undefined && scan.skip(' ')) flags.push(scan.flag())
  return flags
}
