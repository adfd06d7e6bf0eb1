// Commands as a client writes them: text, and what has to go as a literal. One character an octet.

import type { SearchKey } from '../content/search-key.ts'
import type { Command, FetchItem, MessageSet } from '../messages.ts'
import { formatDate, formatDateTime } from './date.ts'
import { formatNumberSet } from './number-set.ts'
import type { NameForm } from './scanner.ts'
import { encodeUtf7, encodeUtf8 } from './utf7.ts'

/** Text, or the octets of a literal; its announcement is for whoever sends it. */
export type CommandPiece = string | Uint8Array

const ATOM = /^[!#$&'+-Z^-z|}~]+$/
const QUOTABLE = /^[\x20-\x7e]{0,1000}$/

/** Without a tag and without the CRLF at the end. */
export function formatCommand(command: Command, names: NameForm): readonly CommandPiece[] {
  const format = new Format(names)
  format.command(command)
  return format.pieces
}

class Format {
  readonly pieces: CommandPiece[] = []
  readonly #names: NameForm

  constructor(names: NameForm) {
    this.#names = names
  }

  command(command: Command): void {
    if ('uid' in command && command.uid) this.#text('UID ')
    if (command.kind === 'EXPUNGE' && command.uids !== undefined) this.#text('UID ')
    this.#text(command.kind)
    switch (command.kind) {
      case 'ID':
        return this.#id(command.fields)
      case 'AUTHENTICATE':
        return this.#words(command.mechanism, command.initial)
      case 'LOGIN':
        return this.#strings(command.user, command.password)
      case 'ENABLE':
        return this.#words(...command.capabilities)
      case 'COMPRESS':
        return this.#words(command.mechanism)
      case 'SELECT':
      case 'EXAMINE':
        return this.#select(command)
      case 'CREATE':
        this.#mailboxes(command.mailbox)
        return this.#text(command.uses.length === 0 ? '' : ` (USE (${command.uses.join(' ')}))`)
      case 'DELETE':
      case 'SUBSCRIBE':
      case 'UNSUBSCRIBE':
      case 'GETQUOTAROOT':
        return this.#mailboxes(command.mailbox)
      case 'GETQUOTA':
        return this.#strings(command.root)
      case 'RENAME':
        return this.#mailboxes(command.from, command.to)
      case 'LIST':
        return this.#list(command)
      case 'LSUB':
        return this.#mailboxes(command.reference, command.pattern)
      case 'STATUS':
        this.#mailboxes(command.mailbox)
        return this.#words(`(${command.items.join(' ')})`)
      case 'APPEND':
        return this.#append(command)
      case 'EXPUNGE':
        return command.uids === undefined ? undefined : this.#words(setOf(command.uids))
      case 'SEARCH':
        if (command.returns !== undefined) this.#words('RETURN', `(${command.returns.join(' ')})`)
        this.#words('CHARSET', 'UTF-8')
        return this.#keys(command.key)
      case 'SORT':
        this.#words(`(${command.criteria.map(({ key, reverse }) => `${reverse ? 'REVERSE ' : ''}${key}`).join(' ')})`)
        this.#words('UTF-8')
        return this.#keys(command.key)
      case 'THREAD':
        this.#words(command.algorithm, 'UTF-8')
        return this.#keys(command.key)
      case 'FETCH':
        return this.#fetch(command)
      case 'STORE':
        return this.#store(command)
      case 'COPY':
      case 'MOVE':
        this.#words(setOf(command.set))
        return this.#mailboxes(command.mailbox)
      default:
    }
  }

  #id(fields: readonly (readonly [string, string | undefined])[]): void {
    if (fields.length === 0) return this.#text(' NIL')
    this.#text(' (')
    fields.forEach(([name, value], at) => {
      this.#text(at === 0 ? '' : ' ')
      this.#string(name, false)
      this.#text(' ')
      if (value === undefined) this.#text('NIL')
      else this.#string(value, false)
    })
    this.#text(')')
  }

  #select({ mailbox, condstore, known }: Extract<Command, { readonly kind: 'SELECT' | 'EXAMINE' }>): void {
    this.#mailboxes(mailbox)
    const uids = known?.uids === undefined ? '' : ` ${formatNumberSet(known.uids)}`
    const options = [
      ...(condstore ? ['CONDSTORE'] : []),
      ...(known === undefined ? [] : [`QRESYNC (${known.uidValidity} ${known.modSeq}${uids})`]),
    ]
    if (options.length > 0) this.#words(`(${options.join(' ')})`)
  }

  #list({ reference, patterns, selections, returns, status }: Extract<Command, { readonly kind: 'LIST' }>): void {
    if (selections.length > 0) this.#words(`(${selections.join(' ')})`)
    this.#mailboxes(reference)
    if (patterns.length === 1) this.#mailboxes(...patterns)
    else {
      this.#text(' (')
      patterns.forEach((pattern, at) => {
        this.#text(at === 0 ? '' : ' ')
        this.#mailbox(pattern)
      })
      this.#text(')')
    }
    const words = returns.map((word) => (word === 'STATUS' ? `STATUS (${status.join(' ')})` : word))
    if (words.length > 0) this.#words('RETURN', `(${words.join(' ')})`)
  }

  #append({ mailbox, messages }: Extract<Command, { readonly kind: 'APPEND' }>): void {
    this.#mailboxes(mailbox)
    for (const { flags, dateMs, content } of messages) {
      if (flags.length > 0) this.#words(`(${flags.join(' ')})`)
      if (dateMs !== undefined) this.#words(`"${formatDateTime(dateMs)}"`)
      this.#text(' ')
      this.pieces.push(content)
    }
  }

  #fetch({ set, items, changedSince, vanished }: Extract<Command, { readonly kind: 'FETCH' }>): void {
    this.#words(setOf(set), `(${items.map(formatItem).join(' ')})`)
    if (changedSince !== undefined) this.#words(`(CHANGEDSINCE ${changedSince}${vanished ? ' VANISHED' : ''})`)
  }

  #store({ set, change, silent, flags, unchangedSince }: Extract<Command, { readonly kind: 'STORE' }>): void {
    const sign = { add: '+', remove: '-', replace: '' }[change]
    this.#words(setOf(set))
    if (unchangedSince !== undefined) this.#words(`(UNCHANGEDSINCE ${unchangedSince})`)
    this.#words(`${sign}FLAGS${silent ? '.SILENT' : ''}`, `(${flags.join(' ')})`)
  }

  /** At the top several keys need no parentheses. */
  #keys(key: SearchKey): void {
    for (const each of key.kind === 'and' ? key.keys : [key]) {
      this.#text(' ')
      this.#key(each)
    }
  }

  #key(key: SearchKey): void {
    switch (key.kind) {
      case 'and':
        key.keys.forEach((inner, at) => {
          this.#text(at === 0 ? '(' : ' ')
          this.#key(inner)
        })
        return this.#text(')')
      case 'or':
        this.#text('OR ')
        this.#key(key.left)
        this.#text(' ')
        return this.#key(key.right)
      case 'not':
        this.#text('NOT ')
        return this.#key(key.key)
      case 'header':
        this.#text('HEADER')
        return this.#strings(key.name, key.text)
      case 'body':
      case 'text':
        this.#text(key.kind.toUpperCase())
        return this.#strings(key.text)
      default:
        return this.#text(formatPlainKey(key))
    }
  }

  #words(...words: readonly (string | undefined)[]): void {
    for (const word of words) if (word !== undefined) this.#text(` ${word}`)
  }

  #strings(...texts: readonly string[]): void {
    for (const text of texts) {
      this.#text(' ')
      this.#string(text)
    }
  }

  #mailboxes(...names: readonly string[]): void {
    for (const name of names) {
      this.#text(' ')
      this.#mailbox(name)
    }
  }

  #mailbox(name: string): void {
    this.#string(this.#names === 'utf-7' ? encodeUtf7(name) : name)
  }

  #string(text: string, mayBeAtom = true): void {
    if (mayBeAtom && ATOM.test(text)) return this.#text(text)
    if (QUOTABLE.test(text)) return this.#text(`"${text.replaceAll(/["\\]/g, '\\$&')}"`)
    this.pieces.push(Buffer.from(encodeUtf8(text), 'latin1'))
  }

  #text(text: string): void {
    const last = this.pieces.at(-1)
    if (typeof last === 'string') this.pieces[this.pieces.length - 1] = last + text
    else if (text !== '') this.pieces.push(text)
  }
}

