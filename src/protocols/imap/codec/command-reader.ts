// Puts one command together from the octets as they come (RFC 9051 §2.2.1, §4.3): lines, and the literals between them.
// It does not know what commands mean, except that a literal of APPEND may be a message.

import type { Inbox } from '../../../wire/inbox.ts'
import { latin1 } from '../../../wire/text.ts'
import {
  EARLY_LITERAL_MAX_BYTES,
  LINE_MAX_BYTES,
  LITERALS_MAX,
  LITERALS_MAX_BYTES,
  LITERAL_MAX_BYTES,
  SKIP_MAX_BYTES,
  UNASKED_LITERAL_MAX_BYTES,
} from '../messages.ts'

/** A command whole: its lines, each literal's announcement and CRLF left in place, and the literals in their order. */
export interface CommandText {
  readonly kind: 'command'
  /** One character an octet. */
  readonly text: string
  readonly literals: readonly Uint8Array[]
}

export type ReaderStep =
  | { readonly kind: 'more' }
  | CommandText
  /** A message is announced, and waits for `proceed` or `refuse`. `text`: the command so far. */
  | { readonly kind: 'announced'; readonly text: string; readonly octets: number }
  /** The client waits for a go-ahead. */
  | { readonly kind: 'go-ahead' }
  /** What came is no command. `fatal`: where the next one begins cannot be told. */
  | {
      readonly kind: 'bad'
      readonly tag: string | undefined
      readonly status: 'BAD' | 'NO'
      readonly code?: string
      readonly reason: string
      readonly fatal: boolean
    }

export interface ReaderLimits {
  readonly messageMaxBytes: number
  /** Somebody has logged in. */
  isLoggedIn(): boolean
  /** Counts octets of a literal that are held; `false`: too many are held by all connections together. */
  hold(octets: number): boolean
  release(octets: number): void
}

interface Announcement {
  readonly octets: number
  /** The client waits for a go-ahead (RFC 9051 §4.3). */
  readonly asks: boolean
}

