// What stands in a folder, sorted, in slices between which others have their turn.

import type { Entry } from '../../core/files.ts'
import { isFailure } from '../../core/failure.ts'
import { byCodePoint } from '../../core/code-point-order.ts'
import { isHidden } from '../../core/walk.ts'
import { readdir, readdirSync } from 'node:fs'
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
  for (const name of await sortedNames(place, size)) {
    if (++seen % SLICE === 0) await new Promise(setImmediate)
    const stats = place.look(name)
    const stat = stats === undefined ? undefined : statOf(stats, name)
    if (stat !== undefined && !isFailure(stat)) entries.push({ name, stat })
  }
  return entries
}

export async function sortedNames(place: Place, size: number): Promise<readonly string[]> {
  const names = await (size > LARGE_BYTES ? namesLater(place) : namesAtOnce(place))
  return names.filter((name) => !isHidden(name)).sort(byCodePoint)
}

/** As text where all are UTF-8, which is faster; else as bytes. */
function namesAtOnce(place: Place): string[] {
  const names = readdirSync(place.at('.'))
  return names.some(isDoubtful) ? readdirSync(place.at('.'), { encoding: 'buffer' }).map(pathText) : names
}

async function namesLater(place: Place): Promise<string[]> {
  const { promise, resolve, reject } = Promise.withResolvers<Buffer[]>()
  readdir(place.at('.'), { encoding: 'buffer' }, (error, names) => {
    if (error === null) resolve(names)
    else reject(error)
  })
  return (await promise).map(pathText)
}

function isDoubtful(name: string): boolean {
  return name.includes('\ufffd')
}
