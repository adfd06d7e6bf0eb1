// What the SDK throws when a world cannot be started, or is asked for what it does not have: every problem at once.

/** One thing wrong with a world. */
export interface WorldProblem {
  /** Leads to it from the top of the world: `['hosts', 'www.harbor.test', 'services', 0]`. Empty: the world as a whole. */
  readonly path: readonly (string | number)[]
  readonly message: string
  /** In a world file, counted from 1. */
  readonly line?: number
  readonly column?: number
}

/** `message` shows every problem, one a line; those of a file with their line and column. */
export class WorldError extends Error {
  override readonly name = 'WorldError'
  readonly problems: readonly WorldProblem[]

  constructor(problems: readonly WorldProblem[], message: string = problems.map(formatProblem).join('\n')) {
    super(message)
    this.problems = problems
  }

  /** A world with one problem that has no place in its description. */
  static of(message: string): WorldError {
    return new WorldError([{ path: [], message }])
  }
}

function formatProblem({ path, message }: WorldProblem): string {
  return path.length === 0 ? message : `${path.join('.')}: ${message}`
}
