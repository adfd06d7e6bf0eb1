// Commands whose answer stands in the world file: the first that fits is said, before any shell is asked.

import { textFits } from '../login/peer-patterns.ts'

export interface ScriptedAnswer {
  readonly output: string
  readonly error: string
  /** 0 to 255. */
  readonly exit: number
}

export class ScriptedCommands {
  readonly #exact = new Map<string, ScriptedAnswer>()
  readonly #patterns: (readonly [string, ScriptedAnswer])[] = []

  /** By command; one with `*` or `?` in it is a pattern. */
  constructor(answers: Readonly<Record<string, ScriptedAnswer>>) {
    for (const [command, answer] of Object.entries(answers)) {
      if (/[*?]/.test(command)) this.#patterns.push([command, answer])
      else this.#exact.set(command, answer)
    }
  }

  /** Spaces around `command` do not count. */
  find(command: string): ScriptedAnswer | undefined {
    const asked = command.trim()
    return this.#exact.get(asked) ?? this.#patterns.find(([pattern]) => textFits(pattern, asked))?.[1]
  }
}
