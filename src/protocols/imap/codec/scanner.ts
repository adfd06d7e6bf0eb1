// Reads the words of one command from left to right (RFC 9051 §9). A word that is not there makes the scanner `failed`;
// whoever reads looks at that once, at the end.

import { latin1 } from '../../../wire/text.ts'
import { LITERAL_MAX_BYTES, NUMBER_MAX, type MessageSet } from '../messages.ts'
import type { CommandText } from './command-reader.ts'
import { parseDateTime } from './date.ts'
import { parseNumberSet } from './number-set.ts'
import { decodeUtf7, decodeUtf8, isAscii } from './utf7.ts'

/** What a session's names are written in. */
export type NameForm = 'utf-7' | 'utf-8'

/** Sticky, each matches at `at`. */
const ATOM = /[!#$&'+-[^-z|}~]+/y
const ASTRING = /[!#$&'+-[\]^-z|}~]+/y
const LIST_MAILBOX = /[!#$%&'*+-[\]^-z|}~\x80-\xff]+/y
const NUMBER = /\d{1,20}/y
const SET = /[\d:,*]+/y
const FLAG = /\\?[!#$&'+-[^-z|}~]+/y
const QUOTED = /"((?:[^"\\\r\n\0]|\\["\\])*)"/y
const LITERAL = /~?\{\d+\+?\}\r\n/y

export class Scanner {
  readonly text: string
  readonly names: NameForm
  at = 0
  /** Why what stands here is no command; the first reason stays. */
  failed: string | undefined
  /** It failed for a name that is none, in a command that is one otherwise. */
  hasBadName = false
  readonly #literals: readonly Uint8Array[]
  #literal = 0

  constructor(command: CommandText, names: NameForm) {
    this.text = command.text
    this.names = names
    this.#literals = command.literals
  }

  fail(reason: string): void {
    this.failed ??= reason
  }

  /** The next character; `''` at the end. */
  get next(): string {
    return this.text[this.at] ?? ''
  }

  /** Takes `word`, in any case of letters, if it stands here. */
  skip(word: string): boolean {
    const there = this.text.slice(this.at, this.at + word.length)
    if (there !== word && there.toUpperCase() !== word) return false
    this.at += word.length
    return true
  }

  expect(word: string, what = `"${word}"`): void {
    if (!this.skip(word)) this.fail(`expected ${what}`)
  }

  space(): void {
    this.expect(' ', 'something more')
  }

  /** Nothing but spaces may follow. */
  end(): void {
    while (this.next === ' ') this.at++
    if (this.at < this.text.length) this.fail('the command goes on after its end')
  }

  /** In upper case. */
  word(what: string): string {
    return this.#match(ATOM, what).toUpperCase()
  }

  atom(what: string): string {
    return this.#match(ATOM, what)
  }

  number(max = NUMBER_MAX): number {
    const value = Number(this.#match(NUMBER, 'a number'))
    if (value > max) this.fail('the number is too large')
    return value
  }

  /** A mod-sequence (RFC 7162 §7): 63 bits on the wire, of which the store uses 53. 0 comes before all of them. */
  modSequence(): number {
    return Math.min(Number(this.#match(NUMBER, 'a mod-sequence')), Number.MAX_SAFE_INTEGER)
  }

  messageSet(): MessageSet {
    if (this.skip('$')) return 'saved'
    const set = parseNumberSet(this.#match(SET, 'numbers of messages'))
    if (set === undefined) this.fail('these are no numbers of messages')
    return set ?? []
  }

  numberSet(): Exclude<MessageSet, 'saved'> {
    const set = this.messageSet()
    if (set === 'saved') this.fail('$ is not allowed here')
    return set === 'saved' ? [] : set
  }

  /** One character an octet. */
  astring(what: string): string {
    return this.#isString() ? this.string(what) : this.#match(ASTRING, what)
  }

  string(what: string): string {
    if (this.next === '"') return this.#quoted()
    const literal = this.literal(what)
    return latin1(literal)
  }

  /** `undefined`: NIL. */
  nstring(what: string): string | undefined {
    return this.skip('NIL') ? undefined : this.string(what)
  }

  literal(what: string): Uint8Array {
    this.#match(LITERAL, what)
    const literal = this.failed === undefined ? this.#literals[this.#literal] : undefined
    this.#literal++
    return literal ?? new Uint8Array(0)
  }

  /** Text of people: UTF-8. */
  utf8(what: string): string {
    const text = this.astring(what)
    const decoded = decodeUtf8(text)
    if (decoded === undefined) this.fail(`${what} is not UTF-8`)
    return decoded ?? ''
  }

  mailbox(): string {
    return this.#name(this.astring('a mailbox'))
  }

  /** With the wildcards `%` and `*` (RFC 9051 §9 list-mailbox). */
  pattern(): string {
    return this.#name(this.#isString() ? this.string('a pattern') : this.#match(LIST_MAILBOX, 'a pattern'))
  }

  /** `(one two)`, or `()`. */
  list(read: () => void): void {
    this.expect('(', 'a list in parentheses')
    if (this.skip(')')) return
    do read()
    while (this.failed === undefined && this.skip(' '))
    this.expect(')', 'the end of a list')
  }

  flags(): string[] {
    const flags: string[] = []
    this.list(() => flags.push(this.flag()))
    return flags
  }

  flag(): string {
    return this.#match(FLAG, 'a flag')
  }

  /** Milliseconds. */
  dateTime(): number {
    const ms = parseDateTime(this.#quoted())
    if (ms === undefined) this.fail('this is no date and time')
    return ms ?? 0
  }

  #isString(): boolean {
    return this.next === '"' || this.next === '{' || this.text.startsWith('~{', this.at)
  }

  #quoted(): string {
    const text = this.#match(QUOTED, 'a quoted string')
    if (text.length > LITERAL_MAX_BYTES) this.fail('the string is too long')
    const inside = text.slice(1, -1)
    return inside.includes('\\') ? inside.replaceAll(/\\(.)/g, '$1') : inside
  }

  /** Names of those who write UTF-7 may come in UTF-8 as well, as long as nothing in them reads as UTF-7. */
  #name(text: string): string {
    const decoded = this.names === 'utf-8' || !isAscii(text) ? decodeUtf8(text) : decodeUtf7(text)
    if (decoded === undefined) {
      this.fail(`the name is not ${this.names.toUpperCase()}`)
      this.hasBadName = true
    }
    return decoded ?? ''
  }

  #match(form: RegExp, what: string): string {
    if (this.failed !== undefined) return ''
    form.lastIndex = this.at
    const match = form.exec(this.text)
    if (match === null) {
      this.fail(`expected ${what}`)
      return ''
    }
    this.at = form.lastIndex
    return match[0]
  }
}
