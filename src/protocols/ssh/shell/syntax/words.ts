// Words of a script: quotes, parameters, substitutions (Shell Command Language §2.2, §2.6). Commands inside of
// substitutions are the parser's, which is handed in.

import { NAME, type Cursor } from './cursor.ts'
import type { ParameterOperator, Part, Script, Word } from './tree.ts'

export interface WordReader {
  readonly cursor: Cursor
  /** Commands up to a `)`, which is left. */
  commands(): Script
  /** A text of its own, from between backquotes. */
  script(text: string): Script
  /** The same reader over another text. */
  over(cursor: Cursor): WordReader
  /** Runs `read` one level deeper, or fails. */
  deeper<T>(read: () => T, otherwise: T): T
}

/** Where a run of parts ends. */
type Until = 'blank' | '}' | '"' | '))' | 'end'

const PLAIN: Record<Until, RegExp> = {
  blank: /[^\s;&|<>()"'\\$`]+/y,
  '}': /[^}"'\\$`]+/y,
  '"': /[^"\\$`]+/y,
  '))': /[^()"\\$`]+/y,
  end: /[^\\$`]+/y,
}
const BLANK_ENDS = /[\s;&|<>()]/
/** What a backslash takes its meaning from between double quotes (§2.2.3). */
const ESCAPED_IN_QUOTES = /["\\$`]/
const OPERATOR = /:?[-=?+]|%%?|##?/y
const SPECIAL = /[@*#?$!-]|[0-9]/y
const LONG_NAME = /[A-Za-z_][A-Za-z0-9_]*|[0-9]+|[@*#?$!-]/y

/** A word at the cursor; undefined if none begins here. */
export function readWord(reader: WordReader): Word | undefined {
  const { cursor } = reader
  if (cursor.done || BLANK_ENDS.test(cursor.peek())) return undefined
  return readParts(reader, 'blank', false)
}

/** The body of a here-document whose delimiter was not quoted (§2.7.4): as between double quotes, but those are text. */
export function readHereBody(reader: WordReader): Word {
  return readParts(reader, 'end', true)
}

function readParts(reader: WordReader, until: Until, quoted: boolean): Part[] {
  const { cursor } = reader
  const parts: Part[] = []
  while (!cursor.done && !endsHere(cursor, until)) {
    const plain = cursor.match(PLAIN[quoted && until === '}' ? '"' : until])
    if (plain !== '') pushPlain(cursor, parts, plain, until, quoted)
    else readSpecial(reader, parts, until, quoted)
  }
  return parts
}

/** Between double quotes `}` ends only what `${` began, so the run is cut there. */
function pushPlain(cursor: Cursor, parts: Part[], plain: string, until: Until, quoted: boolean): void {
  const end = until === '}' ? plain.indexOf('}') : -1
  const text = end === -1 ? plain : plain.slice(0, end)
  cursor.at -= plain.length - text.length
  if (text !== '') parts.push({ kind: 'text', text, quoted })
}

function endsHere(cursor: Cursor, until: Until): boolean {
  if (until === 'blank') return BLANK_ENDS.test(cursor.peek())
  return until !== 'end' && cursor.sees(until)
}

function readSpecial(reader: WordReader, parts: Part[], until: Until, quoted: boolean): void {
  const { cursor } = reader
  const next = cursor.peek()
  if (next === '\\') readEscape(cursor, parts, quoted, until)
  else if (next === '$') readDollar(reader, parts, quoted)
  else if (next === '`') readBackquotes(reader, parts, quoted)
  else if (next === '"' && until !== 'end') readDoubleQuotes(reader, parts)
  else if (next === "'" && !quoted) readSingleQuotes(cursor, parts)
  else if (next === '(' && until === '))') readNestedParens(reader, parts)
  else {
    cursor.at++
    parts.push({ kind: 'text', text: next, quoted })
  }
}

/** Within `$(( ))` parentheses come in pairs. */
function readNestedParens(reader: WordReader, parts: Part[]): void {
  const { cursor } = reader
  cursor.at++
  parts.push({ kind: 'text', text: '(', quoted: true })
  while (!cursor.done && cursor.peek() !== ')') {
    const plain = cursor.match(PLAIN['))'])
    if (plain === '') reader.deeper(() => readSpecial(reader, parts, '))', true), undefined)
    else parts.push({ kind: 'text', text: plain, quoted: true })
  }
  if (cursor.take(')')) parts.push({ kind: 'text', text: ')', quoted: true })
  else cursor.missing('missing ")"')
}

function readEscape(cursor: Cursor, parts: Part[], quoted: boolean, until: Until): void {
  const next = cursor.peek(1)
  cursor.at += next === '' ? 1 : 2
  if (next === '\n') return
  const escapes = !quoted || (until === 'end' && next === '"' ? false : ESCAPED_IN_QUOTES.test(next)) || next === until
  const text = next === '' || !escapes ? `\\${next}` : next
  parts.push({ kind: 'text', text, quoted: true })
}

function readSingleQuotes(cursor: Cursor, parts: Part[]): void {
  const end = cursor.text.indexOf("'", cursor.at + 1)
  if (end === -1) return cursor.missing('Unterminated quoted string')
  parts.push({ kind: 'text', text: cursor.text.slice(cursor.at + 1, end), quoted: true })
  cursor.at = end + 1
}

function readDoubleQuotes(reader: WordReader, parts: Part[]): void {
  const { cursor } = reader
  cursor.at++
  const inside = reader.deeper(() => readParts(reader, '"', true), [])
  if (!cursor.take('"')) cursor.missing('Unterminated quoted string')
  if (inside.length === 0) parts.push({ kind: 'text', text: '', quoted: true })
  for (const part of inside) parts.push(part)
}

function readBackquotes(reader: WordReader, parts: Part[], quoted: boolean): void {
  const { cursor } = reader
  let inner = ''
  for (cursor.at++; !cursor.done && cursor.peek() !== '`'; cursor.at++) {
    const escaped = cursor.peek() === '\\' && (quoted ? /["\\$`]/ : /[\\$`]/).test(cursor.peek(1))
    if (escaped) cursor.at++
    inner += cursor.peek()
  }
  if (!cursor.take('`')) return cursor.missing('EOF in backquote substitution')
  parts.push({ kind: 'command', script: reader.deeper(() => reader.script(inner), []), quoted })
}

function readDollar(reader: WordReader, parts: Part[], quoted: boolean): void {
  const { cursor } = reader
  cursor.at++
  if (cursor.take('((')) return readArithmetic(reader, parts, quoted)
  if (cursor.take('(')) return readSubstitution(reader, parts, quoted)
  if (cursor.take('{')) return readBraces(reader, parts, quoted)
  const name = cursor.match(NAME) || cursor.match(SPECIAL)
  if (name === '') parts.push({ kind: 'text', text: '$', quoted })
  else parts.push({ kind: 'parameter', name, quoted })
}

function readArithmetic(reader: WordReader, parts: Part[], quoted: boolean): void {
  const expression = reader.deeper(() => readParts(reader, '))', true), [])
  if (!reader.cursor.take('))')) reader.cursor.missing('missing "))"')
  parts.push({ kind: 'arithmetic', expression, quoted })
}

function readSubstitution(reader: WordReader, parts: Part[], quoted: boolean): void {
  const script = reader.deeper(() => reader.commands(), [])
  if (!reader.cursor.take(')')) reader.cursor.missing('end of file unexpected (expecting ")")')
  parts.push({ kind: 'command', script, quoted })
}

function readBraces(reader: WordReader, parts: Part[], quoted: boolean): void {
  const { cursor } = reader
  if (cursor.peek() === '#' && cursor.peek(1) !== '}') {
    cursor.at++
    const name = cursor.match(LONG_NAME)
    return closeBraces(cursor, parts, { kind: 'parameter', name, quoted, operator: 'length' })
  }
  const name = cursor.match(LONG_NAME)
  const operator = operatorOf(cursor.match(OPERATOR))
  if (operator === undefined) return closeBraces(cursor, parts, { kind: 'parameter', name, quoted })
  const trims = operator.startsWith('%') || operator.startsWith('#')
  const word = reader.deeper(() => readParts(reader, '}', quoted && !trims), [])
  closeBraces(cursor, parts, { kind: 'parameter', name, quoted, operator, word })
}

function closeBraces(cursor: Cursor, parts: Part[], part: Part & { kind: 'parameter' }): void {
  parts.push(part)
  if (cursor.done) cursor.missing('Missing "}"')
  else if (part.name === '' || !cursor.take('}')) cursor.fail('Bad substitution')
}

const OPERATORS = ['-', ':-', '=', ':=', '?', ':?', '+', ':+', '%', '%%', '#', '##'] as const

function operatorOf(text: string): ParameterOperator | undefined {
  return OPERATORS.find((operator) => operator === text)
}
