// export, readonly, unset, local.

import type { Call } from '../run/shell.ts'
import { quoted } from './control.ts'

const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/

/** Runs `take` for each `NAME` and `NAME=VALUE`; the exit status. */
function eachVariable(call: Call, take: (name: string, value: string | undefined) => void): number {
  for (const word of call.args.filter((one) => one !== '--' && one !== '-p')) {
    const end = word.indexOf('=')
    const name = end === -1 ? word : word.slice(0, end)
    if (!NAME.test(name)) return refuse(call, `${name}: bad variable name`)
    const value = end === -1 ? undefined : word.slice(end + 1)
    if (value !== undefined && !isWritable(call, name)) return refuse(call, `${name}: is read only`)
    take(name, value)
  }
  return 0
}

function isWritable(call: Call, name: string): boolean {
  return call.shell.state.variables.get(name)?.readOnly !== true
}

function refuse({ shell, stderr, name }: Call, message: string): number {
  stderr.print(`${shell.state.name}: ${name}: ${message}\n`)
  shell.state.status = 2
  if (name !== 'local') shell.state.unwinding = { kind: 'abort', status: 2 }
  return 2
}

function assign(call: Call, name: string, value: string | undefined): void {
  if (value !== undefined) call.shell.set(name, value)
}

export function exportVariables(call: Call): number {
  if (call.args.every((word) => word === '-p')) return list(call, 'export', ({ exported }) => exported)
  return eachVariable(call, (name, value) => {
    assign(call, name, value)
    call.shell.state.mark(name, { exported: true })
  })
}

export function readOnly(call: Call): number {
  if (call.args.every((word) => word === '-p')) return list(call, 'readonly', (variable) => variable.readOnly)
  return eachVariable(call, (name, value) => {
    assign(call, name, value)
    call.shell.state.mark(name, { readOnly: true })
  })
}

type Wanted = (variable: { readonly exported: boolean; readonly readOnly: boolean }) => boolean

function list({ shell, stdout }: Call, word: string, wanted: Wanted): number {
  const found = [...shell.state.variables].filter(([, variable]) => wanted(variable))
  for (const [name, { value }] of found.toSorted()) stdout.print(`${word} ${name}=${quoted(value)}\n`)
  return 0
}

export function unset(call: Call): number {
  const { state } = call.shell
  const functions = call.args[0] === '-f'
  const names = /^-[fv]$/.test(call.args[0] ?? '') ? call.args.slice(1) : call.args
  for (const name of names) {
    if (functions) state.functions.delete(name)
    else if (!state.unset(name)) return refuse(call, `${name}: is read only`)
  }
  return 0
}

export function local(call: Call): number {
  const { state } = call.shell
  const { locals } = state
  if (locals === undefined) {
    call.stderr.print(`${state.name}: local: not in a function\n`)
    return 2
  }
  return eachVariable(call, (name, value) => {
    if (!locals.has(name)) locals.set(name, state.variables.get(name))
    assign(call, name, value)
  })
}
