// Responses as a client reads them (RFC 9051 §7): put together as they come, then parsed.

import type { Inbox } from '../../../wire/inbox.ts'
import { latin1 } from '../../../wire/text.ts'
import type { Response, Status, Value } from '../messages.ts'

/** Octets of a line without its literals. Ours: a SEARCH that finds 100,000 messages. */
const LINE_MAX_BYTES = 1_048_576
/** What the inbox may hold of a line that is not whole, less a literal's announcement. */
const PIECE_MAX_BYTES = 131_072
/** Octets of one response, literals included. Ours: twice the largest message. */
const RESPONSE_MAX_BYTES = 67_108_864
const DEPTH_MAX = 200
const LF = 10
const ANNOUNCEMENT = /\{(\d{1,10})\}$/

export type ResponseStep = Response | 'more' | 'malformed'

export class ResponseReader {
  #text = ''
  #literals: Uint8Array[] = []
  #octets = 0
  #literal: { readonly buffer: Uint8Array; filled: number } | undefined

  /** The next response. After `malformed` nothing can be understood any more. */
  next(inbox: Inbox): ResponseStep {
    for (;;) {
      if (this.#literal !== undefined && !this.#fill(inbox, this.#literal)) return 'more'
      const line = this.#line(inbox)
      if (line === 'more' || line === 'malformed') return line
      if (line !== 'piece' && !this.#announces(line.text)) return this.#finish()
      if (this.#octets > RESPONSE_MAX_BYTES) return 'malformed'
    }
  }

  /** A line, or the first piece of one that is longer than should lie unread. */
  #line(inbox: Inbox): { readonly text: string } | 'piece' | 'more' | 'malformed' {
    const end = inbox.indexOf(LF)
    if (end === -1 && inbox.length < PIECE_MAX_BYTES) return 'more'
    const bytes = inbox.take(end === -1 ? inbox.length : end + 1) ?? new Uint8Array(0)
    this.#text += latin1(bytes)
    if (this.#text.length > LINE_MAX_BYTES) return 'malformed'
    if (end === -1) return 'piece'
    this.#text = this.#text.replace(/\r?\n$/, '')
    return { text: this.#text }
  }

  #announces(text: string): boolean {
    const size = text.endsWith('}') ? ANNOUNCEMENT.exec(text)?.[1] : undefined
    if (size === undefined) return false
    const octets = Number(size)
    this.#octets += octets
    this.#text += '\r\n'
    if (this.#octets <= RESPONSE_MAX_BYTES) this.#literal = { buffer: new Uint8Array(octets), filled: 0 }
    return true
  }

  #fill(inbox: Inbox, literal: { readonly buffer: Uint8Array; filled: number }): boolean {
    const chunk = inbox.take(Math.min(inbox.length, literal.buffer.length - literal.filled))
    if (chunk !== undefined) literal.buffer.set(chunk, literal.filled)
    literal.filled += chunk?.length ?? 0
    if (literal.filled < literal.buffer.length) return false
    this.#literals.push(literal.buffer)
    this.#literal = undefined
    return true
  }

  #finish(): Response | 'malformed' {
    const response = parseResponse(this.#text, this.#literals)
    this.#text = ''
    this.#literals = []
    this.#octets = 0
    return response ?? 'malformed'
  }
}

const STATUS = /^(\S+) (OK|NO|BAD|BYE|PREAUTH)(?: |$)(?:\[([^\] ]+)(?: ([^\]]*))?\] ?)?/i
const NUMBERED = /^\* (\d{1,10}) ([A-Za-z]+) ?/
const NAMED = /^\* ([A-Za-z][A-Za-z0-9-]*) ?/

/** One response without its CRLF; each literal's announcement and CRLF stand in it. `undefined`: it is none. */
function parseResponse(text: string, literals: readonly Uint8Array[]): Response | undefined {
  if (text === '+' || text.startsWith('+ ')) return { kind: 'continue', text: text.slice(2) }
  const status = STATUS.exec(text)
  if (status !== null) return statusFrom(status, text)
  const numbered = NUMBERED.exec(text)
  const head = numbered ?? NAMED.exec(text)
  if (head === null) return undefined
  const values = new Values(text, head[0].length, literals).all()
  if (values === undefined) return undefined
  const name = (numbered?.[2] ?? head[1] ?? '').toUpperCase()
  return { kind: 'data', name, values, ...(numbered === null ? {} : { number: Number(numbered[1]) }) }
}

function statusFrom(match: RegExpExecArray, text: string): Response {
  const [whole, tag = '*', word = '', code, codeText] = match
  return {
    kind: 'status',
    status: statusOf(word),
    text: text.slice(whole.length),
    ...(tag === '*' ? {} : { tag }),
    ...(code === undefined ? {} : { code: code.toUpperCase() }),
    ...(codeText === undefined ? {} : { codeText }),
  }
}

function statusOf(word: string): Status {
  const upper = word.toUpperCase()
  return upper === 'OK' || upper === 'NO' || upper === 'BYE' || upper === 'PREAUTH' ? upper : 'BAD'
}

const QUOTED = /"((?:[^"\\]|\\.)*)"/y
const LITERAL = /~?\{\d+\}\r\n/y
/** BODY[..] has spaces and parentheses between its brackets. */
const ATOM = /(?:[^\s()"{[\]]|\[[^\]]*\])+/y

class Values {
  readonly #text: string
  readonly #literals: readonly Uint8Array[]
  #at: number
  #literal = 0
  #failed = false

  constructor(text: string, at: number, literals: readonly Uint8Array[]) {
    this.#text = text
    this.#at = at
    this.#literals = literals
  }

  all(): readonly Value[] | undefined {
    const values = this.#list(0)
    return this.#failed || this.#at < this.#text.length ? undefined : values
  }

  /** Up to a closing parenthesis, or the end. */
  #list(depth: number): Value[] {
    const values: Value[] = []
    while (!this.#failed) {
      while (this.#text[this.#at] === ' ') this.#at++
      const next = this.#text[this.#at]
      if (next === undefined || (next === ')' && depth > 0)) break
      values.push(this.#value(next, depth))
    }
    return values
  }

  #value(next: string, depth: number): Value {
    if (next === '(') return this.#parenthesised(depth)
    if (next === '"') return Buffer.from(this.#match(QUOTED).slice(1, -1).replaceAll(/\\(.)/g, '$1'), 'latin1')
    if (next === '{' || this.#text.startsWith('~{', this.#at)) {
      this.#match(LITERAL)
      return this.#literals[this.#literal++] ?? new Uint8Array(0)
    }
    const atom = this.#match(ATOM)
    return atom.toUpperCase() === 'NIL' ? null : atom
  }

  #parenthesised(depth: number): Value {
    this.#at++
    if (depth >= DEPTH_MAX) this.#failed = true
    const values = this.#failed ? [] : this.#list(depth + 1)
    if (this.#text[this.#at] !== ')') this.#failed = true
    this.#at++
    return values
  }

  #match(form: RegExp): string {
    form.lastIndex = this.#at
    const match = form.exec(this.#text)
    if (match === null) this.#failed = true
    else this.#at = form.lastIndex
    return match?.[0] ?? ''
  }
}
