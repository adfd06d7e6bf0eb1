// A world file's text: to plain data, and from a path in the data back to its place in the text.

import type { Document, LineCounter, Node, Pair } from 'yaml'
import type { Problem } from '../../core/failure.ts'
import { PROBLEMS_SHOWN_MAX } from './limits.ts'
import type { Path } from './problems.ts'

/** Aliases (`*name`) may blow a file up: as a whole, not beyond this many times (the library's default). */
const ALIASES_MAX = 100

const TOO_DEEP = 'nested too deeply'

/** A stretch of one line. `line` and `column` count from 1, `length` is in UTF-16 code units, at least 1. */
export interface Place {
  readonly line: number
  readonly column: number
  readonly length: number
}

export interface SyntaxProblem extends Place {
  readonly message: string
}

export interface YamlSource {
  readonly data: unknown
  /** Mistakes that keep it from being YAML; `data` is undefined then. */
  readonly syntax: readonly SyntaxProblem[]
  /** Where the problem stands: at a key or value, or at the nearest thing around it. */
  placeOf(problem: Problem): Place
}

type Yaml = typeof import('yaml')

/** The library takes 50 ms to load, so only those who have a file load it. */
export async function readYaml(text: string): Promise<YamlSource> {
  const yaml = await import('yaml')
  const lines = new yaml.LineCounter()
  const document = parsedOrThrown(yaml, text, lines)
  if (typeof document === 'string') return broken([{ line: 1, column: 1, length: 1, message: document }])
  const deep = document.errors.find((error) => error.message.includes('call stack'))
  if (deep) return broken([{ ...placeAt(text, lines, ...deep.pos), message: TOO_DEEP }])
  const syntax = document.errors.slice(0, PROBLEMS_SHOWN_MAX).map((error) => {
    const message = error.message.replaceAll(/\s+/g, ' ')
    return Object.assign({ message }, placeAt(text, lines, ...error.pos))
  })
  if (syntax.length > 0) return broken(syntax)
  const data = dataOf(document)
  if ('message' in data) return broken([{ line: 1, column: 1, length: 1, message: data.message }])
  const placeOf = (problem: Problem): Place => {
    const [from, to] = rangeOf(yaml, document, problem)
    return placeAt(text, lines, from, to)
  }
  return { data: data.value, syntax: [], placeOf }
}

function broken(syntax: readonly SyntaxProblem[]): YamlSource {
  return { data: undefined, syntax, placeOf: () => ({ line: 1, column: 1, length: 1 }) }
}

/** The library recurses: a file that is nested a hundred thousand deep runs it out of stack. */
function parsedOrThrown(yaml: Yaml, text: string, lineCounter: LineCounter): Document.Parsed | string {
  try {
    return yaml.parseDocument(text, { lineCounter, prettyErrors: false, logLevel: 'error' })
  } catch (thrown) {
    return thrown instanceof RangeError ? TOO_DEEP : String(thrown)
  }
}

function dataOf(document: Document): { value: unknown } | { message: string } {
  try {
    return { value: document.toJS({ maxAliasCount: ALIASES_MAX }) }
  } catch (thrown) {
    return {
      message: thrown instanceof RangeError ? TOO_DEEP : thrown instanceof Error ? thrown.message : String(thrown),
    }
  }
}

type Range = readonly [number, number]

function rangeOf(yaml: Yaml, document: Document, problem: Problem): Range {
  let node: Node | null = document.contents
  let found: Range = rangeOfNode(yaml, node) ?? [0, 0]
  for (const [at, step] of problem.path.entries()) {
    const pair = pairIn(yaml, resolved(yaml, document, node), step)
    if (!pair) return found
    const key = rangeOfNode(yaml, pair.key)
    const value = rangeOfNode(yaml, pair.value)
    const last = at === problem.path.length - 1
    const scalar = value && !yaml.isCollection(pair.value)
    found = ((last && problem.at === 'key') || !scalar ? (key ?? value) : value) ?? found
    node = yaml.isNode(pair.value) ? pair.value : null
  }
  return found
}

/** A map's entry, or a list's as one without a key. */
function pairIn(yaml: Yaml, node: Node | null, step: Path[number]): Pick<Pair, 'key' | 'value'> | undefined {
  if (yaml.isMap(node))
    return node.items.find((pair) => yaml.isScalar(pair.key) && String(pair.key.value) === String(step))
  if (yaml.isSeq(node)) return Number(step) in node.items ? { key: null, value: node.items[Number(step)] } : undefined
  return undefined
}

function resolved(yaml: Yaml, document: Document, node: Node | null): Node | null {
  return yaml.isAlias(node) ? (node.resolve(document) ?? null) : node
}

function rangeOfNode(yaml: Yaml, node: unknown): Range | undefined {
  if (!yaml.isNode(node) || !node.range) return undefined
  const [from, valueEnd] = node.range
  return valueEnd > from ? [from, valueEnd] : undefined
}

/** A range that goes over several lines is shown up to the end of its first. */
function placeAt(text: string, lines: LineCounter, from: number, to: number): Place {
  const { line, col } = lines.linePos(Math.min(from, text.length))
  const lineEnd = text.indexOf('\n', from)
  const end = Math.min(to, lineEnd < 0 ? text.length : lineEnd)
  return { line: Math.max(1, line), column: Math.max(1, col), length: Math.max(1, end - from) }
}
