// find: tests on names, kinds, sizes, ages; -print, -print0, -delete, -exec.

import { isFailure } from '../../../../core/failure.ts'
import type { FileStat } from '../../../../core/files.ts'
import { compilePattern } from '../expand/pattern.ts'
import { systemMessage } from '../run/messages.ts'
import type { Call } from '../run/shell.ts'
import { baseName, joinPath, pathOf, walkedOne, quoteName } from './operands.ts'

interface Found {
  readonly path: string
  readonly name: string
  readonly stat: FileStat
  readonly depth: number
}

type Test = (found: Found) => boolean | Promise<boolean>

/** Parentheses and `!` within each other. */
const DEPTH_MAX = 50
const KINDS: Readonly<Record<string, FileStat['kind']>> = { f: 'file', d: 'folder', l: 'link' }
const SIZE_UNITS: Readonly<Record<string, number>> = { b: 512, c: 1, k: 1024, M: 1 << 20, G: 1 << 30, '': 512 }
const DAY_MS = 86_400_000
const MINUTE_MS = 60_000

export async function find(call: Call): Promise<number> {
  const first = call.args.findIndex((word) => /^[-(!]/.test(word))
  const paths = first === -1 ? call.args : call.args.slice(0, first)
  const expression = new Expression(call, first === -1 ? [] : call.args.slice(first))
  const test = expression.whole()
  if (expression.problem !== undefined) {
    call.stderr.print(`find: ${expression.problem}\n`)
    return 1
  }
  const walk = new Walk(call, expression, test)
  for (const path of paths.length === 0 ? ['.'] : paths) await walk.from(path)
  await expression.finish()
  return Math.max(walk.status, expression.status)
}

class Walk {
  readonly #call: Call
  readonly #expression: Expression
  readonly #test: Test
  status = 0
  #left: number

  constructor(call: Call, expression: Expression, test: Test) {
    this.#call = call
    this.#expression = expression
    this.#test = test
    this.#left = call.shell.session.limits.entriesMax
  }

  async from(path: string): Promise<void> {
    const stat = await this.#call.tree.lstat(pathOf(this.#call, path))
    if (isFailure(stat)) return this.#complain(path, systemMessage(stat))
    await this.#visit({ path, name: baseName(path), stat, depth: 0 })
  }

  #complain(path: string, message: string): void {
    this.#call.stderr.print(`find: ${quoteName(path)}: ${message}\n`)
    this.status = 1
  }

  async #visit(found: Found): Promise<void> {
    if (!(await walkedOne(this.#call))) return
    if (--this.#left < 0) return this.#call.shell.session.job.reach('entriesMax')
    const { minDepth, maxDepth, depthFirst } = this.#expression
    this.#expression.pruned = false
    const tests = found.depth >= minDepth
    if (tests && !depthFirst) await this.#test(found)
    const goes = found.stat.kind === 'folder' && found.depth < maxDepth && !this.#expression.pruned
    if (goes) await this.#inside(found)
    if (tests && depthFirst) await this.#test(found)
    if (this.#call.stdout.full) await this.#call.stdout.flush()
  }

  async #inside({ path, depth }: Found): Promise<void> {
    const entries = await this.#call.tree.entries(pathOf(this.#call, path))
    if (isFailure(entries)) return this.#complain(path, systemMessage(entries))
    for (const { name, stat } of entries) {
      if (this.#call.stdout.failure !== undefined) return
      await this.#visit({ path: joinPath(path, name), name, stat, depth: depth + 1 })
    }
  }
}

class Expression {
  readonly #call: Call
  readonly #words: readonly string[]
  #at = 0
  #depth = 0
  #acts = false
  /** `-exec … {} +`: paths that wait for their command. */
  readonly #gathered: { readonly command: readonly string[]; readonly paths: string[] }[] = []
  problem: string | undefined
  status = 0
  minDepth = 0
  maxDepth = Infinity
  depthFirst = false
  pruned = false

  constructor(call: Call, words: readonly string[]) {
    this.#call = call
    this.#words = words
  }

  whole(): Test {
    const test = this.#words.length === 0 ? () => true : this.#or()
    if (this.#at < this.#words.length) this.#fail(`unknown predicate \`${this.#words[this.#at]}'`)
    return this.#acts ? test : async (found) => (await test(found)) && this.#print(found, '\n')
  }

  async finish(): Promise<void> {
    for (const { command, paths } of this.#gathered) {
      if (paths.length > 0 && (await this.#run([...command, ...paths])) !== 0) this.status = 1
    }
  }

  #fail(message: string): Test {
    this.problem ??= message
    this.#at = this.#words.length
    return () => false
  }

  #takes(...words: readonly string[]): boolean {
    if (!words.includes(this.#words[this.#at] ?? '')) return false
    this.#at++
    return true
  }

  #or(): Test {
    let left = this.#and()
    while (this.#takes('-o', '-or')) {
      const [before, after] = [left, this.#and()]
      left = async (found) => (await before(found)) || after(found)
    }
    return left
  }

  #and(): Test {
    let left = this.#not()
    for (;;) {
      const explicit = this.#takes('-a', '-and')
      const next = this.#words[this.#at]
      if (next === undefined || (!explicit && (next === ')' || next === '-o' || next === '-or'))) return left
      const [before, after] = [left, this.#not()]
      left = async (found) => (await before(found)) && after(found)
    }
  }

  #not(): Test {
    if (++this.#depth > DEPTH_MAX) return this.#fail('expression too deep')
    const test = this.#takes('!', '-not') ? this.#negated() : this.#takes('(') ? this.#group() : this.#primary()
    this.#depth--
    return test
  }

  #negated(): Test {
    const test = this.#not()
    return async (found) => !(await test(found))
  }

  #group(): Test {
    const test = this.#or()
    return this.#takes(')')
      ? test
      : this.#fail("invalid expression; I was expecting to find a ')' somewhere but did not see one.")
  }

  #primary(): Test {
    const word = this.#words[this.#at++] ?? ''
    const plain = this.#plain(word)
    if (plain !== undefined) return plain
    if (word === '-exec' || word === '-execdir') return this.#exec()
    const value = this.#words[this.#at++]
    const make = VALUED[word]
    if (word === '-maxdepth' || word === '-mindepth') return this.#bound(word, value ?? '')
    if (make === undefined) return this.#fail(`unknown predicate \`${word}'`)
    if (value === undefined) return this.#fail(`missing argument to \`${word}'`)
    const test = make(value, this.#call.shell.session.startedMs)
    if (test === undefined)
      return this.#fail(
        word === '-type' ? `Unknown argument to -type: ${value}` : `invalid argument \`${value}' to \`${word}'`,
      )
    return test
  }

  #plain(word: string): Test | undefined {
    if (word === '-true') return () => true
    if (word === '-false') return () => false
    if (word === '-empty') return (found) => this.#isEmpty(found)
    if (word === '-prune') return () => (this.pruned = true)
    if (word === '-depth') this.depthFirst = true
    if (word === '-depth') return () => true
    if (word !== '-print' && word !== '-print0' && word !== '-delete') return undefined
    this.#acts = true
    if (word !== '-delete') return (found) => this.#print(found, word === '-print0' ? '\0' : '\n')
    this.depthFirst = true
    return (found) => this.#delete(found)
  }

  #bound(word: string, value: string): Test {
    if (!/^\d{1,6}$/.test(value))
      return this.#fail(`Expected a positive decimal integer argument to ${word}, but got '${value}'`)
    if (word === '-maxdepth') this.maxDepth = Number(value)
    else this.minDepth = Number(value)
    return () => true
  }

  #print({ path }: Found, end: string): boolean {
    this.#call.stdout.print(path + end)
    return true
  }

  async #isEmpty({ path, stat }: Found): Promise<boolean> {
    if (stat.kind !== 'folder') return stat.kind === 'file' && stat.size === 0
    const names = await this.#call.tree.list(pathOf(this.#call, path))
    return !isFailure(names) && names.length === 0
  }

  async #delete({ path, stat }: Found): Promise<boolean> {
    if (path === '.') return true
    const whole = pathOf(this.#call, path)
    const problem = await (stat.kind === 'folder'
      ? this.#call.tree.removeFolder(whole)
      : this.#call.tree.removeFile(whole))
    if (problem === undefined) return true
    this.#call.stderr.print(`find: cannot delete ${quoteName(path)}: ${systemMessage(problem)}\n`)
    this.status = 1
    return false
  }

  #exec(): Test {
    const end = this.#words.findIndex(
      (word, index) => index >= this.#at && (word === ';' || (word === '+' && this.#words[index - 1] === '{}')),
    )
    if (end === -1) return this.#fail("missing argument to `-exec'")
    const command = this.#words.slice(this.#at, end)
    const gathers = this.#words[end] === '+'
    this.#at = end + 1
    this.#acts = true
    if (!gathers)
      return async ({ path }) => (await this.#run(command.map((word) => word.replaceAll('{}', () => path)))) === 0
    const paths: string[] = []
    this.#gathered.push({ command: command.slice(0, -1), paths })
    return ({ path }) => paths.push(path) > 0
  }

  async #run(words: readonly string[]): Promise<number> {
    await this.#call.stdout.flush()
    return this.#call.shell.command(words, this.#call.ends)
  }
}

