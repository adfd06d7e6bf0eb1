// SEARCH, SORT and THREAD (RFC 9051 §6.4.4, RFC 5256): their keys as a tree, strings decoded from the charset.

import { TextDecoder } from 'node:util'
import { dayNumber, NEW_KEY, type SearchKey } from '../../content/search-key.ts'
import {
  DEPTH_MAX,
  KEYS_MAX,
  NUMBER_MAX,
  SEARCH_RETURNS,
  SORT_KEYS,
  TEXT_KEYS_MAX,
  THREAD_ALGORITHMS,
  type BadCommand,
  type Command,
  type SearchReturn,
  type SortCriterion,
} from '../../messages.ts'
import { parseDate } from '../date.ts'
import type { Scanner } from '../scanner.ts'

export function parseSearch(scan: Scanner, uid: boolean): Command | BadCommand {
  const returns = scan.skip(' RETURN ') ? returnsIn(scan) : undefined
  const charset = scan.skip(' CHARSET ') ? scan.astring('a charset') : undefined
  scan.space()
  const keys = new Keys(scan, charset)
  const key = keys.all()
  if (keys.isUnknownCharset) return { ...badCharset(), ...(returns?.includes('SAVE') === true && { unsaves: true }) }
  return { kind: 'SEARCH', uid, key, ...(returns === undefined ? {} : { returns }) }
}

export function parseSort(scan: Scanner, uid: boolean): Command | BadCommand {
  scan.space()
  const criteria = criteriaIn(scan)
  const keys = keysWithCharset(scan)
  const key = keys.all()
  return keys.isUnknownCharset ? badCharset() : { kind: 'SORT', uid, criteria, key }
}

export function parseThread(scan: Scanner, uid: boolean): Command | BadCommand {
  scan.space()
  const word = scan.word('a way of threading')
  const algorithm = THREAD_ALGORITHMS.find((each) => each === word)
  if (algorithm === undefined) scan.fail('there is no such way of threading')
  const keys = keysWithCharset(scan)
  const key = keys.all()
  return keys.isUnknownCharset ? badCharset() : { kind: 'THREAD', uid, algorithm: algorithm ?? 'REFERENCES', key }
}

function keysWithCharset(scan: Scanner): Keys {
  scan.space()
  const charset = scan.astring('a charset')
  scan.space()
  return new Keys(scan, charset)
}

function badCharset(): BadCommand {
  return { kind: 'bad', status: 'NO', code: 'BADCHARSET (UTF-8 US-ASCII)', reason: 'the charset is not known' }
}

/** RFC 4731 §3.1: nothing asked for means ALL. */
function returnsIn(scan: Scanner): SearchReturn[] {
  const returns: SearchReturn[] = []
  scan.list(() => {
    const word = scan.word('what to return')
    const known = SEARCH_RETURNS.find((each) => each === word)
    if (known === undefined) scan.fail('there is nothing of that name to return')
    else returns.push(known)
  })
  return returns.length === 0 ? ['ALL'] : returns
}

function criteriaIn(scan: Scanner): SortCriterion[] {
  const criteria: SortCriterion[] = []
  scan.list(() => {
    const reverse = scan.skip('REVERSE ')
    const word = scan.word('what to sort by')
    const key = SORT_KEYS.find((known) => known === word)
    if (key === undefined || criteria.length > SORT_KEYS.length) scan.fail('this cannot be sorted by')
    else criteria.push({ key, reverse })
  })
  if (criteria.length === 0) scan.fail('expected what to sort by')
  return criteria
}

type Read = (keys: Keys) => SearchKey

const flag =
  (name: string, set: boolean): Read =>
  () => ({ kind: 'flag', flag: name, set })
const field =
  (name: string): Read =>
  (keys) => ({ kind: 'header', name, text: keys.text() })
const date =
  (of: 'received' | 'sent' | 'saved', is: 'before' | 'on' | 'since'): Read =>
  (keys) => ({ kind: 'date', of, is, day: keys.date() })

