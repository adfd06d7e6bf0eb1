// Matches regular expressions by going through all their states at once (Thompson): time is states times characters,
// whatever the expression says. Finds the leftmost match, and of those the longest (POSIX.1-2017 §9.1).

import { failure, isFailure, type Failure } from '../../../../core/failure.ts'
import { parseExpression, type Assertion, type Node, type SyntaxOptions } from './syntax.ts'

export interface Match {
  /** In UTF-16 units. */
  readonly start: number
  readonly end: number
}

export interface Matcher {
  /** States: what one character may cost. */
  readonly cost: number
  /** The first match at or after `from`. */
  find(text: string, from?: number): Match | undefined
}

type Instruction =
  | { readonly kind: 'char'; readonly has: (char: string) => boolean }
  | { readonly kind: 'assert'; readonly where: Assertion }
  | { readonly kind: 'split'; readonly to: readonly number[] }
  | { readonly kind: 'done' }

/** Expressions that people write have tens. */
const STATES_MAX = 2000
const TOO_BIG = failure('EREGEX', 'Regular expression too big')

export function compileExpression(text: string, options: SyntaxOptions): Matcher | Failure {
  if (!options.ignoreCase && !/[\\[\]^$.*+?(){}|]/.test(text)) return plainMatcher(text)
  const node = parseExpression(text, options)
  if (isFailure(node)) return node
  const program: Instruction[] = []
  emit(node, program)
  if (program.length > STATES_MAX) return TOO_BIG
  program.push({ kind: 'done' })
  return { cost: program.length, find: (subject, from = 0) => search(program, subject, from) }
}

/** A text that stands for itself. */
export function plainMatcher(text: string): Matcher {
  return {
    cost: 1,
    find(subject, from = 0) {
      const start = subject.indexOf(text, from)
      return start === -1 ? undefined : { start, end: start + text.length }
    },
  }
}

function emit(node: Node, program: Instruction[]): void {
  if (program.length > STATES_MAX) return
  if (node.kind === 'char' || node.kind === 'assert') program.push(node)
  else if (node.kind === 'sequence') for (const inner of node.nodes) emit(inner, program)
  else if (node.kind === 'choice') emitChoice(node.nodes, program)
  else emitRepeat(node, program)
}

function emitChoice(nodes: readonly Node[], program: Instruction[]): void {
  const at = program.push({ kind: 'split', to: [] }) - 1
  const starts: number[] = []
  const jumps: number[] = []
  for (const node of nodes) {
    starts.push(program.length)
    emit(node, program)
    jumps.push(program.push({ kind: 'split', to: [] }) - 1)
  }
  program[at] = { kind: 'split', to: starts }
  for (const jump of jumps) program[jump] = { kind: 'split', to: [program.length] }
}

function emitRepeat({ node, min, max }: Node & { kind: 'repeat' }, program: Instruction[]): void {
  for (let count = 0; count < min; count++) emit(node, program)
  if (max === Infinity) {
    const at = program.push({ kind: 'split', to: [] }) - 1
    emit(node, program)
    program.push({ kind: 'split', to: [at] })
    program[at] = { kind: 'split', to: [at + 1, program.length] }
    return
  }
  const skips: number[] = []
  for (let count = min; count < max; count++) {
    skips.push(program.push({ kind: 'split', to: [] }) - 1)
    emit(node, program)
  }
  for (const skip of skips) program[skip] = { kind: 'split', to: [skip + 1, program.length] }
}

/** States that a search has come to, each with where its match began; the earliest start stays. */
class States {
  readonly #seen: Uint32Array
  readonly pcs: number[] = []
  readonly starts: number[] = []
  #round = 0

  constructor(size: number) {
    this.#seen = new Uint32Array(size)
  }

  clear(): void {
    this.pcs.length = 0
    this.starts.length = 0
    this.#round++
  }

  /** False: it was there already. */
  mark(pc: number): boolean {
    if (this.#seen[pc] === this.#round) return false
    this.#seen[pc] = this.#round
    return true
  }
}

function search(program: readonly Instruction[], text: string, from: number): Match | undefined {
  let [now, next] = [new States(program.length), new States(program.length)]
  let best: Match | undefined
  now.clear()
  for (let at = from; ;) {
    if (best === undefined) follow(program, now, 0, { text, at, start: at })
    if (now.pcs.length === 0) return best
    const char = at < text.length ? String.fromCodePoint(text.codePointAt(at) ?? 0) : ''
    const after = at + char.length
    next.clear()
    for (const [index, pc] of now.pcs.entries()) {
      const instruction = program[pc]
      const start = now.starts[index] ?? 0
      if (instruction?.kind === 'done') best = better(best, { start, end: at })
      else if (
        instruction?.kind === 'char' &&
        char !== '' &&
        (best === undefined || start <= best.start) &&
        instruction.has(char)
      ) {
        follow(program, next, pc + 1, { text, at: after, start })
      }
    }
    if (char === '') return best
    ;[now, next] = [next, now]
    at = after
  }
}

function better(best: Match | undefined, found: Match): Match {
  if (best === undefined || found.start < best.start) return found
  return found.start === best.start && found.end > best.end ? found : best
}

interface Spot {
  readonly text: string
  readonly at: number
  readonly start: number
}

/** Comes to `pc` and whatever follows it without a character. */
function follow(program: readonly Instruction[], states: States, first: number, spot: Spot): void {
  const pending = [first]
  for (let pc = pending.pop(); pc !== undefined; pc = pending.pop()) {
    if (!states.mark(pc)) continue
    const instruction = program[pc]
    if (instruction?.kind === 'split') pending.push(...instruction.to)
    else if (instruction?.kind === 'assert') {
      if (holds(instruction.where, spot.text, spot.at)) pending.push(pc + 1)
    } else {
      states.pcs.push(pc)
      states.starts.push(spot.start)
    }
  }
}

function holds(where: Assertion, text: string, at: number): boolean {
  if (where === 'start') return at === 0
  if (where === 'end') return at === text.length
  const before = at > 0 && /\w/.test(text.charAt(at - 1))
  const after = at < text.length && /\w/.test(text.charAt(at))
  if (where === 'word-start') return !before && after
  if (where === 'word-end') return before && !after
  return (before !== after) === (where === 'edge')
}
