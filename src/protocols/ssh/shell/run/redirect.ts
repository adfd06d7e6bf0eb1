// Redirections at work (Shell Command Language §2.7): files of the tree and /dev/null, here-documents, copies of descriptors.

import { failure, isFailure, type Failure } from '../../../../core/failure.ts'
import type { Tree } from '../../../../core/files.ts'
import { pathBytes } from '../../../../wire/path-text.ts'
import { expandText } from '../expand/expand.ts'
import { absolutePath, tidyPath } from '../expand/paths.ts'
import type { Redirection } from '../syntax/tree.ts'
import { Input } from './input.ts'
import { systemMessage } from './messages.ts'
import { Output } from './output.ts'
import type { End, Ends, Shell } from './shell.ts'
import { EMPTY_SOURCE, fileSink, fileSource, NULL_SINK, type ByteSource } from './streams.ts'

/** Files that one shell holds open at a time. */
const OPEN_MAX = 64
/** Permission bits of new files before the umask (open(2) as shells call it). */
const FILE_MODE = 0o666

export interface Opened {
  readonly ends: Ends
  /** To be closed once the command is done. */
  readonly opened: readonly End[]
}

/** `ends` with the redirections over them; a failure's message is dash's. */
export async function redirect(
  redirections: readonly Redirection[],
  ends: Ends,
  shell: Shell,
): Promise<Opened | Failure> {
  if (redirections.length === 0) return { ends, opened: [] }
  const next = new Map(ends)
  const opened: End[] = []
  for (const redirection of redirections) {
    const end = await openEnd(redirection, next, shell)
    if (isFailure(end)) {
      await closeEnds(opened)
      return end
    }
    if (end.isNew) opened.push(end.end)
    if (end.end === undefined) next.delete(redirection.fd)
    else next.set(redirection.fd, end.end)
  }
  return { ends: next, opened }
}

export async function closeEnds(ends: readonly End[]): Promise<void> {
  for (const { input, output } of ends) {
    await output?.flush()
    output?.close()
    input?.close()
  }
}

type EndFound = { readonly end: End; readonly isNew: true } | { readonly end: End | undefined; readonly isNew: false }

async function openEnd(redirection: Redirection, ends: Ends, shell: Shell): Promise<EndFound | Failure> {
  const word = await expandText(redirection.word, shell)
  if (isFailure(word)) return word
  const { operator } = redirection
  if (operator === '<<') return { end: { input: new Input(textSource(word)) }, isNew: true }
  if (operator === '<&' || operator === '>&') return duplicate(word, ends)
  if (ends.size > OPEN_MAX) return failure('EMFILE', `cannot open ${word}: Too many open files`)
  const path = absolutePath(shell.cwd, word)
  const device = DEVICES[tidyPath(path)]
  if (device !== undefined) return device(ends)
  const end = operator === '<' ? await openInput(shell.tree, path) : await openOutput(operator, path, shell)
  if (!isFailure(end)) return { end, isNew: true }
  return failure(end.code, `cannot ${operator === '<' ? 'open' : 'create'} ${word}: ${openMessage(operator, end)}`)
}

/** dash has words of its own for these two. */
function openMessage(operator: string, problem: Failure): string {
  if (problem.code === 'ENOENT') return operator === '<' ? 'No such file' : 'Directory nonexistent'
  return systemMessage(problem)
}

function duplicate(word: string, ends: Ends): EndFound | Failure {
  if (word === '-') return { end: undefined, isNew: false }
  const end = /^[0-9]$/.test(word) ? ends.get(Number(word)) : undefined
  if (end !== undefined) return { end, isNew: false }
  return failure('EBADF', /^[0-9]+$/.test(word) ? `${word}: Bad file descriptor` : 'Bad fd number')
}

const DEVICES: Readonly<Record<string, (ends: Ends) => EndFound | Failure>> = {
  '/dev/null': () => ({ end: { input: new Input(EMPTY_SOURCE), output: new Output(NULL_SINK) }, isNew: true }),
  '/dev/stdin': (ends) => duplicate('0', ends),
  '/dev/stdout': (ends) => duplicate('1', ends),
  '/dev/stderr': (ends) => duplicate('2', ends),
  '/dev/tty': (ends) => duplicate('1', ends),
}

export function isNullDevice(path: string): boolean {
  return tidyPath(path) === '/dev/null'
}

async function openInput(tree: Tree, path: string): Promise<End | Failure> {
  const file = await tree.open(path)
  return isFailure(file) ? file : { input: new Input(fileSource(file)) }
}

async function openOutput(operator: string, path: string, shell: Shell): Promise<End | Failure> {
  const exclusive = operator === '>' && shell.state.options.has('C')
  if (exclusive && !isFailure(await shell.tree.stat(path))) return failure('EEXIST', 'File exists')
  const mode = FILE_MODE & ~shell.state.umask
  const file = await shell.tree.edit(path, { create: true, mode })
  if (isFailure(file)) return file
  const truncates = operator === '>' || operator === '>|'
  const problem = truncates && file.stat.size > 0 ? await file.change({ size: 0 }) : undefined
  if (problem !== undefined) {
    await file.close()
    return problem
  }
  const output = new Output(fileSink(file, operator === '>>'))
  return operator === '<>' ? { input: new Input(fileSource(file)), output } : { output }
}

function textSource(text: string): ByteSource {
  let bytes: Uint8Array | undefined = text === '' ? undefined : pathBytes(text)
  return {
    read: () => {
      const all = bytes
      bytes = undefined
      return Promise.resolve(all)
    },
  }
}
