// Address lists (RFC 5322 §3.4, with the obsolete forms of §4.4), read from real mail: what is not an address is read as
// the parts of one that it has. Text is Latin-1 as it stood, encoded words and all; `decodeWords` reads it.

import { Scanner } from './scanner.ts'

/** One person's address. Names of what RFC 5322 calls a mailbox; ours are something else. */
export interface MailAddress {
  readonly kind: 'address'
  /** The phrase before it or, for want of one, the comment behind it. */
  readonly name: string | undefined
  /** `@a,@b` (RFC 5322 §4.4 obs-route). */
  readonly route: string | undefined
  /** Unescaped: `"john doe"@x` has `john doe`. '' where there is none. */
  readonly local: string
  /** '' where there is none. */
  readonly domain: string
}

export interface AddressGroup {
  readonly kind: 'group'
  readonly name: string
  readonly members: readonly MailAddress[]
}

export type AddressEntry = MailAddress | AddressGroup

/** Addresses of one list; the others are not read. Ours. */
const ADDRESSES_MAX = 10_000

export function parseAddresses(text: string): AddressEntry[] {
  const scanner = new Scanner(text)
  const entries: AddressEntry[] = []
  while (!scanner.ended && entries.length < ADDRESSES_MAX) {
    const entry = parseEntry(scanner, true)
    if (entry !== undefined) entries.push(entry)
  }
  return entries
}

/** Every address, those in groups too. */
export function addressesIn(text: string): MailAddress[] {
  return parseAddresses(text).flatMap((entry) => (entry.kind === 'group' ? entry.members : [entry]))
}

/** `local@domain`, without quotes; '' where it has neither. */
export function addressSpec({ local, domain }: MailAddress): string {
  return domain === '' ? local : `${local}@${domain}`
}

/** What was read of an entry so far. */
interface Phrase {
  /** Words as they are shown. */
  readonly words: string[]
  /** The same words as a local part: without spaces between. */
  local: string
  domain: string
}

/** Reads up to the comma behind it, and that. Takes at least one character. */
function parseEntry(scanner: Scanner, outside: boolean): AddressEntry | undefined {
  const phrase: Phrase = { words: [], local: '', domain: '' }
  scanner.comment = ''
  for (;;) {
    scanner.skip()
    if (scanner.ended || scanner.take(',')) return bareAddress(phrase, scanner)
    if (scanner.next === ';') {
      if (outside) scanner.at++ // as Outlook writes lists
      return bareAddress(phrase, scanner)
    }
    if (scanner.take('<')) return angleAddress(phrase, scanner)
    if (outside && scanner.take(':')) return parseGroup(phrase, scanner)
    addWord(phrase, scanner)
  }
}

function addWord(phrase: Phrase, scanner: Scanner): void {
  if (scanner.take('@')) {
    const domain = parseDomain(scanner)
    if (phrase.domain === '') phrase.domain = domain
    phrase.words.push(`${phrase.words.pop() ?? ''}@${domain}`)
    return
  }
  const quoted = scanner.next === '"'
  const word = quoted ? scanner.quoted() : scanner.atom()
  if (word === '' && !quoted) scanner.at++
  if (word !== '') phrase.words.push(word)
  if (phrase.domain === '') phrase.local = isJoined(phrase.local, word) ? phrase.local + word : word
}

/** Whether two words are one local part (RFC 5322 §4.4 obs-local-part): dots stand between. */
function isJoined(left: string, right: string): boolean {
  return right === '' || left.endsWith('.') || right.startsWith('.')
}

function bareAddress(phrase: Phrase, scanner: Scanner): MailAddress | undefined {
  const comment = scanner.comment === '' ? undefined : scanner.comment
  if (phrase.words.length === 0 && phrase.domain === '') return undefined
  if (phrase.domain === '' && phrase.words.length > 1) {
    return { kind: 'address', name: phrase.words.join(' '), route: undefined, local: '', domain: '' }
  }
  return { kind: 'address', name: comment, route: undefined, local: phrase.local, domain: phrase.domain }
}

/** After `<`. Goes behind the comma that ends the entry, or up to the `;` of a group. */
function angleAddress(phrase: Phrase, scanner: Scanner): MailAddress {
  const route = parseRoute(scanner)
  let local = ''
  let domain = ''
  for (scanner.skip(); !scanner.ended && scanner.next !== '>'; scanner.skip()) {
    if (scanner.take('@')) domain = parseDomain(scanner)
    else if (scanner.next === '"') local += scanner.quoted()
    else local += takeAtom(scanner)
  }
  scanner.take('>')
  const name = phrase.words.length > 0 ? phrase.words.join(' ') : commentBehind(scanner)
  skipEntry(scanner)
  return { kind: 'address', name, route, local, domain }
}

function commentBehind(scanner: Scanner): string | undefined {
  scanner.skip()
  return scanner.comment === '' ? undefined : scanner.comment
}

/** An atom or, where a special stands, that as it is. */
function takeAtom(scanner: Scanner): string {
  const atom = scanner.atom()
  return atom === '' ? scanner.text.charAt(scanner.at++) : atom
}

function skipEntry(scanner: Scanner): void {
  for (;;) {
    scanner.skip()
    if (scanner.ended || scanner.next === ';' || scanner.take(',')) return
    if (scanner.next === '"') scanner.quoted()
    else scanner.at++
  }
}

/** `@a,@b:` before the address; `undefined`, and nothing taken, where there is no whole one. */
function parseRoute(scanner: Scanner): string | undefined {
  scanner.skip()
  const start = scanner.at
  const hops: string[] = []
  while (scanner.take('@')) {
    hops.push(`@${parseDomain(scanner)}`)
    do scanner.skip()
    while (scanner.take(','))
  }
  if (hops.length > 0 && scanner.take(':')) return hops.join(',')
  scanner.at = start
  return undefined
}

function parseDomain(scanner: Scanner): string {
  scanner.skip()
  if (scanner.next === '[') return scanner.literal()
  let domain = scanner.atom()
  while (scanner.skip() && (domain.endsWith('.') || scanner.next === '.')) domain += scanner.atom()
  return domain
}

function parseGroup(phrase: Phrase, scanner: Scanner): AddressGroup {
  const members: MailAddress[] = []
  scanner.skip()
  while (!scanner.ended && scanner.next !== ';' && members.length < ADDRESSES_MAX) {
    const member = parseEntry(scanner, false)
    if (member?.kind === 'address') members.push(member)
    scanner.skip()
  }
  scanner.take(';')
  scanner.skip()
  scanner.take(',')
  return { kind: 'group', name: phrase.words.join(' '), members }
}
