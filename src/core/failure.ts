// What can go wrong by a peer's, an owner's or the world's doing, as values. Only misuse of the
// SDK and broken invariants throw.

/** Something outside the protocol went wrong: a connect, a bind, a file. `code` is a stable word such as `ECONNREFUSED`. */
export interface Failure {
  readonly kind: 'failure'
  readonly code: string
  readonly message: string
}

/** One thing wrong in a configuration. `path` leads to it from the value that was parsed. */
export interface Problem {
  readonly path: readonly (string | number)[]
  readonly message: string
  /** Set when the key itself is wrong (unknown, misspelt), not what stands under it. */
  readonly at?: 'key'
}

/** Everything wrong in a configuration, at once. */
export interface ConfigError {
  readonly kind: 'config-error'
  readonly problems: readonly Problem[]
}

export function failure(code: string, message: string): Failure {
  return { kind: 'failure', code, message }
}

export function isFailure(value: unknown): value is Failure {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'failure'
}

export function isConfigError(value: unknown): value is ConfigError {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'config-error'
}

/** A `Failure` from whatever Node threw, keeping its `code`. */
export function failureFrom(thrown: unknown): Failure {
  if (thrown instanceof Error) {
    const code = 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : thrown.name
    return failure(code, thrown.message)
  }
  return failure('UNKNOWN', String(thrown))
}

/** Closes a switch over a union: the compiler refuses it while a member is unhandled. */
export function unreachable(value: never): never {
  throw new Error(`unreachable: ${JSON.stringify(value)}`)
}
