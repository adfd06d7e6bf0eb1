// grep, with basic, extended and fixed patterns.

import { isFailure } from '../../../../core/failure.ts'
import type { Input } from '../run/input.ts'
import type { Call } from '../run/shell.ts'
import { compileExpression, plainMatcher, type Matcher } from '../regular/matcher.ts'
import { complain, joinPath, openInput, pathOf, stopped, walkedOne } from './operands.ts'
import { readOptions, type Options } from './options.ts'

const STATUS = { found: 0, none: 1, trouble: 2 } as const
const SPEC = {
  letters: 'EFGivwxclLnhHqsore:m:aA:B:C:',
  long: {
    'extended-regexp': 'E',
    'fixed-strings': 'F',
    'ignore-case': 'i',
    'invert-match': 'v',
    'word-regexp': 'w',
    'line-regexp': 'x',
    count: 'c',
    'files-with-matches': 'l',
    'files-without-match': 'L',
    'line-number': 'n',
    'no-filename': 'h',
    'with-filename': 'H',
    quiet: 'q',
    silent: 'q',
    'no-messages': 's',
    'only-matching': 'o',
    recursive: 'r',
    regexp: 'e',
    'max-count': 'm',
  },
  status: STATUS.trouble,
}
/** States times characters that one line may cost: a fraction of a second. */
const LINE_COST_MAX = 20_000_000
/** The same that weighs as one step. */
const COST_PER_STEP = 20_000

export async function grep(call: Call): Promise<number> {
  const options = readOptions(call, SPEC)
  if (typeof options === 'number') return options
  const given = options.values.get('e')
  const [first, ...rest] = options.operands
  const pattern = given ?? first
  if (pattern === undefined) {
    call.stderr.print("Usage: grep [OPTION]... PATTERNS [FILE]...\nTry 'grep --help' for more information.\n")
    return STATUS.trouble
  }
  const around = ['A', 'B', 'C'].find((letter) => options.values.has(letter))
  if (around !== undefined) {
    call.stderr.print(`grep: -${around} is not supported here\n`)
    return STATUS.trouble
  }
  const matchers = compileAll(call, pattern, options.flags)
  if (matchers === undefined) return STATUS.trouble
  return new Search(call, options, matchers).whole(given === undefined ? rest : options.operands)
}

/** One matcher for each line of the patterns. */
function compileAll(call: Call, patterns: string, flags: ReadonlySet<string>): Matcher[] | undefined {
  const matchers: Matcher[] = []
  for (const text of patterns.split('\n')) {
    const plain = flags.has('F') && !flags.has('i')
    const escaped = flags.has('F') ? text.replace(/[\\[\]^$.*]/g, '\\$&') : text
    const syntax = { extended: flags.has('E'), ignoreCase: flags.has('i') }
    const matcher = plain ? plainMatcher(text) : compileExpression(escaped, syntax)
    if (isFailure(matcher)) {
      call.stderr.print(`grep: ${matcher.message}\n`)
      return undefined
    }
    matchers.push(matcher)
  }
  return matchers
}

class Search {
  readonly #call: Call
  readonly #flags: ReadonlySet<string>
  readonly #matchers: readonly Matcher[]
  readonly #cost: number
  readonly #max: number
  #named = false
  #found = false
  #trouble = false

  constructor(call: Call, { flags, values }: Options, matchers: readonly Matcher[]) {
    this.#call = call
    this.#flags = flags
    this.#matchers = matchers
    this.#cost = matchers.reduce((sum, matcher) => sum + matcher.cost, 0)
    this.#max = Number(values.get('m') ?? Infinity)
  }