const KEYS: Readonly<Record<string, Read>> = {
  ALL: () => ({ kind: 'all' }),
  ANSWERED: flag('\\answered', true),
  BCC: field('bcc'),
  BEFORE: date('received', 'before'),
  BODY: (keys) => ({ kind: 'body', text: keys.anywhere() }),
  CC: field('cc'),
  DELETED: flag('\\deleted', true),
  DRAFT: flag('\\draft', true),
  EMAILID: (keys) => ({ kind: 'email-id', id: keys.objectId() }),
  FLAGGED: flag('\\flagged', true),
  FROM: field('from'),
  HEADER: (keys) => ({ kind: 'header', name: keys.text().toLowerCase(), text: keys.text() }),
  KEYWORD: (keys) => ({ kind: 'flag', flag: keys.keyword(), set: true }),
  LARGER: (keys) => ({ kind: 'size', is: 'larger', octets: keys.number() }),
  MODSEQ: (keys) => ({ kind: 'modseq', from: keys.modSequence() }),
  NEW: () => NEW_KEY,
  NOT: (keys) => ({ kind: 'not', key: keys.inner() }),
  OLD: () => ({ kind: 'recent', set: false }),
  OLDER: (keys) => ({ kind: 'within', is: 'older', seconds: keys.number() }),
  ON: date('received', 'on'),
  OR: (keys) => ({ kind: 'or', left: keys.inner(), right: keys.inner() }),
  RECENT: () => ({ kind: 'recent', set: true }),
  SAVEDATESUPPORTED: () => ({ kind: 'save-date-supported' }),
  SAVEDBEFORE: date('saved', 'before'),
  SAVEDON: date('saved', 'on'),
  SAVEDSINCE: date('saved', 'since'),
  SEEN: flag('\\seen', true),
  SENTBEFORE: date('sent', 'before'),
  SENTON: date('sent', 'on'),
  SENTSINCE: date('sent', 'since'),
  SINCE: date('received', 'since'),
  SMALLER: (keys) => ({ kind: 'size', is: 'smaller', octets: keys.number() }),
  SUBJECT: field('subject'),
  TEXT: (keys) => ({ kind: 'text', text: keys.anywhere() }),
  THREADID: (keys) => ({ kind: 'thread-id', id: keys.objectId() }),
  TO: field('to'),
  UID: (keys) => keys.uids(),
  UNANSWERED: flag('\\answered', false),
  UNDELETED: flag('\\deleted', false),
  UNDRAFT: flag('\\draft', false),
  UNFLAGGED: flag('\\flagged', false),
  UNKEYWORD: (keys) => ({ kind: 'flag', flag: keys.keyword(), set: false }),
  UNSEEN: flag('\\seen', false),
  YOUNGER: (keys) => ({ kind: 'within', is: 'younger', seconds: keys.number() }),
}

/** Reads keys; what each of them needs behind its word begins with a space. */
class Keys {
  isUnknownCharset = false
  readonly #scan: Scanner
  readonly #decoder: TextDecoder | undefined
  #depth = 0
  #count = 0
  #countAnywhere = 0

  constructor(scan: Scanner, charset: string | undefined) {
    this.#scan = scan
    this.#decoder = decoderOf(charset ?? 'UTF-8')
    if (this.#decoder === undefined && scan.failed === undefined) this.isUnknownCharset = true
  }

  all(): SearchKey {
    const keys = [this.#key()]
    while (this.#scan.failed === undefined && this.#scan.skip(' ')) keys.push(this.#key())
    const [only] = keys
    return keys.length === 1 && only !== undefined ? only : { kind: 'and', keys }
  }

  inner(): SearchKey {
    this.#scan.space()
    return this.#key()
  }

  text(): string {
    this.#scan.space()
    const text = this.#scan.astring('what to look for')
    const decoded = this.#decode(text)
    if (decoded === undefined) this.#scan.fail('the text is not in the charset of the search')
    return decoded ?? ''
  }

  /** A text for which whole messages are read. */
  anywhere(): string {
    if (++this.#countAnywhere > TEXT_KEYS_MAX) this.#scan.fail('too many keys that read whole messages')
    return this.text()
  }

  keyword(): string {
    this.#scan.space()
    return this.#scan.atom('a keyword').toLowerCase()
  }

  objectId(): string {
    this.#scan.space()
    return this.#scan.astring('an object identifier')
  }

  number(): number {
    this.#scan.space()
    return this.#scan.number(NUMBER_MAX)
  }

  uids(): SearchKey {
    this.#scan.space()
    const set = this.#scan.messageSet()
    return set === 'saved' ? { kind: 'saved' } : { kind: 'uid', set }
  }

  date(): number {
    this.#scan.space()
    const day = parseDate(this.#scan.astring('a date'))
    if (day === undefined) this.#scan.fail('this is no date')
    return day ?? dayNumber(1970, 1, 1)
  }

  /** RFC 7162 §3.1.5: for one flag, or for all; a message has one mod-sequence here. */
  modSequence(): number {
    this.#scan.space()
    if (this.#scan.next === '"') {
      this.#scan.string('an entry')
      this.#scan.space()
      this.#scan.word('a type of entry')
      this.#scan.space()
    }
    return this.#scan.modSequence()
  }

  #key(): SearchKey {
    if (++this.#count > KEYS_MAX) this.#scan.fail('too many keys')
    if (++this.#depth > DEPTH_MAX) this.#scan.fail('keys are too deep within each other')
    const key = this.#scan.failed === undefined ? this.#one() : ALL
    this.#depth--
    return key
  }

  #one(): SearchKey {
    const { next } = this.#scan
    if (this.#scan.skip('(')) {
      const key = this.all()
      this.#scan.expect(')', 'the end of a group of keys')
      return key
    }
    if (next === '$' || next === '*' || (next >= '0' && next <= '9')) {
      const set = this.#scan.messageSet()
      return set === 'saved' ? { kind: 'saved' } : { kind: 'sequence', set }
    }
    const word = this.#scan.word('a search key')
    const read = Object.hasOwn(KEYS, word) ? KEYS[word] : undefined
    if (read === undefined) this.#scan.fail('there is no such search key')
    return read === undefined ? ALL : read(this)
  }

  #decode(text: string): string | undefined {
    try {
      return this.#decoder?.decode(Buffer.from(text, 'latin1')) ?? ''
    } catch {
      return undefined
    }
  }
}

const ALL: SearchKey = { kind: 'all' }

function decoderOf(charset: string): TextDecoder | undefined {
  try {
    return new TextDecoder(charset, { fatal: true, ignoreBOM: true })
  } catch {
    return undefined
  }
}
