// test and [ (POSIX.1-2017, test): up to four words by the standard's table, more by precedence with -a and -o.

import { isFailure } from '../../../../core/failure.ts'
import { absolutePath } from '../expand/paths.ts'
import { isNullDevice } from '../run/redirect.ts'
import type { Call } from '../run/shell.ts'

const STATUS = { yes: 0, no: 1, misuse: 2 } as const
/** Parentheses and `!` within each other. */
const DEPTH_MAX = 100

export async function test(call: Call): Promise<number> {
  const words = [...call.args]
  if (call.name === '[' && words.pop() !== ']') {
    call.stderr.print(`${call.shell.state.name}: [: missing ]\n`)
    return STATUS.misuse
  }
  const reader = new TestReader(call, words)
  const value = await reader.whole()
  if (reader.problem === undefined) return value ? STATUS.yes : STATUS.no
  call.stderr.print(`${call.shell.state.name}: ${call.name}: ${reader.problem}\n`)
  return STATUS.misuse
}

type Compare = (left: number, right: number) => boolean

const TEXTS: Readonly<Record<string, (left: string, right: string) => boolean>> = {
  '=': (left, right) => left === right,
  '==': (left, right) => left === right,
  '!=': (left, right) => left !== right,
  '<': (left, right) => left < right,
  '>': (left, right) => left > right,
}
const NUMBERS: Readonly<Record<string, Compare>> = {
  '-eq': (left, right) => left === right,
  '-ne': (left, right) => left !== right,
  '-lt': (left, right) => left < right,
  '-le': (left, right) => left <= right,
  '-gt': (left, right) => left > right,
  '-ge': (left, right) => left >= right,
}
const AGES = new Set(['-nt', '-ot', '-ef'])
const FILES = new Set([...'bcdefghkLOGprsSuwx'].map((letter) => `-${letter}`))

class TestReader {
  readonly #call: Call
  readonly #words: readonly string[]
  #at = 0
  #depth = 0
  problem: string | undefined

  constructor(call: Call, words: readonly string[]) {
    this.#call = call
    this.#words = words
  }

  async whole(): Promise<boolean> {
    if (this.#words.length === 0) return false
    const value = this.#words.length <= 4 ? await this.#short(this.#words) : await this.#or()
    if (this.#words.length > 4 && this.#at < this.#words.length)
      this.#fail(`${this.#words[this.#at]}: unexpected operator`)
    return value
  }

  #fail(message: string): false {
    this.problem ??= message
    this.#at = this.#words.length
    return false
  }

  /** What means what goes by the count of words. */
  async #short(words: readonly string[]): Promise<boolean> {
    const [first = '', second = '', third = ''] = words
    if (words.length === 1) return first !== ''
    if (words.length === 3 && isBinary(second)) return this.#binary(first, second, third)
    if (first === '!' && words.length > 1) return !(await this.#short(words.slice(1)))
    if (words.length === 2) return this.#unary(first, second)
    if (words.length === 3 && first === '(' && third === ')') return second !== ''
    if (words.length === 4 && first === '(' && words[3] === ')') return this.#short(words.slice(1, 3))
    return this.#or()
  }

  async #or(): Promise<boolean> {
    let value = await this.#and()
    while (this.#takes('-o')) value = (await this.#and()) || value
    return value
  }

  async #and(): Promise<boolean> {
    let value = await this.#not()
    while (this.#takes('-a')) value = (await this.#not()) && value
    return value
  }

  async #not(): Promise<boolean> {
    if (++this.#depth > DEPTH_MAX) return this.#fail('too deep')
    const value = this.#takes('!') ? !(await this.#not()) : await this.#primary()
    this.#depth--
    return value
  }

  async #primary(): Promise<boolean> {
    const [first, second, third] = this.#words.slice(this.#at, this.#at + 3)
    if (first === undefined) return this.#fail('argument expected')
    if (second !== undefined && third !== undefined && isBinary(second)) {
      this.#at += 3
      return this.#binary(first, second, third)
    }
    if (this.#takes('(')) {
      const value = await this.#or()
      return this.#takes(')') ? value : this.#fail('closing paren expected')
    }
    const unary = second !== undefined && isUnary(first)
    this.#at += unary ? 2 : 1
    return unary ? this.#unary(first, second) : first !== ''
  }

  #takes(word: string): boolean {
    if (this.#words[this.#at] !== word) return false
    this.#at++
    return true
  }

  async #binary(left: string, operator: string, right: string): Promise<boolean> {
    const texts = TEXTS[operator]
    if (texts !== undefined) return texts(left, right)
    const compare = NUMBERS[operator]
    if (compare !== undefined) return compare(this.#number(left), this.#number(right))
    if (operator === '-a') return left !== '' && right !== ''
    if (operator === '-o') return left !== '' || right !== ''
    const [a, b] = [await this.#stat(left), await this.#stat(right)]
    if (operator === '-ef') return a !== undefined && a.id === b?.id
    const [newer, older] = operator === '-nt' ? [a, b] : [b, a]
    return newer !== undefined && older !== undefined && newer.modifiedMs > older.modifiedMs
  }

  #number(text: string): number {
    if (!/^\s*[-+]?\d+\s*$/.test(text)) this.#fail(`Illegal number: ${text}`)
    return Number(text)
  }

  async #unary(operator: string, operand: string): Promise<boolean> {
    if (operator === '-n') return operand !== ''
    if (operator === '-z') return operand === ''
    if (operator === '-t') return this.#call.shell.session.context.terminal !== undefined && /^[0-2]$/.test(operand)
    return FILES.has(operator) ? this.#file(operator, operand) : this.#fail(`${operator}: unexpected operator`)
  }

  async #stat(path: string, ofLink = false) {
    const whole = absolutePath(this.#call.cwd, path)
    const stat = path === '' ? undefined : await (ofLink ? this.#call.tree.lstat(whole) : this.#call.tree.stat(whole))
    return isFailure(stat) ? undefined : stat
  }

  async #file(operator: string, path: string): Promise<boolean> {
    if (isNullDevice(absolutePath(this.#call.cwd, path))) return 'cerwOG'.includes(operator.charAt(1))
    const link = operator === '-L' || operator === '-h'
    const stat = await this.#stat(path, link)
    if (stat === undefined) return false
    if (link) return stat.kind === 'link'
    if (operator === '-d') return stat.kind === 'folder'
    if (operator === '-f') return stat.kind === 'file'
    if (operator === '-s') return stat.size > 0
    if (operator === '-w') return this.#call.tree.writable && (stat.mode & 0o200) !== 0
    if (operator === '-x') return (stat.mode & 0o100) !== 0
    if (operator === '-r') return (stat.mode & 0o400) !== 0
    return 'eOG'.includes(operator.charAt(1))
  }
}

function isBinary(word: string): boolean {
  return word in TEXTS || word in NUMBERS || AGES.has(word) || word === '-a' || word === '-o'
}

function isUnary(word: string): boolean {
  return FILES.has(word) || word === '-n' || word === '-z' || word === '-t'
}
