// Simple commands (Shell Command Language §2.9.1): assignments, redirections, and the search for what a name means.

import { isFailure } from '../../../../core/failure.ts'
import { BUILTINS, SPECIAL_BUILTINS } from '../builtins/index.ts'
import { COMMANDS } from '../commands/index.ts'
import { expandText } from '../expand/expand.ts'
import { absolutePath } from '../expand/paths.ts'
import type { SimpleCommand } from '../syntax/tree.ts'
import { callFunction, type FunctionRunner } from './functions.ts'
import { Input } from './input.ts'
import { systemMessage } from './messages.ts'
import { Output } from './output.ts'
import { closeEnds, redirect } from './redirect.ts'
import type { Call, Command, CommandTable, Ends, Shell } from './shell.ts'
import { readScript } from './script-file.ts'
import type { ShellState, Unwinding, Variable } from './state.ts'
import { EMPTY_SOURCE, NULL_SINK } from './streams.ts'

/** What the interpreter has besides a `Shell`. */
export interface Runner extends Shell, FunctionRunner {
  fields(words: SimpleCommand['words'], ends: Ends): Promise<string[] | undefined>
  takeSubstituted(): number
  abort(message: string, ends: Ends, status?: number): Promise<number>
  complain(message: string, ends: Ends): Promise<void>
  unwind(unwinding: Unwinding): void
}

// Shell Command Language §2.8.2, and dash's own of a redirection.
const STATUS = { redirection: 2, notExecutable: 126, notFound: 127, brokenPipe: 141 } as const
const KEYWORDS = new Set('! { } case do done elif else esac fi for if in then until while'.split(' '))
/** Folders in whose name commands are called. */
const PROGRAM_FOLDERS = /^(?:\/usr)?(?:\/local)?\/s?bin\/([^/]+)$/

export async function runSimple(shell: Runner, command: SimpleCommand, ends: Ends): Promise<number> {
  shell.takeSubstituted()
  const words = await shell.fields(command.words, ends)
  if (words === undefined) return shell.state.status
  const opened = await redirect(command.redirections, ends, shell)
  if (isFailure(opened)) return refuse(shell, words, opened.message, ends)
  const status = await assignAndRun(shell, command, words, opened.ends)
  if (status !== undefined && words[0] === 'exec' && words.length === 1) return keepEnds(ends, opened.ends)
  await closeEnds(opened.opened)
  return status
}

/** A redirection that fails ends the script where the command is a special builtin (§2.8.1). */
async function refuse(shell: Runner, words: readonly string[], message: string, ends: Ends): Promise<number> {
  const special = words[0] !== undefined && words[0] in SPECIAL_BUILTINS
  if (special) return shell.abort(message, ends, STATUS.redirection)
  await shell.complain(message, ends)
  return STATUS.redirection
}

/** `exec` with redirections and no command: they stay (§2.14, exec). */
function keepEnds(ends: Ends, next: Ends): number {
  if (!(ends instanceof Map)) return 0
  ends.clear()
  for (const [fd, end] of next) ends.set(fd, end)
  return 0
}

async function assignAndRun(
  shell: Runner,
  { assignments }: SimpleCommand,
  words: readonly string[],
  ends: Ends,
): Promise<number> {
  const name = words[0]
  const stays = name === undefined || (name in SPECIAL_BUILTINS && !shell.state.functions.has(name))
  const before = new Map<string, Variable | undefined>()
  for (const assignment of assignments) {
    const value = await expandText(assignment.value, shell, true)
    if (isFailure(value)) return shell.abort(value.message, ends)
    if (!stays && !before.has(assignment.name)) {
      before.set(assignment.name, shell.state.variables.get(assignment.name))
    }
    if (!shell.set(assignment.name, value)) return shell.abort(`${assignment.name}: is read only`, ends)
    if (!stays) shell.state.mark(assignment.name, { exported: true })
  }
  if (shell.state.options.has('x')) await trace(shell, assignments.length === 0 ? words : ['…', ...words], ends)
  if (name === undefined) return shell.takeSubstituted()
  const status = await runWords(shell, words, ends, true)
  for (const [variable, value] of before) shell.state.restore(variable, value)
  return status
}

