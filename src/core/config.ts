// Turns a valibot schema into a service's `config`, and valibot's issues into problems for people.

import { safeParse, type BaseIssue, type GenericSchema } from 'valibot'
import { didYouMean } from './closest.ts'
import type { ConfigError, Problem } from './failure.ts'
import type { ConfigSchema } from './service.ts'

/** `undefined` and `null` (a bare `- http` in YAML) both parse as the empty object. */
export function configFrom<Config>(schema: GenericSchema<unknown, Config>): ConfigSchema<Config> {
  return { schema, parse: (input) => parseWith(schema, input ?? {}) }
}

/** What the schema makes of `input`, or every problem at once in plain words. */
export function parseWith<Output>(schema: GenericSchema<unknown, Output>, input: unknown): Output | ConfigError {
  if (Array.isArray(input) && schema.type.endsWith('object')) return listForMap()
  const result = safeParse(schema, input, { message: plainMessage })
  return result.success ? result.output : configErrorFrom(result.issues, schema)
}

/** valibot takes a list for an object with the keys 0, 1, 2. */
function listForMap(): ConfigError {
  return {
    kind: 'config-error',
    problems: [{ path: [], message: `expected ${EXPECTED.Object}; got ${EXPECTED.Array}` }],
  }
}

/** `schema`, where given, serves to suggest the key that was meant. */
export function configErrorFrom(issues: readonly BaseIssue<unknown>[], schema?: unknown): ConfigError {
  return { kind: 'config-error', problems: issues.flatMap((issue) => problemsFrom(issue, [], schema)) }
}

type Path = readonly (string | number)[]

/** Of a union, the problems inside the alternative whose outer form fits; if none does, the union's own. */
function problemsFrom(issue: BaseIssue<unknown>, above: Path, schema: unknown): Problem[] {
  const path = [...above, ...pathOf(issue)]
  const inside = (issue.issues ?? []).filter((nested) => nested.path !== undefined)
  if (inside.length > 0) return inside.flatMap((nested) => problemsFrom(nested, path, schema))
  const key = path.at(-1)
  if (!isUnknownKey(issue) || key === undefined) return [{ path, message: issue.message }]
  const known = didYouMean(String(key), keysAt(schema, path.slice(0, -1)))
  return [{ path, message: `unknown key "${key}"${known}`, at: 'key' }]
}

function pathOf(issue: BaseIssue<unknown>): Path {
  return (issue.path ?? []).map((item) => item.key).filter((key) => typeof key === 'string' || typeof key === 'number')
}

function isUnknownKey(issue: BaseIssue<unknown>): boolean {
  return issue.type === 'strict_object' && issue.expected === 'never'
}

const EXPECTED: Readonly<Record<string, string>> & { readonly Array: string; readonly Object: string } = {
  Array: 'a list',
  Object: 'a map of keys and values',
  boolean: 'true or false',
  number: 'a number',
  string: 'text',
}

/** Stands where a schema has no message of its own. */
function plainMessage(issue: BaseIssue<unknown>): string {
  if (issue.type === 'strict_object' && issue.expected !== 'Object') return `missing ${issue.expected}`
  if (issue.expected === null) return issue.message
  const alternatives = issue.expected.replace(/^\((.*)\)$/, '$1').split(' | ')
  const got = issue.input === undefined ? 'nothing' : (EXPECTED[issue.received] ?? issue.received)
  const suggestion =
    typeof issue.input === 'string' ? didYouMean(issue.input, alternatives.filter(isQuoted).map(unquoted)) : ''
  return `expected ${alternatives.map((word) => EXPECTED[word] ?? unquoted(word)).join(' or ')}; got ${got}${suggestion}`
}

const isQuoted = (word: string): boolean => word.startsWith('"')
const unquoted = (word: string): string => word.replace(/^"(.*)"$/, '$1')

/** The keys that the schema knows at `path`, looking through optional, piped, listed and alternative parts. */
function keysAt(schema: unknown, path: Path): string[] {
  if (typeof schema !== 'object' || schema === null) return []
  if ('wrapped' in schema) return keysAt(schema.wrapped, path)
  if ('options' in schema && Array.isArray(schema.options))
    return schema.options.flatMap((option) => keysAt(option, path))
  const [key, ...rest] = path
  if ('entries' in schema && typeof schema.entries === 'object' && schema.entries !== null) {
    if (key === undefined) return Object.keys(schema.entries)
    return keysAt(new Map<unknown, unknown>(Object.entries(schema.entries)).get(key), rest)
  }
  if (key === undefined) return []
  if ('item' in schema) return keysAt(schema.item, rest)
  return 'value' in schema ? keysAt(schema.value, rest) : []
}
