// What commands and builtins see of the shell that runs them.

import type { Tree } from '../../../../core/files.ts'
import type { Expander } from '../expand/expand.ts'
import type { Script } from '../syntax/tree.ts'
import type { Input } from './input.ts'
import type { Output } from './output.ts'
import type { Session } from './session.ts'
import type { ShellState } from './state.ts'

/** One descriptor; a file that is open for both has both. */
export interface End {
  readonly input?: Input
  readonly output?: Output
}

/** By descriptor number. */
export type Ends = ReadonlyMap<number, End>

export interface Shell extends Expander {
  readonly session: Session
  readonly state: ShellState
  run(script: Script, ends: Ends): Promise<number>
  /** Parses and runs a text here. */
  evaluate(text: string, ends: Ends): Promise<number>
  /** Runs a command by its words: a builtin or a command, with `functions` also one of those. */
  command(words: readonly string[], ends: Ends, functions?: boolean): Promise<number>
  /** Runs a command with these variables exported, and no others. */
  commandIn(environment: ReadonlyMap<string, string>, words: readonly string[], ends: Ends): Promise<number>
  /** Runs a text as a program of its own (`sh -c`, a script): exported variables alone go with it. */
  script(text: string, options: ScriptOptions, ends: Ends): Promise<number>
  /** What a name would run; undefined: nothing. */
  kindOf(name: string): 'function' | 'special' | 'builtin' | 'command' | 'keyword' | undefined
}

export interface ScriptOptions {
  readonly name: string
  readonly args: readonly string[]
  /** As `set` takes them: `e`, `u`. */
  readonly options?: string
}

export interface Call {
  readonly name: string
  readonly args: readonly string[]
  readonly stdin: Input
  readonly stdout: Output
  readonly stderr: Output
  readonly ends: Ends
  readonly tree: Tree
  readonly cwd: string
  readonly shell: Shell
}

/** Returns the exit status. What it prints is flushed for it in the end; a long one flushes when `stdout.full`. */
export type Command = (call: Call) => Promise<number> | number

export type CommandTable = Readonly<Record<string, Command>>
