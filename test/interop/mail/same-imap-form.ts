// IMAP answers in the form in which two servers are compared. What goes: texts for people, tags, capability lists, progress
// reports, \Recent. What is put in order: flags, attributes, and responses whose order says nothing. Numbers that each server
// chooses for itself are letters: V for a UIDVALIDITY, M for a mod-sequence.

import type { Answer } from './same-imap-session.ts'
import { itemsOf, valuesIn, written, type Value } from './same-imap-values.ts'

/** Attributes of LIST that servers may add unasked, by the word that asks for them (RFC 5258 §3.2, RFC 6154 §2). */
const UNASKED: Readonly<Record<string, RegExp>> = {
  CHILDREN: /\\has(no)?children ?/g,
  'SPECIAL-USE': /\\(archive|drafts|junk|sent|trash) ?/g,
}

/** What a client that said `said` sees of the answer: untagged responses in order, then the completion. */
export function formOf(said: string, { untagged, tagged }: Answer): readonly string[] {
  const lines = mergeFetches(whatWasRemoved(untagged)).flatMap(untaggedForm)
  const asked = isExtendedList(said) ? lines.map((line) => withoutUnasked(said, line)) : lines
  return [...asked.toSorted(), withoutNews(said, completionForm(tagged))]
}

function isExtendedList(said: string): boolean {
  return /\bLIST \(|\bLIST\b.*(RETURN|"" \()/.test(said)
}

function withoutUnasked(said: string, line: string): string {
  const attributes = Object.entries(UNASKED).reduce(
    (text, [word, pattern]) => (said.includes(word) ? text : text.replace(pattern, '')),
    /^LIST \([^)]*\)/.exec(line)?.[0] ?? '',
  )
  return line.replace(/^LIST \([^)]*\)/, attributes.replace(' )', ')'))
}

/** Where something was expunged the mod-sequence must be told, elsewhere it may be (RFC 7162 §3.2.5, §3.2.7). */
function withoutNews(said: string, form: string): string {
  return said.includes('EXPUNGE') ? form : form.replace(' [HIGHESTMODSEQ M]', '')
}

function completionForm(tagged: string): string {
  const [, status = tagged, code = ''] = /^((?:untagged )?\w+)(?: (\[[^\]]*\]))?/.exec(tagged) ?? []
  return [status, codeForm(code)].join(' ').trimEnd()
}

/** Codes that say more of what OK or NO say already are left out; those with sets of numbers keep the sets. */
function codeForm(code: string): string {
  const [word = '', ...rest] = code.slice(1, -1).split(' ')
  switch (word.toUpperCase()) {
    case 'CAPABILITY':
    case 'UNSEEN':
    case 'NOMODSEQ':
    case 'MAILBOXID':
    case 'ALERT':
    case 'CLIENTBUG':
    case 'CANNOT':
    case 'NONEXISTENT':
    case 'ALREADYEXISTS':
      return ''
    case 'BADCHARSET':
      return '[BADCHARSET]'
    case 'HIGHESTMODSEQ':
      return '[HIGHESTMODSEQ M]'
    case 'UIDVALIDITY':
      return '[UIDVALIDITY V]'
    case 'APPENDUID':
    case 'COPYUID':
      return `[${word} V ${rest.slice(1).map(wholeSet).join(' ')}]`
    case 'PERMANENTFLAGS':
    case 'FLAGS':
      return `[${word} ${sortedList(valuesIn(rest.join(' '))[0])}]`
    case 'MODIFIED':
      return `[${word} ${wholeSet(rest[0] ?? '')}]`
    default:
      return code.toUpperCase()
  }
}

function untaggedForm(response: string): readonly string[] {
  const text = response.trimEnd().replace(/^\* /, '')
  if (response.startsWith('+')) return ['+']
  const status = /^(OK|NO|BAD|BYE|PREAUTH)\b/i.exec(text)?.[1]?.toUpperCase()
  if (status !== undefined) {
    const form = completionForm(text)
    return form === 'OK' || form === 'OK [HIGHESTMODSEQ M]' ? [] : [form]
  }
  const [first = '', second = ''] = text.split(' ', 2)
  if (/^\d+$/.test(first)) return second === 'RECENT' ? [] : [second === 'FETCH' ? fetchForm(text) : text]
  return dataForm(first.toUpperCase(), valuesIn(text.slice(first.length + 1)), text)
}

