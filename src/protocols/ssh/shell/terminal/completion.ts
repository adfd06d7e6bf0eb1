// Completes names at the cursor: commands in the first place, paths elsewhere.

import { isFailure } from '../../../../core/failure.ts'
import type { Tree } from '../../../../core/files.ts'
import { absolutePath } from '../expand/paths.ts'

export interface Completion {
  /** What is to be inserted. */
  readonly insert: string
  /** What there is to choose from, where it is not clear. */
  readonly choices: readonly string[]
}

export interface CompletionOptions {
  readonly tree: Tree
  readonly cwd: string
  readonly home: string
  readonly names: readonly string[]
}

/** Choices that are shown. */
const CHOICES_MAX = 200
const LAST_WORD = /(?:\\[^]|[^\s\\;|&<>()])*$/
const SPECIAL = /[\s\\'"$`;|&<>()*?[\]#~!{}]/g

export async function complete(before: string, options: CompletionOptions): Promise<Completion> {
  const word = LAST_WORD.exec(before)?.[0] ?? ''
  const first = /(?:^|[;|&(]|\b(?:then|do|else)\b)\s*$/.test(before.slice(0, before.length - word.length))
  const plain = word.replace(/\\([^])/g, '$1')
  const found = first && !plain.includes('/') ? namesFrom(plain, options.names) : await pathsFrom(plain, options)
  const [only] = found
  if (only === undefined) return { insert: '', choices: [] }
  const start = plain.slice(plain.lastIndexOf('/') + 1)
  const shared = found.map(({ name }) => name).reduce(sharedStart)
  const insert = escaped(shared.slice(start.length))
  if (found.length === 1) return { insert: insert + only.end, choices: [] }
  return { insert, choices: found.slice(0, CHOICES_MAX).map(({ name, end }) => (end === '/' ? `${name}/` : name)) }
}

interface Candidate {
  readonly name: string
  /** What follows once it is the only one. */
  readonly end: ' ' | '/'
}

function namesFrom(start: string, names: readonly string[]): Candidate[] {
  return names.filter((name) => name.startsWith(start)).map((name) => ({ name, end: ' ' }))
}

async function pathsFrom(word: string, { tree, cwd, home }: CompletionOptions): Promise<Candidate[]> {
  const cut = word.lastIndexOf('/') + 1
  const [folder, start] = [word.slice(0, cut), word.slice(cut)]
  const from = folder.startsWith('~/') ? absolutePath(home, folder.slice(2)) : absolutePath(cwd, folder)
  const entries = await tree.entries(from === '' ? '/' : from)
  if (isFailure(entries)) return []
  const found = entries.filter(({ name }) => name.startsWith(start) && (start !== '' || !name.startsWith('.')))
  return found.map(({ name, stat }) => ({ name, end: stat.kind === 'folder' ? '/' : ' ' }))
}

function sharedStart(a: string, b: string): string {
  let length = 0
  while (length < a.length && a.charAt(length) === b.charAt(length)) length++
  return a.slice(0, length)
}

function escaped(text: string): string {
  return text.replace(SPECIAL, '\\$&')
}
