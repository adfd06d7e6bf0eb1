// What stands in a folder, sorted, in slices between which others have their turn.

import { readdir, readdirSync, type Dirent } from 'node:fs'
import type { Entry } from '../../core/files.ts'
import { isFailure } from '../../core/failure.ts'
import { byCodePoint } from '../../core/code-point-order.ts'
import { isHidden } from '../../core/walk.ts'
import { pathText } from '../../wire/path-text.ts'
import { statOf } from './entry.ts'
import type { Place } from './place.ts'

/** Entries of one turn of the event loop: about a millisecond. */
const SLICE = 256
/** Size of a folder from which on it is read by a thread: thousands of names. */
const LARGE_BYTES = 256 * 1024

/** Throws what the system does. `size`: of the folder, as the system says it. */
export async function entriesOf(place: Place, size: number): Promise<readonly Entry[]> {
  const entries: Entry[] = []
  let seen = 0
  const names = (await allNames(place, size)).filter(isShown).toSorted(byCodePoint)
  for (const name of names) {
    if (++seen % SLICE === 0) await new Promise(setImmediate)
    const stats = place.look(name)
    const stat = stats === undefined ? undefined : statOf(stats, name)
    if (stat !== undefined && !isFailure(stat)) entries.push({ name, stat })
  }
  return entries
}

/** Of files, folders and links. */
export async function sortedNames(place: Place, size: number): Promise<readonly string[]> {
  const found = await readFolder(place, size)
  return found
    .filter(isOurs)
    .map(({ name }) => pathText(name))
    .filter(isShown)
    .toSorted(byCodePoint)
}

/** As text where all are UTF-8, which is faster; else as bytes. */
async function allNames(place: Place, size: number): Promise<readonly string[]> {
  if (size > LARGE_BYTES) return (await readFolder(place, size)).map(({ name }) => pathText(name))
  const names = readdirSync(place.at('.'))
  return names.some(isDoubtful) ? readdirSync(place.at('.'), { encoding: 'buffer' }).map(pathText) : names
}

function readFolder(place: Place, size: number): Promise<Dirent<Buffer>[]> | Dirent<Buffer>[] {
  if (size <= LARGE_BYTES) return readdirSync(place.at('.'), { encoding: 'buffer', withFileTypes: true })
  const { promise, resolve, reject } = Promise.withResolvers<Dirent<Buffer>[]>()
  readdir(place.at('.'), { encoding: 'buffer', withFileTypes: true }, (error, found) => {
    if (error === null) resolve(found)
    else reject(error)
  })
  return promise
}

function isOurs(entry: Dirent<Buffer>): boolean {
  return entry.isFile() || entry.isDirectory() || entry.isSymbolicLink()
}

function isShown(name: string): boolean {
  return !isHidden(name)
}

function isDoubtful(name: string): boolean {
  return name.includes('\ufffd')
}