const VALUED: Readonly<Record<string, (value: string, nowMs: number) => Test | undefined>> = {
  '-name': (value) => {
    const pattern = compilePattern(value)
    return ({ name }) => pattern.matches(name)
  },
  '-iname': (value) => {
    const pattern = compilePattern(value.toLowerCase())
    return ({ name }) => pattern.matches(name.toLowerCase())
  },
  '-path': (value) => {
    const pattern = compilePattern(value)
    return ({ path }) => pattern.matches(path)
  },
  '-type': (value) => {
    const kinds = new Set(value.split(',').map((letter) => KINDS[letter]))
    return kinds.has(undefined) ? undefined : ({ stat }) => kinds.has(stat.kind)
  },
  '-size': (value) => {
    const [, sign, digits, unit = ''] = /^([-+]?)(\d{1,12})([bckMG]?)$/.exec(value) ?? []
    const size = SIZE_UNITS[unit] ?? 512
    return compareCount(sign, digits, ({ stat }) => Math.ceil(stat.size / size))
  },
  '-mtime': (value, now) => aged(value, now, DAY_MS),
  '-mmin': (value, now) => aged(value, now, MINUTE_MS),
  '-perm': (value) => {
    const [, sign, digits] = /^([-/]?)([0-7]{1,4})$/.exec(value) ?? []
    if (digits === undefined) return undefined
    const bits = Number.parseInt(digits, 8)
    if (sign === '') return ({ stat }) => (stat.mode & 0o7777) === bits
    return ({ stat }) => (sign === '-' ? (stat.mode & bits) === bits : bits === 0 || (stat.mode & bits) !== 0)
  },
}

function aged(value: string, nowMs: number, unitMs: number): Test | undefined {
  const [, sign, digits] = /^([-+]?)(\d{1,9})$/.exec(value) ?? []
  return compareCount(sign, digits, ({ stat }) => Math.floor((nowMs - stat.modifiedMs) / unitMs))
}

function compareCount(
  sign: string | undefined,
  digits: string | undefined,
  count: (found: Found) => number,
): Test | undefined {
  if (digits === undefined) return undefined
  const wanted = Number(digits)
  if (sign === '+') return (found) => count(found) > wanted
  return sign === '-' ? (found) => count(found) < wanted : (found) => count(found) === wanted
}
