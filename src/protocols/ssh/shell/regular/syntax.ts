// Regular expressions of POSIX.1-2017 §9, basic and extended, with GNU's `\+`, `\?`, `\|`, `\w`, `\s`, `\b`, `\<`, `\>`.
// Back-references are refused: with them, no matcher is bounded.

import { failure, type Failure } from '../../../../core/failure.ts'
import { characterClass } from '../expand/pattern.ts'

export type Node =
  | { readonly kind: 'char'; readonly has: (char: string) => boolean }
  | { readonly kind: 'assert'; readonly where: Assertion }
  | { readonly kind: 'sequence'; readonly nodes: readonly Node[] }
  | { readonly kind: 'choice'; readonly nodes: readonly Node[] }
  | { readonly kind: 'repeat'; readonly node: Node; readonly min: number; readonly max: number }

export type Assertion = 'start' | 'end' | 'edge' | 'inside' | 'word-start' | 'word-end'

export interface SyntaxOptions {
  readonly extended: boolean
  readonly ignoreCase: boolean
}

/** POSIX demands 255 (RE_DUP_MAX). */
const REPEAT_MAX = 255
const NESTING_MAX = 50
const ASSERTIONS: Readonly<Record<string, Assertion>> = { b: 'edge', B: 'inside', '<': 'word-start', '>': 'word-end' }
const WORD = /\w/
const SPACE = /\s/
const CLASSES: Readonly<Record<string, (char: string) => boolean>> = {
  w: (char) => WORD.test(char),
  W: (char) => !WORD.test(char),
  s: (char) => SPACE.test(char),
  S: (char) => !SPACE.test(char),
}

/** The expression as a tree; a failure says what GNU grep says. */
export function parseExpression(text: string, options: SyntaxOptions): Node | Failure {
  const parser = new ExpressionParser([...text], options)
  const node = parser.choice(0)
  if (!parser.done) parser.fail('Unmatched ) or \\)')
  return parser.problem ?? node
}

class ExpressionParser {
  readonly #chars: readonly string[]
  readonly #extended: boolean
  readonly #ignoreCase: boolean
  #at = 0
  problem: Failure | undefined

  constructor(chars: readonly string[], { extended, ignoreCase }: SyntaxOptions) {
    this.#chars = chars
    this.#extended = extended
    this.#ignoreCase = ignoreCase
  }

  get done(): boolean {
    return this.#at >= this.#chars.length
  }

  fail(message: string): void {
    this.problem ??= failure('EREGEX', message)
    this.#at = this.#chars.length
  }

