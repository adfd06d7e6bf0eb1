// What commands over operands have in common: errors told and counted, inputs opened one after the other, bounded walks.

import { isFailure, type Failure } from '../../../../core/failure.ts'
import { absolutePath } from '../expand/paths.ts'
import { Input } from '../run/input.ts'
import { systemMessage } from '../run/messages.ts'
import { isNullDevice } from '../run/redirect.ts'
import type { Call } from '../run/shell.ts'
import { EMPTY_SOURCE, fileSource } from '../run/streams.ts'

export function pathOf({ cwd }: Pick<Call, 'cwd'>, operand: string): string {
  return absolutePath(cwd, operand)
}

/** `name: what: why`; returns 1, the status of most that fails. */
export function complain(call: Call, what: string, problem: Failure): 1 {
  call.stderr.print(`${call.name}: ${what}: ${systemMessage(problem)}\n`)
  return 1
}

export function stopped({ shell }: Call): boolean {
  return shell.session.job.stopped !== undefined
}

/** Counts an entry that is walked over; false: no more may be. */
export async function walkedOne(call: Call): Promise<boolean> {
  await call.shell.session.job.step()
  return !stopped(call)
}

/** Hands each operand's content over (`-`, and no operand at all: stdin); what cannot be opened is told. */
export async function eachInput(
  call: Call,
  operands: readonly string[],
  take: (input: Input, name: string) => Promise<unknown>,
): Promise<number> {
  let status = 0
  for (const name of operands.length === 0 ? ['-'] : operands) {
    const input = await openInput(call, name)
    if (isFailure(input)) status = cannotOpen(call, name, input)
    else {
      await take(input, name)
      if (input.problem !== undefined && name !== '-') status = complain(call, name, input.problem)
      if (name !== '-') input.close()
    }
    if (stopped(call) || call.stdout.failure !== undefined) break
  }
  return status
}

/** Programs have words of their own for what they cannot read. */
function cannotOpen(call: Call, name: string, problem: Failure): number {
  if (call.name === 'head' || call.name === 'tail') {
    call.stderr.print(`${call.name}: cannot open ${quoteName(name)} for reading: ${systemMessage(problem)}\n`)
    return 1
  }
  return complain(call, call.name === 'sort' ? `cannot read: ${name}` : name, problem)
}

/** As GNU programs quote names in what they say. */
export function quoteName(name: string): string {
  return `'${name.replaceAll("'", `'\\''`)}'`
}

export async function openInput(call: Call, name: string): Promise<Input | Failure> {
  if (name === '-') return call.stdin
  const path = pathOf(call, name)
  if (isNullDevice(path)) return new Input(EMPTY_SOURCE)
  const file = await call.tree.open(path)
  return isFailure(file) ? file : new Input(fileSource(file))
}

/** The last segment of a path, slashes at its end left out. */
export function baseName(path: string): string {
  const trimmed = path.replace(/\/+$/, '')
  return trimmed === '' ? '/' : trimmed.slice(trimmed.lastIndexOf('/') + 1)
}

export function joinPath(folder: string, name: string): string {
  return folder.endsWith('/') ? folder + name : `${folder}/${name}`
}
