// Redirections and here-documents (Shell Command Language §2.7). The body of a here-document stands behind the line that
// announces it, so that it is filled in when the parser comes to the end of that line.

import { Cursor } from './cursor.ts'
import type { Redirection, RedirectionOperator, Word } from './tree.ts'
import { readHereBody, readWord, type WordReader } from './words.ts'

/** A here-document that is announced and not yet read. */
export interface HereDocument {
  readonly delimiter: string
  readonly stripTabs: boolean
  /** A quoted delimiter: nothing in the body is expanded. */
  readonly literal: boolean
  fill(body: Word): void
}

const REDIRECTION = /([0-9]?)(<<-|<<|<&|<>|<|>>|>&|>\||>)/y
const BLANKS = /(?:[ \t]|\\\n)*/y
const OPERATORS = ['<', '>', '>>', '>|', '<>', '<&', '>&', '<<'] as const

/** A redirection at the cursor; undefined if none begins here. */
export function readRedirection(reader: WordReader, announced: HereDocument[]): Redirection | undefined {
  const { cursor } = reader
  const found = cursor.match(REDIRECTION)
  if (found === '') return undefined
  const number = /^[0-9]/.exec(found)?.[0]
  const sign = number === undefined ? found : found.slice(1)
  cursor.match(BLANKS)
  const word = readWord(reader)
  if (word === undefined) cursor.fail(cursor.done ? 'end of file unexpected' : 'redirection unexpected', cursor.done)
  const operator = operatorOf(sign)
  const fd = number === undefined ? (operator.startsWith('<') ? 0 : 1) : Number(number)
  if (operator === '<<') return announce(fd, word ?? [], sign === '<<-', announced)
  return { fd, operator, word: word ?? [] }
}

function operatorOf(sign: string): RedirectionOperator {
  return OPERATORS.find((operator) => operator === sign) ?? '<<'
}

function announce(fd: number, delimiter: Word, stripTabs: boolean, announced: HereDocument[]): Redirection {
  const body: { word: Word } = { word: [] }
  const texts = delimiter.map((part) => (part.kind === 'text' ? part.text : ''))
  announced.push({
    delimiter: texts.join(''),
    stripTabs,
    literal: delimiter.some((part) => part.kind === 'text' && part.quoted),
    fill: (word) => (body.word = word),
  })
  return {
    fd,
    operator: '<<',
    get word() {
      return body.word
    },
  }
}

/** Reads the bodies of all that was announced on the line that has just ended. */
export function takeHereDocuments(reader: WordReader, announced: HereDocument[]): void {
  while (announced.length > 0) {
    const [next] = announced
    if (next === undefined) return
    const body = takeBody(reader.cursor, next)
    if (body === undefined) return reader.cursor.missing('here-document without its end')
    announced.shift()
    next.fill(next.literal ? [{ kind: 'text', text: body, quoted: true }] : expandable(reader, body))
  }
}

function takeBody(cursor: Cursor, { delimiter, stripTabs }: HereDocument): string | undefined {
  let body = ''
  while (!cursor.done) {
    const end = cursor.text.indexOf('\n', cursor.at)
    const line = cursor.text.slice(cursor.at, end === -1 ? undefined : end)
    cursor.at = end === -1 ? cursor.text.length : end + 1
    const bare = stripTabs ? line.replace(/^\t+/, '') : line
    if (bare === delimiter) return body
    body += `${bare}\n`
  }
  return undefined
}

function expandable(reader: WordReader, body: string): Word {
  const inner = new Cursor(body)
  const word = readHereBody(reader.over(inner))
  if (inner.problem !== undefined) reader.cursor.fail(inner.problem.message)
  return word
}
