// Text to script (Shell Command Language §2.3, §2.7, §2.9, §2.10): one pass of recursive descent over the characters,
// since what a character means depends on where it stands. `&` is refused: nothing runs beside a session.

import { Cursor, NAME } from './cursor.ts'
import { readRedirection, takeHereDocuments, type HereDocument } from './redirections.ts'
import type {
  AndOr,
  Assignment,
  Branch,
  CaseItem,
  Command,
  Compound,
  CompoundCommand,
  Pipeline,
  Redirection,
  Script,
  SimpleCommand,
  SyntaxProblem,
  Word,
} from './tree.ts'
import { readWord, type WordReader } from './words.ts'

const BLANKS = /(?:[ \t]|\\\n)+/y
const COMMENT = /#[^\n]*/y
/** A word without quotes that ends where one may end: what reserved words look like. */
const BARE_WORD = /[^\s;&|<>()"'\\$`]+(?=[\s;&|<>()]|$)/y
/** Reserved words that end a list (§2.4). */
const CLOSERS = new Set(['then', 'else', 'elif', 'fi', 'do', 'done', 'esac', '}'])
const ASSIGNMENT = /[A-Za-z_][A-Za-z0-9_]*=/y
const FUNCTION = /([A-Za-z_][A-Za-z0-9_-]*)[ \t]*\([ \t]*\)/y
const UNEXPECTED = /;;|&&|\|\||[;&|()<>]|[^\s;&|<>()]+|\n/y
const NO_COMMAND: Command = { kind: 'simple', assignments: [], words: [], redirections: [] }

/** A whole script, or what is wrong with it first. `nestingMax`: how deep it may go. */
export function parseScript(text: string, nestingMax: number): Script | SyntaxProblem {
  const cursor = new Cursor(text)
  const script = new Parser(cursor, nestingMax).whole()
  return cursor.problem ?? script
}

export function isSyntaxProblem(value: Script | SyntaxProblem): value is SyntaxProblem {
  return 'kind' in value
}

class Parser implements WordReader {
  readonly cursor: Cursor
  readonly #hereDocuments: HereDocument[] = []
  #levelsLeft: number

  constructor(cursor: Cursor, levelsLeft: number) {
    this.cursor = cursor
    this.#levelsLeft = levelsLeft
  }

  whole(): Script {
    const script = this.commands()
    if (!this.cursor.done) this.#unexpected()
    if (this.#hereDocuments.length > 0) this.cursor.missing('here-document without its end')
    return script
  }

  over(cursor: Cursor): WordReader {
    return new Parser(cursor, this.#levelsLeft)
  }

  script(text: string): Script {
    const inner = parseScript(text, this.#levelsLeft)
    if (!isSyntaxProblem(inner)) return inner
    this.cursor.fail(inner.message)
    return []
  }

  deeper<T>(read: () => T, otherwise: T): T {
    if (this.#levelsLeft === 0) {
      this.cursor.fail('nested too deep')
      return otherwise
    }
    this.#levelsLeft--
    const value = read()
    this.#levelsLeft++
    return value
  }

  commands(): Script {
    const list: AndOr[] = []
    for (;;) {
      this.#newlines()
      if (this.cursor.done || this.#closes()) return list
      list.push(this.#andOr())
      this.#blanks()
      if (this.cursor.sees(';;')) return list
      if (this.cursor.sees('&')) this.cursor.fail('"&" unexpected (nothing runs in the background here)')
      if (!this.cursor.take(';') && this.cursor.peek() !== '\n') return list
    }
  }

  /** A list that must not be empty. */
  #body(): Script {
    const script = this.commands()
    if (script.length === 0) this.#unexpected()
    return script
  }

  #closes(): boolean {
    return this.cursor.peek() === ')' || this.cursor.sees(';;') || CLOSERS.has(this.cursor.look(BARE_WORD))
  }

  #andOr(): AndOr {
    const first = this.#pipeline()
    const rest: { when: '&&' | '||'; pipeline: Pipeline }[] = []
    for (;;) {
      this.#blanks()
      const when = this.cursor.take('&&') ? '&&' : this.cursor.take('||') ? '||' : undefined
      if (when === undefined) return { first, rest }
      this.#newlines()
      rest.push({ when, pipeline: this.#pipeline() })
    }
  }

  #pipeline(): Pipeline {
    let negated = false
    while (this.#takeWord('!')) negated = !negated
    const commands = [this.#command()]
    for (;;) {
      this.#blanks()
      if (this.cursor.sees('||') || !this.cursor.take('|')) return { negated, commands }
      this.#newlines()
      commands.push(this.#command())
    }
  }

  #command(): Command {
    this.#blanks()
    const compound = this.deeper(() => this.#compound(), undefined)
    if (compound !== undefined) return { kind: 'compound', body: compound, redirections: this.#redirections() }
    return this.#function() ?? this.#simple()
  }

  #compound(): Compound | undefined {
    if (this.cursor.take('(')) return { kind: 'subshell', script: this.#closed(')') }
    const word = this.cursor.look(BARE_WORD)
    if (!(word in COMPOUNDS)) return undefined
    this.cursor.at += word.length
    return this.#compoundBody(word)
  }

  #compoundBody(word: string): Compound | undefined {
    if (word === '{') return { kind: 'group', script: this.#closed('}') }
    if (word === 'if') return this.#if()
    if (word === 'for') return this.#for()
    if (word === 'case') return this.#case()
    const condition = this.#body()
    return { kind: 'loop', until: word === 'until', condition, body: this.#doGroup() }
  }

  #closed(close: ')' | '}'): Script {
    const script = this.#body()
    this.#expect(close)
    return script
  }

  #if(): Compound {
    const branches: Branch[] = []
    do {
      const condition = this.#body()
      this.#expect('then')
      branches.push({ condition, body: this.#body() })
    } while (this.#takeWord('elif'))
    const otherwise = this.#takeWord('else') ? this.#body() : undefined
    this.#expect('fi')
    return { kind: 'if', branches, otherwise }
  }

  #for(): Compound {
    this.#blanks()
    const name = this.cursor.match(NAME)
    if (name === '') this.cursor.fail('Bad for loop variable', this.cursor.done)
    this.#newlines()
    const words = this.#takeWord('in') ? this.#words() : undefined
    this.#blanks()
    this.cursor.take(';')
    this.#newlines()
    return { kind: 'for', name, words, body: this.#doGroup() }
  }

  #words(): Word[] {
    const words: Word[] = []
    for (;;) {
      this.#blanks()
      const word = readWord(this)
      if (word === undefined) return words
      words.push(word)
    }
  }

  #doGroup(): Script {
    this.#expect('do')
    const body = this.#body()
    this.#expect('done')
    return body
  }

  #case(): Compound {
    this.#blanks()
    const word = readWord(this) ?? []
    this.#newlines()
    this.#expect('in')
    const items: CaseItem[] = []
    for (;;) {
      this.#newlines()
      if (this.#takeWord('esac')) return { kind: 'case', word, items }
      if (this.cursor.done) this.#unexpected(')')
      if (this.cursor.done) return { kind: 'case', word, items }
      items.push(this.#caseItem())
    }
  }

  #caseItem(): CaseItem {
    this.cursor.take('(')
    const patterns: Word[] = []
    do {
      this.#blanks()
      const pattern = readWord(this)
      if (pattern === undefined) this.#unexpected()
      else patterns.push(pattern)
      this.#blanks()
    } while (this.cursor.take('|'))
    this.#expect(')')
    const body = this.commands()
    if (!this.cursor.take(';;') && this.cursor.look(BARE_WORD) !== 'esac') this.#unexpected(';;')
    return { patterns, body }
  }

  #function(): Command | undefined {
    const head = this.cursor.match(FUNCTION)
    if (head === '') return undefined
    const name = /^[\w-]+/.exec(head)?.[0] ?? ''
    this.#newlines()
    const compound = this.deeper(() => this.#compound(), undefined)
    if (compound === undefined) this.#unexpected()
    const script: Compound = compound ?? { kind: 'group', script: [] }
    const body: CompoundCommand = { kind: 'compound', body: script, redirections: this.#redirections() }
    return { kind: 'function', name, body }
  }

  #redirections(): Redirection[] {
    const redirections: Redirection[] = []
    for (;;) {
      this.#blanks()
      const redirection = readRedirection(this, this.#hereDocuments)
      if (redirection === undefined) return redirections
      redirections.push(redirection)
    }
  }

  #simple(): Command {
    const assignments: Assignment[] = []
    const words: Word[] = []
    const redirections: Redirection[] = []
    for (;;) {
      this.#blanks()
      const redirection = readRedirection(this, this.#hereDocuments)
      if (redirection !== undefined) redirections.push(redirection)
      else if (!this.#wordOf(assignments, words)) break
    }
    const simple: SimpleCommand = { kind: 'simple', assignments, words, redirections }
    if (assignments.length + words.length + redirections.length > 0) return simple
    this.#unexpected()
    return NO_COMMAND
  }

  /** The next word of a simple command; in front of its name, `NAME=` begins an assignment (§2.9.1). */
  #wordOf(assignments: Assignment[], words: Word[]): boolean {
    const assigns = words.length === 0 ? this.cursor.match(ASSIGNMENT) : ''
    const word = readWord(this)
    if (assigns !== '') assignments.push({ name: assigns.slice(0, -1), value: word ?? [] })
    else if (word !== undefined) words.push(word)
    return assigns !== '' || word !== undefined
  }

  #blanks(): void {
    this.cursor.match(BLANKS)
    this.cursor.match(COMMENT)
  }

  #newlines(): void {
    for (;;) {
      this.#blanks()
      if (!this.cursor.take('\n')) return
      takeHereDocuments(this, this.#hereDocuments)
    }
  }

  #takeWord(word: string): boolean {
    this.#blanks()
    return this.cursor.look(BARE_WORD) === word && this.cursor.take(word)
  }

  #expect(what: string): void {
    this.#newlines()
    const found = what === ')' ? this.cursor.take(')') : this.#takeWord(what)
    if (!found) this.#unexpected(what)
  }

  #unexpected(expecting?: string): void {
    const cursor = this.cursor
    const tail = expecting === undefined ? '' : ` (expecting "${expecting}")`
    if (cursor.done) return cursor.missing(`end of file unexpected${tail}`)
    const found = cursor.look(UNEXPECTED)
    cursor.fail(`${found === '\n' ? 'newline' : found === '' ? 'word' : `"${found}"`} unexpected${tail}`)
  }
}

const COMPOUNDS: Readonly<Record<string, true>> = {
  '{': true,
  if: true,
  for: true,
  case: true,
  while: true,
  until: true,
}
