// A world file as text to a World, or to everything that is wrong with it, with places. Reads no files itself.

import { dirname } from 'node:path'
import { isConfigError, type ConfigError, type Problem } from '../../core/failure.ts'
import { FILE_MAX_BYTES, PROBLEMS_SHOWN_MAX } from './limits.ts'
import type { World } from './model.ts'
import { resolveWorld } from './resolve.ts'
import type { ServiceOptions } from './service-entries.ts'
import { readYaml, type Place } from './yaml-source.ts'

/** `line` and `column` count from 1; `length` is how much of the line is meant. */
export interface PlacedProblem extends Problem, Place {
  /** The line of the file, and under it a line of blanks and carets. */
  readonly excerpt: string
}

export interface WorldFileError extends ConfigError {
  /** As it was given to `loadWorld`. */
  readonly path: string
  /** In the order of the file. */
  readonly problems: readonly PlacedProblem[]
}

export interface LoadOptions extends ServiceOptions {
  /** Of the file: for messages, and as the start of relative paths in it. */
  readonly path: string
}

export async function loadWorld(text: string, options: LoadOptions): Promise<World | WorldFileError> {
  const { path } = options
  const bytes = Buffer.byteLength(text)
  if (bytes > FILE_MAX_BYTES) {
    const message = `a world file has at most ${FILE_MAX_BYTES} bytes; this one has ${bytes}`
    return { kind: 'config-error', path, problems: [{ path: [], message, line: 1, column: 1, length: 1, excerpt: '' }] }
  }
  const source = await readYaml(text)
  const lines = text.split('\n')
  const placed = (problem: Problem, place: Place): PlacedProblem => ({
    ...problem,
    ...place,
    excerpt: excerptOf(lines, place),
  })
  if (source.syntax.length > 0) {
    const problems = source.syntax.map(({ message, ...place }) => placed({ path: [], message }, place))
    return { kind: 'config-error', path, problems }
  }
  const world = resolveWorld(source.data, { ...options, folder: dirname(path) })
  if (!isConfigError(world)) return world
  const problems = world.problems.map((problem) => placed(problem, source.placeOf(problem)))
  return { kind: 'config-error', path, problems: problems.toSorted(byPlace) }
}

function byPlace(a: Place, b: Place): number {
  return a.line - b.line || a.column - b.column
}

/** Characters of a line that are shown; longer ones are shown around the place. */
const EXCERPT_MAX_CHARACTERS = 100

/** Keys of transfers are for those who have the file, not for whoever sees a terminal or a log. */
function hidden(line: string): string {
  return line.replace(/(?<=\bsecret["']?\s*:\s*)[^\s,}]+/, (secret) => '*'.repeat(secret.length))
}

function excerptOf(lines: readonly string[], { line, column, length }: Place): string {
  const whole = hidden((lines[line - 1] ?? '').replace(/\r$/, '').replaceAll('\t', ' '))
  const skipped = Math.max(0, column - 1 - EXCERPT_MAX_CHARACTERS / 2)
  const shown = whole.slice(whole.length > EXCERPT_MAX_CHARACTERS ? skipped : 0).slice(0, EXCERPT_MAX_CHARACTERS)
  const indent = column - 1 - (whole.length > EXCERPT_MAX_CHARACTERS ? skipped : 0)
  const carets = Math.max(1, Math.min(length, shown.length - indent))
  return `${shown}\n${' '.repeat(indent)}${'^'.repeat(carets)}`
}

/** One paragraph for each problem, `file:line:column: message` first; ends with a count when there is more than one. */
export function formatWorldProblems(error: WorldFileError): string {
  const shown = error.problems.slice(0, PROBLEMS_SHOWN_MAX).map((problem) => formatProblem(error.path, problem))
  const count = error.problems.length
  if (count > shown.length) shown.push(`${count} problems, of which the first ${shown.length} are shown`)
  else if (count > 1) shown.push(`${count} problems`)
  return shown.join('\n')
}

function formatProblem(path: string, problem: PlacedProblem): string {
  const head = `${path}:${problem.line}:${problem.column}: ${problem.message}`
  if (problem.excerpt === '') return head
  const number = String(problem.line)
  const [source = '', carets = ''] = problem.excerpt.split('\n')
  return `${head}\n  ${number} | ${source}\n  ${' '.repeat(number.length)} | ${carets}`
}
