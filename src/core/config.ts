// Turns a valibot schema into a service's `config`.

import { safeParse, type BaseIssue, type GenericSchema } from 'valibot'
import type { ConfigError, Problem } from './failure.ts'
import type { ConfigSchema } from './service.ts'

/** `undefined` and `null` (a bare `- http` in YAML) both parse as the empty object. */
export function configFrom<Config>(schema: GenericSchema<unknown, Config>): ConfigSchema<Config> {
  return {
    schema,
    parse(input) {
      const result = safeParse(schema, input ?? {})
      return result.success ? result.output : configErrorFrom(result.issues)
    },
  }
}

export function configErrorFrom(issues: readonly BaseIssue<unknown>[]): ConfigError {
  return { kind: 'config-error', problems: issues.map(problemFrom) }
}

function problemFrom(issue: BaseIssue<unknown>): Problem {
  const path = (issue.path ?? [])
    .map((item) => item.key)
    .filter((key) => typeof key === 'string' || typeof key === 'number')
  return { path, message: issue.message }
}