function setOf(set: MessageSet): string {
  return set === 'saved' ? '$' : formatNumberSet(set)
}

function formatItem(item: FetchItem): string {
  switch (item.kind) {
    case 'section':
    case 'binary': {
      const peek = item.peek && !item.label.startsWith('RFC822')
      const label = peek ? item.label.replace('[', '.PEEK[') : item.label
      return item.partial === undefined ? label : label.replace(/>$/, `.${item.partial.count}>`)
    }
    case 'binary-size':
      return item.label
    default:
      return item.kind
  }
}

const DATE_WORDS = { received: '', sent: 'SENT', saved: 'SAVED' } as const

function formatPlainKey(
  key: Exclude<SearchKey, { readonly kind: 'and' | 'or' | 'not' | 'header' | 'body' | 'text' }>,
): string {
  switch (key.kind) {
    case 'all':
      return 'ALL'
    case 'flag':
      return formatFlagKey(key.flag, key.set)
    case 'recent':
      return key.set ? 'RECENT' : 'OLD'
    case 'size':
      return `${key.is.toUpperCase()} ${key.octets}`
    case 'date':
      return `${DATE_WORDS[key.of]}${key.is.toUpperCase()} ${formatDate(key.day)}`
    case 'within':
      return `${key.is.toUpperCase()} ${key.seconds}`
    case 'modseq':
      return `MODSEQ ${key.from}`
    case 'sequence':
      return formatNumberSet(key.set)
    case 'uid':
      return `UID ${formatNumberSet(key.set)}`
    case 'saved':
      return '$'
    case 'save-date-supported':
      return 'SAVEDATESUPPORTED'
    case 'email-id':
      return `EMAILID ${key.id}`
    case 'thread-id':
      return `THREADID ${key.id}`
  }
}

function formatFlagKey(flag: string, set: boolean): string {
  if (flag.startsWith('\\')) return `${set ? '' : 'UN'}${flag.slice(1).toUpperCase()}`
  return `${set ? '' : 'UN'}KEYWORD ${flag}`
}
