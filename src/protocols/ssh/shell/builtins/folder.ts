// cd, pwd and umask.

import { isFailure } from '../../../../core/failure.ts'
import { absolutePath, tidyPath } from '../expand/paths.ts'
import type { Call } from '../run/shell.ts'

export async function changeFolder(call: Call): Promise<number> {
  const { state, home } = call.shell
  const physical = call.args.includes('-P')
  const word = call.args.find((one) => one !== '-L' && one !== '-P' && one !== '--') ?? home
  const target = word === '-' ? (state.previousFolder ?? state.cwd) : word
  const whole = absolutePath(call.cwd, target)
  const path = physical ? await call.tree.resolve(whole) : tidyPath(whole)
  const stat = isFailure(path) ? path : await call.tree.stat(path)
  if (isFailure(path) || isFailure(stat) || stat.kind !== 'folder') {
    call.stderr.print(`${state.name}: cd: can't cd to ${target}\n`)
    return 2
  }
  state.previousFolder = state.cwd
  state.set('OLDPWD', state.cwd)
  state.set('PWD', path)
  state.cwd = path
  if (word === '-') call.stdout.print(`${path}\n`)
  return 0
}

export async function printFolder(call: Call): Promise<number> {
  const path = call.args.includes('-P') ? await call.tree.resolve(call.cwd) : call.cwd
  call.stdout.print(`${isFailure(path) ? call.cwd : path}\n`)
  return 0
}

export function umask(call: Call): number {
  const { state } = call.shell
  const [word] = call.args
  if (word === undefined) call.stdout.print(`${state.umask.toString(8).padStart(4, '0')}\n`)
  else if (word === '-S') call.stdout.print(`${symbolic(0o777 & ~state.umask)}\n`)
  else if (/^[0-7]{1,4}$/.test(word)) state.umask = Number.parseInt(word, 8) & 0o777
  else {
    call.stderr.print(`${state.name}: umask: Illegal mode: ${word}\n`)
    return 2
  }
  return 0
}

function symbolic(mode: number): string {
  return `u=${lettersOf(mode >> 6)},g=${lettersOf((mode >> 3) & 7)},o=${lettersOf(mode & 7)}`
}

function lettersOf(bits: number): string {
  return ['r', 'w', 'x'].filter((_, place) => bits & (4 >> place)).join('')
}
