// Builtins that change the way a script goes: exit, return, break, eval, exec, set, shift, trap, `.`.

import { isFailure } from '../../../../core/failure.ts'
import { absolutePath } from '../expand/paths.ts'
import { readScript } from '../run/script-file.ts'
import type { Call } from '../run/shell.ts'
import { setOptions } from '../run/state.ts'

/** Of special builtins that are used wrongly. */
const STATUS_MISUSE = 2

export function colon(): number {
  return 0
}

/** A status given as an argument, or that of the command before. */
function statusOf(call: Call): number | undefined {
  const [word] = call.args
  if (word === undefined) return call.shell.state.status
  if (/^\d{1,9}$/.test(word)) return Number(word) & 255
  return undefined
}

/** Says what is wrong and ends the script, as errors of special builtins do (§2.8.1). */
function wrong(call: Call, message: string): number {
  call.stderr.print(`${call.shell.state.name}: ${call.name}: ${message}\n`)
  call.shell.state.status = STATUS_MISUSE
  call.shell.state.unwinding = { kind: 'abort', status: STATUS_MISUSE }
  return STATUS_MISUSE
}

export function exit(call: Call): number {
  const status = statusOf(call)
  if (status === undefined) return wrong(call, `Illegal number: ${call.args[0]}`)
  call.shell.state.status = status
  call.shell.state.unwinding = { kind: 'exit', status }
  return status
}

export function leave(call: Call): number {
  const status = statusOf(call)
  if (status === undefined) return wrong(call, `Illegal number: ${call.args[0]}`)
  call.shell.state.unwinding = { kind: 'return', status }
  return status
}

/** break and continue. */
export function breakLoops(call: Call): number {
  const word = call.args[0] ?? '1'
  if (!/^[1-9]\d{0,5}$/.test(word)) return wrong(call, `Illegal number: ${word}`)
  const { state } = call.shell
  if (state.loops === 0) return 0
  const kind = call.name === 'break' ? 'break' : 'continue'
  state.unwinding = { kind, levels: Math.min(state.loops, Number(word)) }
  return 0
}

export function evaluate(call: Call): Promise<number> {
  return call.shell.evaluate(call.args.join(' '), call.ends)
}

export async function exec(call: Call): Promise<number> {
  const words = call.args[0] === '--' ? call.args.slice(1) : call.args
  if (words.length === 0) return 0
  const status = await call.shell.command(words, call.ends)
  call.shell.state.unwinding = { kind: 'exit', status }
  return status
}

export function shift(call: Call): number {
  const word = call.args[0] ?? '1'
  const { state } = call.shell
  if (!/^\d{1,6}$/.test(word)) return wrong(call, `Illegal number: ${word}`)
  if (Number(word) > state.positional.length) return wrong(call, "can't shift that many")
  state.positional = state.positional.slice(Number(word))
  return 0
}

export async function source(call: Call): Promise<number> {
  const [path] = call.args
  if (path === undefined) return wrong(call, 'filename argument required')
  const whole = absolutePath(call.cwd, path)
  if (isFailure(await call.tree.stat(whole))) return wrong(call, `${path}: not found`)
  const text = await readScript(call.shell, whole)
  if (text === undefined) return wrong(call, `${path}: cannot be read as a script`)
  const status = await call.shell.evaluate(text, call.ends)
  const { unwinding } = call.shell.state
  if (unwinding?.kind !== 'return') return status
  call.shell.state.unwinding = undefined
  return unwinding.status
}

const LONG_OPTIONS: Readonly<Record<string, string>> = {
  errexit: 'e',
  nounset: 'u',
  noglob: 'f',
  xtrace: 'x',
  noclobber: 'C',
  allexport: 'a',
}

export function setShell(call: Call): number {
  const { state } = call.shell
  if (call.args.length === 0) return printVariables(call)
  for (let at = 0; at < call.args.length; at++) {
    const word = call.args[at] ?? ''
    if (word === '--' || !/^[-+]./.test(word)) {
      state.positional = call.args.slice(word === '--' ? at + 1 : at)
      return 0
    }
    const named = word.slice(1) === 'o'
    const letters = named ? (LONG_OPTIONS[call.args[++at] ?? ''] ?? '?') : word.slice(1)
    if (!setOptions(state, letters, word.startsWith('-'))) {
      return wrong(call, `Illegal option ${named ? `-o ${call.args[at]}` : word}`)
    }
  }
  return 0
}

function printVariables({ shell, stdout }: Call): number {
  for (const [name, { value }] of [...shell.state.variables].toSorted()) stdout.print(`${name}=${quoted(value)}\n`)
  return 0
}

/** A text as the shell would read it back. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", `'"'"'`)}'`
}

const SIGNALS: Readonly<Record<string, string>> = { '0': 'EXIT', '1': 'HUP', '2': 'INT', '3': 'QUIT', '15': 'TERM' }

/** What is trapped for EXIT runs; a signal ends scripts here without asking them. */
export function trap(call: Call): number {
  const { traps } = call.shell.state
  const [first, ...rest] = call.args[0] === '--' ? call.args.slice(1) : call.args
  if (first === undefined) {
    for (const [name, text] of traps) call.stdout.print(`trap -- ${quoted(text)} ${name}\n`)
    return 0
  }
  const resets = rest.length === 0 || first === '-'
  for (const word of rest.length === 0 ? [first] : rest) {
    const name = (SIGNALS[word] ?? word).replace(/^SIG/, '')
    if (!Object.values(SIGNALS).includes(name)) return wrong(call, `${word}: bad trap`)
    if (resets) traps.delete(name)
    else traps.set(name, first)
  }
  return 0
}
