// A place in the text of a script, and the first thing wrong with it. After a problem the cursor stands at the end, so
// that every loop of the parser comes to its own end and only one place looks at the problem.

import type { SyntaxProblem } from './tree.ts'

export const NAME = /[A-Za-z_][A-Za-z0-9_]*/y

export class Cursor {
  readonly text: string
  at = 0
  problem: SyntaxProblem | undefined

  constructor(text: string) {
    this.text = text
  }

  get done(): boolean {
    return this.at >= this.text.length
  }

  /** The character `ahead` of here; empty past the end. */
  peek(ahead = 0): string {
    return this.text.charAt(this.at + ahead)
  }

  sees(text: string): boolean {
    return this.text.startsWith(text, this.at)
  }

  take(text: string): boolean {
    if (!this.sees(text)) return false
    this.at += text.length
    return true
  }

  /** What a sticky pattern finds here, taken; empty if nothing. */
  match(pattern: RegExp): string {
    pattern.lastIndex = this.at
    const found = pattern.exec(this.text)?.[0] ?? ''
    this.at += found.length
    return found
  }

  /** The same without taking it. */
  look(pattern: RegExp): string {
    const from = this.at
    const found = this.match(pattern)
    this.at = from
    return found
  }

  /** Keeps the first problem only. */
  fail(message: string, incomplete = false): void {
    this.problem ??= { kind: 'syntax-problem', message, incomplete }
    this.at = this.text.length
  }

  missing(what: string): void {
    this.fail(what, true)
  }
}
