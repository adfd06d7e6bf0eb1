// What a shell knows and a subshell gets a copy of: variables, functions, folder, options.

import type { CompoundCommand } from '../syntax/tree.ts'

export interface Variable {
  readonly value: string
  readonly exported: boolean
  readonly readOnly: boolean
}

/** What is on its way out of commands within each other. */
export type Unwinding =
  | { readonly kind: 'exit'; readonly status: number }
  | { readonly kind: 'return'; readonly status: number }
  | { readonly kind: 'break' | 'continue'; readonly levels: number }
  /** An error that ends a script, and of an interactive shell the line only. */
  | { readonly kind: 'abort'; readonly status: number }

export type ShellOption = 'e' | 'u' | 'f' | 'x' | 'n' | 'C' | 'a'

/** What one variable takes besides its text. */
const VARIABLE_BYTES = 64

export class ShellState {
  readonly variables: Map<string, Variable>
  readonly functions: Map<string, CompoundCommand>
  readonly options: Set<ShellOption>
  readonly traps: Map<string, string>
  readonly #memoryMaxBytes: number
  #bytes = 0
  /** `$0`. */
  name = 'sh'
  positional: readonly string[] = []
  cwd = '/'
  previousFolder: string | undefined
  umask = 0o022
  status = 0
  /** Loops around the present command, within the present function. */
  loops = 0
  /** Functions, scripts and subshells within each other. */
  calls = 0
  /** More than 0: a status that something looks at (`if`, `&&`), so that `set -e` does not. */
  looked = 0
  unwinding: Unwinding | undefined
  /** Values that `local` put aside, of the present function. */
  locals: Map<string, Variable | undefined> | undefined

  constructor(memoryMaxBytes: number, from?: ShellState) {
    this.#memoryMaxBytes = memoryMaxBytes
    this.variables = new Map(from?.variables)
    this.functions = new Map(from?.functions)
    this.options = new Set(from?.options)
    this.traps = new Map()
    if (from === undefined) return
    this.#bytes = from.#bytes
    this.name = from.name
    this.positional = from.positional
    this.cwd = from.cwd
    this.previousFolder = from.previousFolder
    this.umask = from.umask
    this.status = from.status
    this.calls = from.calls + 1
    this.looked = from.looked
  }

  copy(): ShellState {
    return new ShellState(this.#memoryMaxBytes, this)
  }

  /** For a script of its own: what is exported, and nothing else. */
  fresh(): ShellState {
    const state = this.copy()
    for (const [name, variable] of state.variables) if (!variable.exported) state.#drop(name)
    for (const [name, { value }] of state.variables)
      state.variables.set(name, { value, exported: true, readOnly: false })
    state.functions.clear()
    state.options.clear()
    state.looked = 0
    return state
  }

  get(name: string): string | undefined {
    return this.variables.get(name)?.value
  }

  /** `full`: there is no room; `read-only`: it may not be changed. */
  set(name: string, value: string, exported?: boolean): 'read-only' | 'full' | undefined {
    const before = this.variables.get(name)
    if (before?.readOnly === true) return 'read-only'
    const grows = value.length - (before?.value.length ?? -name.length - VARIABLE_BYTES)
    if (this.#bytes + grows > this.#memoryMaxBytes) return 'full'
    this.#bytes += grows
    const isExported = exported ?? before?.exported ?? this.options.has('a')
    this.variables.set(name, { value, exported: isExported, readOnly: false })
    return undefined
  }

  /** False: it is read-only. */
  unset(name: string): boolean {
    if (this.variables.get(name)?.readOnly === true) return false
    this.#drop(name)
    return true
  }

  /** Puts back what was there before. */
  restore(name: string, before: Variable | undefined): void {
    this.#drop(name)
    if (before === undefined) return
    this.#bytes += before.value.length + name.length + VARIABLE_BYTES
    this.variables.set(name, before)
  }

  /** Marks a variable; one that is not set yet stays so only if it is not marked. */
  mark(name: string, marks: { readonly exported?: boolean; readonly readOnly?: boolean }): void {
    if (!this.variables.has(name)) this.set(name, '')
    const variable = this.variables.get(name)
    if (variable !== undefined) this.variables.set(name, { ...variable, ...marks })
  }

  /** What commands are given. */
  environment(): ReadonlyMap<string, string> {
    const exported = [...this.variables].filter(([, variable]) => variable.exported)
    return new Map(exported.map(([name, variable]) => [name, variable.value]))
  }

  #drop(name: string): void {
    const before = this.variables.get(name)
    if (before === undefined) return
    this.#bytes -= before.value.length + name.length + VARIABLE_BYTES
    this.variables.delete(name)
  }
}

const OPTIONS: readonly ShellOption[] = ['e', 'u', 'f', 'x', 'n', 'C', 'a']

/** False: one of the letters is no option. */
export function setOptions(state: ShellState, letters: string, on: boolean): boolean {
  for (const letter of letters) {
    const option = OPTIONS.find((one) => one === letter)
    if (option === undefined) return false
    if (on) state.options.add(option)
    else state.options.delete(option)
  }
  return true
}