  async whole(operands: readonly string[]): Promise<number> {
    const recursive = this.#flags.has('r')
    const names = operands.length > 0 ? operands : [recursive ? '.' : '-']
    this.#named = this.#flags.has('H') || (!this.#flags.has('h') && (names.length > 1 || recursive))
    for (const name of names) {
      await this.#operand(name, recursive)
      if (stopped(this.#call) || (this.#found && this.#flags.has('q'))) break
    }
    if (this.#found && this.#flags.has('q')) return STATUS.found
    return this.#trouble ? STATUS.trouble : this.#found ? STATUS.found : STATUS.none
  }

  async #operand(name: string, recursive: boolean): Promise<void> {
    const stat = name === '-' ? undefined : await this.#call.tree.stat(pathOf(this.#call, name))
    if (stat !== undefined && !isFailure(stat) && stat.kind === 'folder') {
      if (recursive) return this.#folder(name)
      this.#call.stderr.print(`grep: ${name}: Is a directory\n`)
      this.#trouble = true
      return
    }
    const input = await openInput(this.#call, name)
    if (isFailure(input)) {
      if (!this.#flags.has('s')) complain(this.#call, name, input)
      this.#trouble = true
      return
    }
    await this.#input(input, name === '-' ? '(standard input)' : name)
    if (name !== '-') input.close()
  }

  async #folder(name: string): Promise<void> {
    const entries = await this.#call.tree.entries(pathOf(this.#call, name))
    for (const entry of isFailure(entries) ? [] : entries) {
      if (!(await walkedOne(this.#call))) return
      if (entry.stat.kind !== 'link') await this.#operand(joinPath(name, entry.name), true)
    }
  }

  async #input(input: Input, name: string): Promise<void> {
    let count = 0
    let number = 0
    const lists = this.#flags.has('l') || this.#flags.has('L') || this.#flags.has('q')
    reading: for (let some = await input.lines(); some !== undefined; some = await input.lines()) {
      for (const line of some.lines) {
        number++
        if (count >= this.#max || (await this.#tooCostly(line))) break reading
        if (this.#matches(line) === this.#flags.has('v')) continue
        count++
        if (lists) break reading
        if (!this.#flags.has('c')) this.#print(line, name, number)
      }
      if (!(await this.#call.stdout.flush())) break
    }
    this.#summary(count, name)
  }

  #summary(count: number, name: string): void {
    this.#found ||= this.#flags.has('L') ? count === 0 : count > 0
    if (this.#flags.has('q')) return
    if (this.#flags.has('l') || this.#flags.has('L')) {
      if (count > 0 === this.#flags.has('l')) this.#call.stdout.print(`${name}\n`)
    } else if (this.#flags.has('c')) this.#call.stdout.print(`${this.#named ? `${name}:` : ''}${count}\n`)
  }

  async #tooCostly(line: string): Promise<boolean> {
    const cost = this.#cost * line.length
    if (cost > COST_PER_STEP) await this.#call.shell.session.job.step(Math.ceil(cost / COST_PER_STEP))
    if (cost <= LINE_COST_MAX) return stopped(this.#call)
    this.#call.stderr.print('grep: line too long for this pattern\n')
    this.#trouble = true
    return true
  }

  #print(line: string, name: string, number: number): void {
    const front = `${this.#named ? `${name}:` : ''}${this.#flags.has('n') ? `${number}:` : ''}`
    if (!this.#flags.has('o')) return this.#call.stdout.print(`${front}${line}\n`)
    if (this.#flags.has('v')) return
    for (let from = 0; from <= line.length;) {
      const match = this.#first(line, from)
      if (match === undefined) return
      if (match.end > match.start) this.#call.stdout.print(`${front}${line.slice(match.start, match.end)}\n`)
      from = Math.max(match.end, match.start + 1)
    }
  }

  #matches(line: string): boolean {
    return this.#first(line, 0) !== undefined
  }

  /** The leftmost, then longest, match of any pattern that -w and -x let pass. */
  #first(line: string, from: number) {
    let best: { start: number; end: number } | undefined
    for (const matcher of this.#matchers) {
      const match = this.#accepted(matcher, line, from)
      if (match === undefined) continue
      const earlier = best === undefined || match.start < best.start
      if (earlier || (match.start === best?.start && match.end > best.end)) best = match
    }
    return best
  }

  #accepted(matcher: Matcher, line: string, from: number) {
    for (let at = from; at <= line.length;) {
      const match = matcher.find(line, at)
      if (match === undefined) return undefined
      const whole = !this.#flags.has('x') || (match.start === 0 && match.end === line.length)
      const word = !this.#flags.has('w') || (!isWordAt(line, match.start - 1) && !isWordAt(line, match.end))
      if (whole && word) return match
      at = match.start + 1
    }
    return undefined
  }
}

function isWordAt(line: string, at: number): boolean {
  return /\w/.test(line.charAt(at))
}
