// Patterns of the shell (Shell Command Language §2.13): `*`, `?`, `[a-z]`, `[!a]`, `[[:alpha:]]`; a backslash takes a
// meaning away.

import { oneCharacter, pieceOf, piecesFit, type Piece } from '../../../../shared/wildcards/index.ts'

export interface Pattern {
  matches(text: string): boolean
}

const SPECIAL = /[*?[\\]/
const CLASSES: Readonly<Record<string, RegExp>> = {
  alpha: /[A-Za-z]/,
  digit: /[0-9]/,
  alnum: /[A-Za-z0-9]/,
  upper: /[A-Z]/,
  lower: /[a-z]/,
  space: /\s/,
  blank: /[ \t]/,
  punct: /[!-/:-@[-`{-~]/,
  print: /[ -~]/,
  graph: /[!-~]/,
  cntrl: /\p{Cc}/u,
  xdigit: /[0-9A-Fa-f]/,
}

export function compilePattern(text: string): Pattern {
  const pieces = piecesOf([...text])
  return { matches: (subject) => piecesFit(pieces, subject) }
}

/** Whether a pattern could match more than itself. */
export function hasWildcard(pattern: string): boolean {
  for (let at = 0; at < pattern.length; at++) {
    const char = pattern.charAt(at)
    if (char === '\\') at++
    else if (char === '*' || char === '?' || (char === '[' && pattern.includes(']', at + 2))) return true
  }
  return false
}

/** A pattern that matches `text` and nothing else. */
export function literalPattern(text: string): string {
  return SPECIAL.test(text) || text.includes(']') ? text.replace(/[*?[\]\\]/g, '\\$&') : text
}

export function unescapePattern(pattern: string): string {
  return pattern.replace(/\\([^])/g, '$1')
}

/** What `[:name:]` has; undefined for a name that there is not. */
export function characterClass(name: string): RegExp | undefined {
  return CLASSES[name]
}

function piecesOf(chars: readonly string[]): Piece[] {
  const pieces: Piece[] = []
  for (let at = 0; at < chars.length;) {
    const char = chars[at] ?? ''
    const set = char === '[' ? readSet(chars, at) : undefined
    if (set !== undefined) {
      pieces.push(set.has)
      at = set.end
    } else if (char === '\\' && at + 1 < chars.length) {
      pieces.push(oneCharacter(chars[at + 1] ?? ''))
      at += 2
    } else {
      pieces.push(pieceOf(char))
      at++
    }
  }
  return pieces
}

interface CharacterSet {
  readonly has: (char: string) => boolean
  readonly end: number
}

/** A bracket expression from `[` at `at`; undefined if it does not end. */
function readSet(chars: readonly string[], at: number): CharacterSet | undefined {
  const negated = chars[at + 1] === '!' || chars[at + 1] === '^'
  const first = at + (negated ? 2 : 1)
  const tests: ((char: string) => boolean)[] = []
  for (let i = first; i < chars.length;) {
    if (chars[i] === ']' && i > first) {
      return { has: (char) => tests.some((test) => test(char)) !== negated, end: i + 1 }
    }
    const item = readSetItem(chars, i)
    tests.push(item.has)
    i = item.end
  }
  return undefined
}

function readSetItem(chars: readonly string[], at: number): CharacterSet {
  const named = chars[at] === '[' && chars[at + 1] === ':' ? chars.indexOf(']', at + 2) : -1
  const found = named === -1 ? undefined : characterClass(chars.slice(at + 2, named - 1).join(''))
  if (found !== undefined) return { has: (char) => found.test(char), end: named + 1 }
  const from = charAt(chars, at)
  const ranges = chars[from.end] === '-' && chars[from.end + 1] !== ']' && from.end + 1 < chars.length
  if (!ranges) return { has: (char) => char === from.char, end: from.end }
  const to = charAt(chars, from.end + 1)
  return { has: (char) => char >= from.char && char <= to.char, end: to.end }
}

function charAt(chars: readonly string[], at: number): { char: string; end: number } {
  const escaped = chars[at] === '\\' && at + 1 < chars.length
  return { char: chars[escaped ? at + 1 : at] ?? '', end: at + (escaped ? 2 : 1) }
}