function dataForm(word: string, values: readonly Value[], text: string): readonly string[] {
  switch (word) {
    case 'CAPABILITY':
    case 'ID':
      return []
    case 'FLAGS':
      return [`FLAGS ${sortedList(values[0])}`]
    case 'ENABLED':
      return values.length === 0 ? [] : [`ENABLED ${sortedList(values)}`]
    case 'LSUB':
      return [`LSUB ${sortedList(values[0]).replace(UNASKED['SPECIAL-USE'] ?? '', '')} ${written(values[2] ?? null)}`]
    case 'LIST':
      return [[word, sortedList(values[0]), ...values.slice(1).map(written)].join(' ')]
    case 'STATUS':
      return [`STATUS ${written(values[0] ?? null)} ${pairsForm(itemsOf(values[1]))}`]
    case 'VANISHED':
      return [
        `VANISHED ${values.map((value) => (typeof value === 'string' ? wholeSet(value) : written(value))).join(' ')}`,
      ]
    case 'SEARCH':
    case 'SORT':
      return [text.replace(/\(MODSEQ \d+\)/, '(MODSEQ M)').trimEnd()]
    case 'ESEARCH':
      return [text.replace(/ ?\(TAG "[^"]*"\)/, '').replace(/MODSEQ \d+/, 'MODSEQ M')]
    default:
      return [`${word} ${values.map(written).join(' ')}`]
  }
}

function fetchForm(text: string): string {
  const [number = ''] = text.split(' ', 1)
  return `${number} FETCH ${pairsForm(itemsOf(valuesIn(text.slice(number.length + ' FETCH '.length))[0]))}`
}

/** By name, without the order of them. */
function pairsForm(items: ReadonlyMap<string, Value>): string {
  return [...items]
    .map(([name, value]) => `${name} ${valueForm(name, value)}`)
    .toSorted()
    .join(' ')
}

function valueForm(name: string, value: Value): string {
  if (name === 'FLAGS') return sortedList(value)
  if (name === 'INTERNALDATE' && typeof value === 'string') return value.replace(/^ /, '0')
  if (name === 'MODSEQ' || name === 'HIGHESTMODSEQ') return 'M'
  return name === 'UIDVALIDITY' ? 'V' : written(value)
}

function sortedList(value: Value | undefined): string {
  const words: readonly Value[] = Array.isArray(value) ? value : []
  const forms = words.map((word) => (typeof word === 'string' ? word.toLowerCase() : written(word)))
  return `(${forms
    .filter((word) => word !== '\\recent')
    .toSorted()
    .join(' ')})`
}

/** Every number of a set one by one, in ascending order. */
function wholeSet(text: string): string {
  if (!/^[\d:,]+$/.test(text)) return text
  const numbers = text.split(',').flatMap((range) => {
    const [from = 0, to = from] = range.split(':').map(Number)
    return Array.from({ length: Math.abs(to - from) + 1 }, (_, at) => Math.min(from, to) + at)
  })
  return numbers.toSorted((a, b) => a - b).join(',')
}

/** Servers may remove from either end: EXPUNGE responses get the numbers that the messages had at first. */
function whatWasRemoved(responses: readonly string[]): readonly string[] {
  const gone: number[] = []
  return responses.map((response) => {
    const expunged = /^\* (\d+) EXPUNGE\r\n$/i.exec(response)
    if (expunged === null) return response
    let number = Number(expunged[1])
    for (const before of gone.toSorted((a, b) => a - b)) if (before <= number) number += 1
    gone.push(number)
    return `* ${number} EXPUNGE\r\n`
  })
}

/** One response for each message, where a server sends several; the last word on an item counts. */
function mergeFetches(responses: readonly string[]): readonly string[] {
  const fetched = new Map<string, string>()
  const others = responses.filter((response) => {
    const found = /^\* (\d+) FETCH \(([^]*)\)\r\n$/.exec(response)
    if (found === null) return true
    const [, number = '', items = ''] = found
    const before = fetched.get(number)
    fetched.set(number, before === undefined ? items : `${before} ${items}`)
    return false
  })
  return [...others, ...[...fetched].map(([number, items]) => `* ${number} FETCH (${items})\r\n`)]
}