async function trace(shell: Runner, words: readonly string[], ends: Ends): Promise<void> {
  const stderr = ends.get(2)?.output
  stderr?.print(`+ ${words.join(' ')}\n`)
  await stderr?.flush()
}

/** Functions come before builtins, but not before special ones (§2.9.1.1). */
export async function runWords(
  shell: Runner,
  words: readonly string[],
  ends: Ends,
  functions: boolean,
): Promise<number> {
  const [name = '', ...args] = words
  const { state } = shell
  const body = functions && !(name in SPECIAL_BUILTINS) ? state.functions.get(name) : undefined
  if (body !== undefined) {
    if (state.calls < shell.session.limits.nestingMax) return callFunction(shell, body, args, ends)
    shell.session.job.reach('nestingMax')
    return shell.session.job.stopped ?? 1
  }
  const command = find(name)
  if (command !== undefined) return call(shell, command, PROGRAM_FOLDERS.exec(name)?.[1] ?? name, args, ends)
  if (name.includes('/')) return runFile(shell, name, args, ends)
  await shell.complain(`${name}: command not found`, ends)
  return STATUS.notFound
}

function find(name: string): Command | undefined {
  const program = PROGRAM_FOLDERS.exec(name)?.[1]
  if (program !== undefined) return own(COMMANDS, program) ?? (program === 'sh' ? own(BUILTINS, program) : undefined)
  return own(SPECIAL_BUILTINS, name) ?? own(BUILTINS, name) ?? own(COMMANDS, name)
}

function own(table: CommandTable, name: string): Command | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined
}

export function kindOf(name: string, state: ShellState): ReturnType<Shell['kindOf']> {
  if (KEYWORDS.has(name)) return 'keyword'
  if (own(SPECIAL_BUILTINS, name) !== undefined) return 'special'
  if (state.functions.has(name)) return 'function'
  if (own(BUILTINS, name) !== undefined) return 'builtin'
  return own(COMMANDS, name) === undefined ? undefined : 'command'
}

async function call(
  shell: Runner,
  command: Command,
  name: string,
  args: readonly string[],
  ends: Ends,
): Promise<number> {
  const stdout = ends.get(1)?.output ?? new Output(NULL_SINK)
  const stderr = ends.get(2)?.output ?? new Output(NULL_SINK)
  const stdin = ends.get(0)?.input ?? new Input(EMPTY_SOURCE)
  const given: Call = { name, args, stdin, stdout, stderr, ends, tree: shell.tree, cwd: shell.cwd, shell }
  const status = await command(given)
  if (stdin.problem !== undefined) stderr.print(`${name}: ${systemMessage(stdin.problem)}\n`)
  await stdout.flush()
  const written = reportFailure(shell, stdout, stderr, name)
  await stderr.flush()
  return shell.session.job.stopped ?? written ?? (stdin.problem !== undefined && status === 0 ? 1 : status)
}

/** A pipe without a reader ends the command as SIGPIPE would; a full disk is told, and the next command may try again. */
function reportFailure(shell: Runner, stdout: Output, stderr: Output, name: string): number | undefined {
  const problem = stdout.failure
  if (problem === undefined) return undefined
  if (problem.code === 'EPIPE') {
    shell.unwind({ kind: 'exit', status: STATUS.brokenPipe })
    return STATUS.brokenPipe
  }
  stdout.failure = undefined
  stderr.print(`${name}: write error: ${systemMessage(problem)}\n`)
  return 1
}

/** A script in the tree, called by its path. */
async function runFile(shell: Runner, name: string, args: readonly string[], ends: Ends): Promise<number> {
  const path = absolutePath(shell.cwd, name)
  const stat = await shell.tree.stat(path)
  if (isFailure(stat)) {
    await shell.complain(stat.code === 'ENOENT' ? `${name}: not found` : `${name}: ${systemMessage(stat)}`, ends)
    return stat.code === 'EACCES' ? STATUS.notExecutable : STATUS.notFound
  }
  if (stat.kind === 'folder' || (stat.mode & 0o111) === 0) {
    await shell.complain(`${name}: Permission denied`, ends)
    return STATUS.notExecutable
  }
  const text = await readScript(shell, path)
  if (text !== undefined) return shell.script(text, { name, args }, ends)
  await shell.complain(`${name}: Exec format error`, ends)
  return STATUS.notExecutable
}