  choice(depth: number): Node {
    if (depth > NESTING_MAX) this.fail('Regular expression too big')
    const nodes = [this.#sequence(depth)]
    while (this.#takesOperator('|')) nodes.push(this.#sequence(depth))
    return nodes.length === 1 && nodes[0] !== undefined ? nodes[0] : { kind: 'choice', nodes }
  }

  /** An operator is bare in extended expressions, and behind a backslash in basic ones. */
  #sees(operator: string): boolean {
    if (this.#extended) return this.#chars[this.#at] === operator
    return this.#chars[this.#at] === '\\' && this.#chars[this.#at + 1] === operator
  }

  #takesOperator(operator: string): boolean {
    if (!this.#sees(operator)) return false
    this.#at += this.#extended ? 1 : 2
    return true
  }

  #sequence(depth: number): Node {
    const nodes: Node[] = []
    const closes = depth > 0 || this.#extended
    while (!this.done && !this.#sees('|')) {
      if (closes && this.#sees(')')) break
      nodes.push(this.#repeated(this.#atom(depth, nodes.length === 0), nodes.length === 0))
    }
    return { kind: 'sequence', nodes }
  }

  #repeated(atom: Node, first: boolean): Node {
    let node = atom
    if (first && atom.kind === 'assert' && !this.#extended) return node
    for (;;) {
      const counts = this.#counts()
      if (counts === undefined) return node
      node = { kind: 'repeat', node, ...counts }
    }
  }

  #counts(): { min: number; max: number } | undefined {
    if (this.#chars[this.#at] === '*') {
      this.#at++
      return { min: 0, max: Infinity }
    }
    if (this.#takesOperator('+')) return { min: 1, max: Infinity }
    if (this.#takesOperator('?')) return { min: 0, max: 1 }
    return this.#sees('{') ? this.#interval() : undefined
  }

  #interval(): { min: number; max: number } | undefined {
    const rest = this.#chars.slice(this.#at, this.#at + 16).join('')
    const found = (this.#extended ? /^\{(\d*)(,?)(\d*)\}/ : /^\\\{(\d*)(,?)(\d*)\\\}/).exec(rest)
    if (found === null) {
      this.fail('Invalid preceding regular expression')
      return undefined
    }
    this.#at += found[0].length
    const min = Number(found[1] ?? '0')
    const max = found[2] === '' ? min : found[3] === '' ? Infinity : Number(found[3])
    if (min <= max && min <= REPEAT_MAX && (max === Infinity || max <= REPEAT_MAX)) return { min, max }
    this.fail(min > max ? 'Invalid content of \\{\\}' : 'Regular expression too big')
    return undefined
  }

  #atom(depth: number, first: boolean): Node {
    const char = this.#chars[this.#at] ?? ''
    if (this.#takesOperator('(')) return this.#group(depth)
    this.#at++
    if (char === '\\') return this.#escaped()
    if (char === '[') return this.#bracket()
    if (char === '.') return { kind: 'char', has: () => true }
    if (char === '^' && (this.#extended || first)) return { kind: 'assert', where: 'start' }
    if (char === '$' && this.#endsHere()) return { kind: 'assert', where: 'end' }
    return this.#literal(char)
  }

  /** `$` of a basic expression is an anchor at the end of it, and of a group or branch. */
  #endsHere(): boolean {
    if (this.#extended || this.done) return true
    const next = this.#chars[this.#at + 1]
    return this.#chars[this.#at] === '\\' && (next === ')' || next === '|')
  }

  #group(depth: number): Node {
    const node = this.choice(depth + 1)
    if (!this.#takesOperator(')')) this.fail('Unmatched ( or \\(')
    return node
  }

  #escaped(): Node {
    const char = this.#chars[this.#at++]
    if (char === undefined) this.fail('Trailing backslash')
    const named = CLASSES[char ?? '']
    if (named !== undefined) return { kind: 'char', has: named }
    const where = ASSERTIONS[char ?? '']
    if (where !== undefined) return { kind: 'assert', where }
    if (/[1-9]/.test(char ?? '')) this.fail('back-references are not supported here')
    return this.#literal(char ?? '')
  }

  #literal(char: string): Node {
    if (!this.#ignoreCase) return { kind: 'char', has: (other) => other === char }
    const lower = char.toLowerCase()
    return { kind: 'char', has: (other) => other.toLowerCase() === lower }
  }

  #bracket(): Node {
    const negated = this.#chars[this.#at] === '^'
    if (negated) this.#at++
    const tests: ((char: string) => boolean)[] = []
    for (let first = true; first || this.#chars[this.#at] !== ']'; first = false) {
      if (this.done) {
        this.fail('Unmatched [, [^, [:, [., or [=')
        break
      }
      tests.push(this.#bracketItem())
    }
    this.#at++
    const has = (char: string) => tests.some((test) => test(char))
    const cased = this.#ignoreCase ? (char: string) => has(char.toLowerCase()) || has(char.toUpperCase()) : has
    return { kind: 'char', has: negated ? (char) => !cased(char) : cased }
  }

  #bracketItem(): (char: string) => boolean {
    const named = /^\[:([a-z]+):\]/.exec(this.#chars.slice(this.#at, this.#at + 12).join(''))
    const found = named === null ? undefined : characterClass(named[1] ?? '')
    if (named !== null) {
      this.#at += named[0].length
      if (found === undefined) this.fail('Invalid character class name')
      return (char) => found?.test(char) ?? false
    }
    const from = this.#chars[this.#at++] ?? ''
    const ranges =
      this.#chars[this.#at] === '-' && this.#chars[this.#at + 1] !== ']' && this.#at + 1 < this.#chars.length
    if (!ranges) return (char) => char === from
    const to = this.#chars[this.#at + 1] ?? ''
    this.#at += 2
    if (to < from) this.fail('Invalid range end')
    return (char) => char >= from && char <= to
  }
}
