// What a name means (type, which, command -v), and the shell run once more (sh -c, sh FILE).

import { isFailure } from '../../../../core/failure.ts'
import { absolutePath } from '../expand/paths.ts'
import { readScript } from '../run/script-file.ts'
import type { Call, Shell } from '../run/shell.ts'
import { pathText } from '../../../../wire/path-text.ts'

const STATUS = { notFound: 127, cannotOpen: 2 } as const

/** Where a command would stand; there are no such files in the tree. */
function placeOf(name: string, kind: ReturnType<Shell['kindOf']>): string {
  return kind === 'command' ? `/usr/bin/${name}` : name
}

export function type_(call: Call): number {
  let status = 0
  for (const name of call.args) {
    const kind = call.shell.kindOf(name)
    call.stdout.print(`${name}${describe(name, kind)}\n`)
    if (kind === undefined) status = STATUS.notFound
  }
  return status
}

function describe(name: string, kind: ReturnType<Shell['kindOf']>): string {
  if (kind === undefined) return ': not found'
  if (kind === 'keyword') return ' is a shell keyword'
  if (kind === 'special') return ' is a special shell builtin'
  if (kind === 'builtin') return ' is a shell builtin'
  return kind === 'function' ? ' is a shell function' : ` is ${placeOf(name, kind)}`
}

export async function which(call: Call): Promise<number> {
  let status = 0
  for (const name of call.args) {
    const kind = call.shell.kindOf(name)
    if (kind === 'command' || kind === 'builtin') call.stdout.print(`/usr/bin/${name}\n`)
    else status = 1
  }
  return status
}

export async function commandBuiltin(call: Call): Promise<number> {
  const [first, ...rest] = call.args
  if (first === '-v' || first === '-V') {
    const names = rest
    if (first === '-V') return type_({ ...call, args: names })
    const known = names.filter((name) => call.shell.kindOf(name) !== undefined)
    for (const name of known) call.stdout.print(`${placeOf(name, call.shell.kindOf(name))}\n`)
    return known.length === names.length ? 0 : STATUS.notFound
  }
  const words = first === '-p' || first === '--' ? rest : call.args
  return words.length === 0 ? 0 : call.shell.command(words, call.ends)
}

/** `sh -c TEXT [NAME [ARG...]]`, `sh FILE [ARG...]`, `sh` with a script on stdin. */
export async function runShell(call: Call): Promise<number> {
  let letters = ''
  let at = 0
  for (; /^-[a-zA-Z]+$/.test(call.args[at] ?? ''); at++) letters += (call.args[at] ?? '').slice(1)
  if (call.args[at] === '--') at++
  const [first, ...args] = call.args.slice(at)
  const options = letters.replace(/[clis]/g, '')
  if (letters.includes('c')) return runText(call, first, args, options)
  if (first === undefined || letters.includes('s')) {
    const text = pathText(await call.stdin.all(call.shell.session.limits.scriptMaxBytes))
    return call.shell.script(text, { name: call.name, args, options }, call.ends)
  }
  return runScript(call, first, args, options)
}

function runText(
  call: Call,
  text: string | undefined,
  args: readonly string[],
  options: string,
): Promise<number> | number {
  if (text === undefined) {
    call.stderr.print(`${call.name}: -c requires an argument\n`)
    return STATUS.cannotOpen
  }
  return call.shell.script(text, { name: args[0] ?? call.name, args: args.slice(1), options }, call.ends)
}

async function runScript(call: Call, name: string, args: readonly string[], options: string): Promise<number> {
  const path = absolutePath(call.cwd, name)
  const found = !isFailure(await call.tree.stat(path))
  const text = found ? await readScript(call.shell, path) : undefined
  if (text !== undefined) return call.shell.script(text, { name, args, options }, call.ends)
  call.stderr.print(`${call.name}: cannot open ${name}: ${found ? 'no script' : 'No such file'}\n`)
  return STATUS.cannotOpen
}