const MORE: ReaderStep = { kind: 'more' }
/** The client goes on without being asked to. */
const LITERAL_FOLLOWS: ReaderStep = { kind: 'more' }
const GO_AHEAD: ReaderStep = { kind: 'go-ahead' }
const LF = 10
const CLOSING_BRACE = 125
const ANNOUNCEMENT = /\{(\d{1,20})(\+?)\}$/
/** The mailbox of APPEND may be a literal as well: it stands right behind the word. */
const APPEND_WORD = /^[^ ]+ APPEND /i
const APPEND_MAILBOX = /^[^ ]+ APPEND \{\d+\+?\}$/i
const TAG = /^[!#$&',-[\]^-z|}~]{1,100}(?= |$)/
const FIRST_LITERAL_BYTES = 65_536

export class CommandReader {
  readonly #limits: ReaderLimits
  #text = ''
  #literals: Uint8Array[] | undefined
  #literalBytes = 0
  #heldBytes = 0
  #literal: { buffer: Uint8Array; filled: number; readonly octets: number } | undefined
  #announced: Announcement | undefined
  /** Octets to drop, and whether the line behind them goes too. */
  #skipBytes = 0
  #skipsLine = false

  constructor(limits: ReaderLimits) {
    this.#limits = limits
  }

  /** Whether a command has begun. */
  get isWithin(): boolean {
    return this.#text !== '' || this.#skipsLine
  }

  next(inbox: Inbox): ReaderStep {
    for (;;) {
      const step = this.#step(inbox)
      if (step !== LITERAL_FOLLOWS) return step
    }
  }

  #step(inbox: Inbox): ReaderStep {
    if (this.#announced !== undefined) return MORE
    if (this.#literal !== undefined && !this.#fill(inbox, this.#literal)) {
      return this.#literal === undefined ? this.#tooMuchHeld() : MORE
    }
    if (this.#skipsLine && !this.#skip(inbox)) return MORE
    const line = inbox.line(LINE_MAX_BYTES - this.#text.length, true)
    if (line === 'more') return MORE
    if (line === 'too-long') return this.#lineTooLong(inbox)
    return this.#line(latin1(line))
  }

  /** After `announced`: the message may come. */
  proceed(): ReaderStep {
    const announced = this.#announced
    this.#announced = undefined
    return announced === undefined ? MORE : this.#begin(announced)
  }

  /** After `announced`: it shall not. A client that did not ask sends it all the same, and it is dropped. */
  refuse(): void {
    const announced = this.#announced
    this.#announced = undefined
    this.#reset()
    if (announced?.asks === false) this.#drop(announced.octets)
  }

  /** Lets go of what was collected. */
  close(): void {
    this.#reset()
  }

  #line(line: string): ReaderStep {
    const text = this.#text === '' ? line : this.#text + line
    const announced = line.charCodeAt(line.length - 1) === CLOSING_BRACE ? announcementIn(line) : undefined
    if (announced === undefined) {
      const command: CommandText = { kind: 'command', text, literals: this.#literals ?? [] }
      this.#reset()
      return command
    }
    this.#text = text
    return this.#announce(announced)
  }

  #announce(announced: Announcement): ReaderStep {
    const isAppend = APPEND_WORD.test(this.#text) && this.#limits.isLoggedIn()
    const isMessage = isAppend && !APPEND_MAILBOX.test(this.#text)
    const refusal = isMessage ? this.#refusedMessage(announced) : this.#refusedString(announced)
    if (refusal !== undefined) return this.#refused(announced, refusal)
    if (!isMessage) return this.#begin(announced)
    this.#announced = announced
    return { kind: 'announced', text: this.#text, octets: announced.octets }
  }

  #refusedMessage({ octets, asks }: Announcement): Refusal | undefined {
    if (octets > this.#limits.messageMaxBytes) return TOO_BIG
    return !asks && octets > UNASKED_LITERAL_MAX_BYTES ? UNASKED : undefined
  }

  #refusedString({ octets, asks }: Announcement): Refusal | undefined {
    const max = this.#limits.isLoggedIn() ? LITERAL_MAX_BYTES : EARLY_LITERAL_MAX_BYTES
    const count = this.#literals?.length ?? 0
    if (octets > max || count >= LITERALS_MAX || this.#literalBytes + octets > LITERALS_MAX_BYTES) return TOO_LONG
    return !asks && octets > UNASKED_LITERAL_MAX_BYTES ? UNASKED : undefined
  }

  #refused({ octets, asks }: Announcement, refusal: Refusal): ReaderStep {
    const tag = tagOf(this.#text)
    this.#reset()
    const fatal = !asks && octets > SKIP_MAX_BYTES
    if (!asks && !fatal) this.#drop(octets)
    return { kind: 'bad', tag, ...refusal, fatal }
  }

  #begin({ octets, asks }: Announcement): ReaderStep {
    this.#text += '\r\n'
    this.#literal = { buffer: new Uint8Array(Math.min(octets, FIRST_LITERAL_BYTES)), filled: 0, octets }
    return asks ? GO_AHEAD : LITERAL_FOLLOWS
  }

  /** True once the literal is whole. Octets are taken as they come: nothing piles up in the inbox. */
  #fill(inbox: Inbox, literal: { buffer: Uint8Array; filled: number; readonly octets: number }): boolean {
    const chunk = inbox.take(Math.min(inbox.length, literal.octets - literal.filled))
    if (chunk !== undefined && chunk.length > 0) {
      if (!this.#hold(chunk.length)) return false
      literal.buffer = roomFor(literal.buffer, literal.filled + chunk.length, literal.octets)
      literal.buffer.set(chunk, literal.filled)
      literal.filled += chunk.length
    }
    if (literal.filled < literal.octets) return false
    this.#literals ??= []
    this.#literals.push(literal.buffer)
    this.#literalBytes += literal.octets
    this.#literal = undefined
    return true
  }

  #hold(octets: number): boolean {
    if (this.#limits.hold(octets)) {
      this.#heldBytes += octets
      return true
    }
    this.#literal = undefined
    return false
  }

  #tooMuchHeld(): ReaderStep {
    const tag = tagOf(this.#text)
    this.#reset()
    return { kind: 'bad', tag, status: 'NO', code: 'LIMIT', reason: 'too much mail at once, try later', fatal: true }
  }

  #drop(octets: number): void {
    this.#skipBytes = octets
    this.#skipsLine = true
  }

  /** True once all is dropped, up to the end of the line that no literal follows. */
  #skip(inbox: Inbox): boolean {
    while (this.#skipsLine) {
      const taken = Math.min(this.#skipBytes, inbox.length)
      inbox.skip(taken)
      this.#skipBytes -= taken
      if (this.#skipBytes > 0) return false
      const end = inbox.indexOf(LF)
      if (end === -1) {
        if (inbox.length > LINE_MAX_BYTES) inbox.skip(inbox.length - ANNOUNCEMENT_MAX_BYTES)
        return false
      }
      const announced = announcementIn(latin1(inbox.peek(end)).replace(/\r$/, ''))
      inbox.skip(end + 1)
      if (announced === undefined || announced.asks || announced.octets > SKIP_MAX_BYTES) this.#skipsLine = false
      else this.#skipBytes = announced.octets
    }
    return true
  }

  #lineTooLong(inbox: Inbox): ReaderStep {
    const tag = tagOf(this.#text === '' ? latin1(inbox.peek(LINE_MAX_BYTES)) : this.#text)
    this.#reset()
    this.#drop(0)
    return { kind: 'bad', tag, status: 'BAD', reason: 'the command is too long', fatal: false }
  }

  #reset(): void {
    this.#limits.release(this.#heldBytes)
    this.#heldBytes = 0
    this.#text = ''
    this.#literals = undefined
    this.#literalBytes = 0
    this.#literal = undefined
  }
}

interface Refusal {
  readonly status: 'BAD' | 'NO'
  readonly code?: string
  readonly reason: string
}

const ANNOUNCEMENT_MAX_BYTES = 24
const TOO_BIG: Refusal = { status: 'NO', code: 'TOOBIG', reason: 'the message is too big' }
const TOO_LONG: Refusal = { status: 'BAD', code: 'TOOBIG', reason: 'the literal is too long' }
const UNASKED: Refusal = {
  status: 'BAD',
  code: 'TOOBIG',
  reason: `a literal of more than ${UNASKED_LITERAL_MAX_BYTES} octets must be asked for`,
}

/** The tag that a line begins with. */
export function tagOf(text: string): string | undefined {
  return TAG.exec(text)?.[0]
}

/** A quoted string does not end with its line: what looks like an announcement in one is none. */
function announcementIn(line: string): Announcement | undefined {
  const match = ANNOUNCEMENT.exec(line)
  if (match === null || isWithinQuotes(line, match.index)) return undefined
  return { octets: Number(match[1]), asks: match[2] === '' }
}

function isWithinQuotes(line: string, until: number): boolean {
  let within = false
  for (let i = 0; i < until; i++) {
    const char = line[i]
    if (within && char === '\\') i++
    else if (char === '"') within = !within
  }
  return within
}

function roomFor(buffer: Uint8Array, needed: number, whole: number): Uint8Array {
  if (needed <= buffer.length) return buffer
  const grown = new Uint8Array(Math.min(whole, Math.max(needed, buffer.length * 2)))
  grown.set(buffer)
  return grown
}
