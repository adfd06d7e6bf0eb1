// Paths of the shell over a tree: relative ones, and patterns that stand for what is there (§2.13.3).

import { isFailure } from '../../../../core/failure.ts'
import type { Tree } from '../../../../core/files.ts'
import { compilePattern, hasWildcard, unescapePattern } from './pattern.ts'

export interface Place {
  readonly tree: Tree
  /** Absolute within the tree. */
  readonly cwd: string
  /** How many paths may come out of one pattern. */
  readonly wordsMax: number
}

/** `path` as an absolute one; `..` is left to the tree, which knows where links lead. */
export function absolutePath(cwd: string, path: string): string {
  if (path.startsWith('/')) return path
  return cwd.endsWith('/') ? cwd + path : `${cwd}/${path}`
}

/** Without `.`, `..` and doubled slashes, by the text alone, as `cd` goes by default. */
export function tidyPath(path: string): string {
  const kept: string[] = []
  for (const segment of path.split('/')) {
    if (segment === '..') kept.pop()
    else if (segment !== '' && segment !== '.') kept.push(segment)
  }
  return `/${kept.join('/')}`
}

/** The paths that a pattern stands for, sorted; empty if there are none. `undefined`: more than `wordsMax`. */
export async function globPaths(pattern: string, place: Place): Promise<readonly string[] | undefined> {
  let found: string[] = [pattern.startsWith('/') ? '/' : '']
  const segments = pattern.split('/').filter((segment) => segment !== '')
  for (const [index, segment] of segments.entries()) {
    const last = index === segments.length - 1
    const next: string[] = []
    for (const base of found) {
      for (const name of await namesIn(base, segment, last, place)) next.push(base + name + (last ? '' : '/'))
      if (next.length > place.wordsMax) return undefined
    }
    found = next
  }
  return pattern.endsWith('/') ? foldersOf(found, place) : found
}

async function namesIn(base: string, segment: string, last: boolean, place: Place): Promise<readonly string[]> {
  const folder = absolutePath(place.cwd, base === '' ? '.' : base)
  if (!hasWildcard(segment)) {
    const name = unescapePattern(segment)
    return last && isFailure(await place.tree.lstat(absolutePath(folder, name))) ? [] : [name]
  }
  const names = await place.tree.list(folder)
  if (isFailure(names)) return []
  const pattern = compilePattern(segment)
  const hidden = segment.startsWith('.') ? ['.', '..', ...names] : names.filter((name) => !name.startsWith('.'))
  return hidden.filter((name) => pattern.matches(name))
}

async function foldersOf(paths: readonly string[], place: Place): Promise<string[]> {
  const folders: string[] = []
  for (const path of paths) {
    const stat = await place.tree.stat(absolutePath(place.cwd, path))
    if (!isFailure(stat) && stat.kind === 'folder') folders.push(`${path}/`)
  }
  return folders
}
