// Words to what a command is given (Shell Command Language §2.6): tilde, parameters, substitutions, arithmetic, fields,
// paths, quotes. What it asks of the shell is one interface.

import { failure, isFailure, type Failure } from '../../../../core/failure.ts'
import type { ParameterPart, Part, Script, Word } from '../syntax/tree.ts'
import { evaluate, type Variables } from './arithmetic.ts'
import { DEFAULT_IFS, splitFields, type Field, type Piece } from './fields.ts'
import { globPaths, type Place } from './paths.ts'
import { compilePattern, hasWildcard, literalPattern, unescapePattern } from './pattern.ts'

export interface Expander extends Place, Variables {
  readonly positional: readonly string[]
  readonly home: string
  readonly user: string
  /** `$?` and the like; undefined: not set. */
  special(name: string): string | undefined
  /** What the script prints, without the line ends at its end. */
  substitute(script: Script): Promise<string | Failure>
  /** `set -u`. */
  readonly nounset: boolean
  /** `set -f`. */
  readonly noglob: boolean
  readonly memoryMaxBytes: number
}

/** Characters of a value that wildcards are taken off from: the work grows with their square. */
const TRIM_MAX_CHARS = 4096

/** A word as it is given to a command: none, one or several. */
export async function expandFields(word: Word, shell: Expander): Promise<readonly string[] | Failure> {
  const [only] = word
  if (word.length === 1 && only?.kind === 'text' && (only.quoted || !/[*?[~]/.test(only.text))) return [only.text]
  const pieces = await expandPieces(withTilde(word, shell), shell)
  if (isFailure(pieces)) return pieces
  const fields = splitFields(pieces, shell.get('IFS') ?? DEFAULT_IFS)
  const words: string[] = []
  for (const field of fields) {
    const paths = await pathsOf(field, shell)
    if (paths === undefined) return failure('E2BIG', `${field.text}: too many paths`)
    words.push(...paths)
  }
  return words
}

/** A word that stays one: assignments, names of files, what `case` looks at. */
export async function expandText(word: Word, shell: Expander, assigned = false): Promise<string | Failure> {
  const pieces = await expandPieces(assigned ? withTildes(word, shell) : withTilde(word, shell), shell)
  if (isFailure(pieces)) return pieces
  return pieces.map((piece) => (piece.kind === 'break' ? ' ' : piece.text)).join('')
}

/** A word as a pattern: what was quoted stands for itself. */
export async function expandPattern(word: Word, shell: Expander): Promise<string | Failure> {
  const pieces = await expandPieces(withTilde(word, shell), shell)
  if (isFailure(pieces)) return pieces
  return pieces
    .map((piece) => (piece.kind === 'break' ? ' ' : piece.quoted ? literalPattern(piece.text) : piece.text))
    .join('')
}

async function pathsOf(field: Field, shell: Expander): Promise<readonly string[] | undefined> {
  if (shell.noglob || !hasWildcard(field.pattern)) return [field.text]
  const paths = await globPaths(field.pattern, shell)
  return paths?.length === 0 ? [unescapePattern(field.pattern)] : paths
}

/** `~` and `~user` in front (§2.6.1). */
function withTilde(word: Word, shell: Expander): Word {
  const [first] = word
  if (first?.kind !== 'text' || first.quoted || !first.text.startsWith('~')) return word
  const [, name, rest] = /^~([^/]*)(.*)$/s.exec(first.text) ?? []
  if (name === undefined || rest === undefined || (name !== '' && name !== shell.user)) return word
  if (rest === '' && word.length > 1) return word
  const home = shell.home.endsWith('/') && rest !== '' ? shell.home.slice(0, -1) : shell.home
  return [{ kind: 'text', text: home, quoted: true }, { kind: 'text', text: rest, quoted: false }, ...word.slice(1)]
}

/** In an assignment behind each `:` as well. */
function withTildes(word: Word, shell: Expander): Word {
  return word.flatMap((part, index) => {
    if (part.kind !== 'text' || part.quoted || !part.text.includes('~')) return [part]
    return part.text.split(/(?<=:)/).flatMap((text, place) => {
      const one: Part = { kind: 'text', text, quoted: false }
      return index === 0 || place > 0 ? withTilde([one], shell) : [one]
    })
  })
}

async function expandPieces(word: Word, shell: Expander, splits = false): Promise<readonly Piece[] | Failure> {
  const pieces: Piece[] = []
  let size = 0
  for (const part of word) {
    const found = await expandPart(part, shell, splits)
    if (isFailure(found)) return found
    for (const piece of found) {
      size += piece.kind === 'text' ? piece.text.length : 0
      pieces.push(piece)
    }
    if (size > shell.memoryMaxBytes) return failure('E2BIG', 'word too long')
  }
  return pieces
}

async function expandPart(part: Part, shell: Expander, splits: boolean): Promise<readonly Piece[] | Failure> {
  if (part.kind === 'text')
    return [{ kind: 'text', text: part.text, quoted: part.quoted, splits: splits && !part.quoted }]
  if (part.kind === 'parameter') return expandParameter(part, shell)
  const value = part.kind === 'command' ? await shell.substitute(part.script) : await calculate(part.expression, shell)
  return isFailure(value) ? value : [result(value, part.quoted)]
}

async function calculate(expression: Word, shell: Expander): Promise<string | Failure> {
  const text = await expandText(expression, shell)
  return isFailure(text) ? text : evaluate(text, shell)
}

function result(text: string, quoted: boolean): Piece {
  return { kind: 'text', text, quoted, splits: !quoted }
}

async function expandParameter(part: ParameterPart, shell: Expander): Promise<readonly Piece[] | Failure> {
  const { name, operator, quoted } = part
  const isList = name === '@' || name === '*'
  if (isList && operator === undefined) return positionalPieces(name, quoted, shell)
  const value = isList ? listValue(shell) : valueOf(name, shell)
  if (operator === undefined) return value === undefined ? unset(name, quoted, shell) : [result(value, quoted)]
  if (operator === 'length')
    return [result(String([...(isList ? String(shell.positional.length) : (value ?? ''))].length), quoted)]
  if (operator.includes('%') || operator.includes('#')) return trimmed(part, value, shell)
  const missing = value === undefined || (operator.startsWith(':') && value === '')
  if (operator.endsWith('+')) return missing ? (quoted ? [result('', true)] : []) : wordPieces(part, shell)
  if (!missing) return isList ? positionalPieces(name, quoted, shell) : [result(value, quoted)]
  return substituteMissing(part, shell)
}

function listValue(shell: Expander): string | undefined {
  return shell.positional.length === 0 ? undefined : shell.positional.join(' ')
}

function valueOf(name: string, shell: Expander): string | undefined {
  return /^[A-Za-z_]/.test(name) ? shell.get(name) : shell.special(name)
}

function unset(name: string, quoted: boolean, shell: Expander): readonly Piece[] | Failure {
  if (shell.nounset) return failure('EUNSET', `${name}: parameter not set`)
  return quoted ? [result('', true)] : []
}

/** `$@`, `$*` with and without quotes (§2.5.2). */
function positionalPieces(name: string, quoted: boolean, shell: Expander): readonly Piece[] {
  if (quoted && name === '*') {
    const ifs = shell.get('IFS') ?? DEFAULT_IFS
    return [result(shell.positional.join(ifs.charAt(0)), true)]
  }
  return shell.positional.flatMap((value, index) =>
    index === 0 ? [result(value, quoted)] : [{ kind: 'break' }, result(value, quoted)],
  )
}

/** The word behind an operator: outside of quotes it is split like the value in whose place it stands. */
async function wordPieces(part: ParameterPart, shell: Expander): Promise<readonly Piece[] | Failure> {
  const word = part.word ?? []
  const pieces = await expandPieces(part.quoted ? word : withTilde(word, shell), shell, !part.quoted)
  return isFailure(pieces) || pieces.length > 0 || !part.quoted ? pieces : [result('', true)]
}

async function substituteMissing(part: ParameterPart, shell: Expander): Promise<readonly Piece[] | Failure> {
  const { name, operator = '', word = [] } = part
  if (operator.endsWith('-')) return wordPieces(part, shell)
  const text = await expandText(word, shell)
  if (isFailure(text)) return text
  if (operator.endsWith('?')) {
    return failure(
      'EUNSET',
      `${name}: ${text || (operator === ':?' ? 'parameter not set or null' : 'parameter not set')}`,
    )
  }
  if (!/^[A-Za-z_]/.test(name)) return failure('EBADSUBST', 'Bad substitution')
  if (!shell.set(name, text)) return failure('EREADONLY', `${name}: is read only`)
  return [result(text, part.quoted)]
}

async function trimmed(
  part: ParameterPart,
  value: string | undefined,
  shell: Expander,
): Promise<readonly Piece[] | Failure> {
  if (value === undefined) return unset(part.name, part.quoted, shell)
  const pattern = await expandPattern(part.word ?? [], shell)
  if (isFailure(pattern)) return pattern
  const wild = hasWildcard(pattern)
  if (wild && value.length > TRIM_MAX_CHARS) return failure('E2BIG', `${part.name}: too long to be trimmed`)
  const operator = part.operator ?? ''
  const text = wild ? trimWild(value, pattern, operator) : trimPlain(value, unescapePattern(pattern), operator)
  return [result(text, part.quoted)]
}

function trimPlain(value: string, text: string, operator: string): string {
  if (operator.startsWith('#')) return value.startsWith(text) ? value.slice(text.length) : value
  return value.endsWith(text) ? value.slice(0, value.length - text.length) : value
}

/** The shortest, or with a doubled operator the longest, end that the pattern matches. */
function trimWild(value: string, pattern: string, operator: string): string {
  const compiled = compilePattern(pattern)
  const suffix = operator.startsWith('%')
  const longest = operator.length === 2
  for (let step = 0; step <= value.length; step++) {
    const length = longest ? value.length - step : step
    const cut = suffix ? value.length - length : length
    if (compiled.matches(suffix ? value.slice(cut) : value.slice(0, cut)))
      return suffix ? value.slice(0, cut) : value.slice(cut)
  }
  return value
}
