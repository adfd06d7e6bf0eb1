// Collects everything wrong in a world while it is read. Where it stands in the file is added in load.ts.

import { isConfigError, type ConfigError, type Problem } from '../../core/failure.ts'
import { didYouMean } from '../../core/closest.ts'
import { parseWith } from '../../core/config.ts'
import type { GenericSchema } from 'valibot'
import { PROBLEMS_SHOWN_MAX } from './limits.ts'

export type Path = readonly (string | number)[]

export class Problems {
  readonly #found: Problem[] = []

  get found(): readonly Problem[] {
    return this.#found
  }

  add(path: Path, message: string, at?: 'key'): void {
    this.#found.push(at ? { path, message, at } : { path, message })
  }

  /** `didYouMean` among many candidates, as long as the problem is one of those that are shown: looking takes time. */
  suggestion(word: string, candidates: Iterable<string>): string {
    return this.#found.length < PROBLEMS_SHOWN_MAX ? didYouMean(word, candidates) : ''
  }

  /**
   * The parsed value. If something is wrong with it, notes that and gives what is left without the keys that are wrong,
   * so that the rest is checked as well; undefined if nothing useful is left. `loose` may do without keys that are missing.
   */
  take<Output>(
    path: Path,
    schema: GenericSchema<unknown, Output>,
    input: unknown,
    loose: GenericSchema<unknown, Output> = schema,
  ): Output | undefined {
    const outcome = parseWith(schema, input)
    if (!isConfigError(outcome)) return outcome
    this.parsed(path, outcome)
    if (typeof input !== 'object' || input === null || Array.isArray(input)) return undefined
    const wrong = new Set(outcome.problems.map((problem) => problem.path[0]))
    const rest = parseWith(loose, Object.fromEntries(Object.entries(input).filter(([key]) => !wrong.has(key))))
    return isConfigError(rest) ? undefined : rest
  }

  /** Passes on what was parsed elsewhere; its problems get `path` before their own. */
  parsed<Output>(path: Path, outcome: Output | ConfigError): Output | undefined {
    if (!isConfigError(outcome)) return outcome
    this.#found.push(...outcome.problems.map((problem) => ({ ...problem, path: [...path, ...problem.path] })))
    return undefined
  }
}
