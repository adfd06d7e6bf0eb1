// What is done to names: made, moved, removed, and what the files behind them are told. All of it at once; the count of
// the tree follows.

import {
  chmodSync,
  linkSync,
  mkdirSync,
  renameSync,
  rmdirSync,
  symlinkSync,
  unlinkSync,
  utimesSync,
  type Stats,
} from 'node:fs'
import type { Changes } from '../../core/files.ts'
import { failure, type Failure } from '../../core/failure.ts'
import { pathBytes } from '../../wire/path-text.ts'
import { closeFile, isLarge, seconds } from './content.ts'
import { absent, idOf, isPart, kindOf, MODE_MASK } from './entry.ts'
import type { Found, FoundEntry } from './finder.ts'
import { hold, pinned, systemFailure, type Place } from './place.ts'
import { dropPart, forgetPart, namesIn } from './scan.ts'
import type { Tally } from './tally.ts'
import { sizeOf } from './upload.ts'

const FOLDER_MODE = 0o755

type Outcome = Failure | undefined

/** `mode` left out: what the process gives to all. `modifiedMs` left out: now. */
export function makeFolder(
  { place, name, stats }: Found,
  mode: number | undefined,
  modifiedMs: number | undefined,
): Outcome {
  if (stats !== undefined) return failure('EEXIST', `there is one already: ${name}`)
  mkdirSync(place.at(name), (mode ?? FOLDER_MODE) & MODE_MASK)
  if (mode === undefined && modifiedMs === undefined) return undefined
  return setChanges(
    { place, name },
    { ...(mode === undefined ? {} : { mode }), ...(modifiedMs === undefined ? {} : { modifiedMs }) },
  )
}

export function removeFolder({ place, name, stats, isRoot, path }: FoundEntry, tally: Tally): Outcome {
  if (isRoot) return rootStays()
  if (!stats.isDirectory()) return failure('ENOTDIR', `no folder: ${path}`)
  withoutParts(place, name, tally, () => rmdirSync(place.at(name)))
  tally.give(0, 1)
  return undefined
}

/** What was interrupted under the name goes as well, and counts as something that stood there. */
export function removeFile({ place, name, stats, isRoot, path }: Found, tally: Tally): Outcome {
  if (isRoot || stats?.isDirectory() === true) return failure('EISDIR', `a folder: ${path}`)
  const hadPart = forgetPart(place, name, tally)
  if (stats === undefined && hadPart) return undefined
  if (stats === undefined || kindOf(stats) === undefined) return absent(path)
  const held = holdLarge(place, name, stats)
  unlinkSync(place.at(name))
  if (held !== undefined) closeFile(held, stats.size)
  tally.unlinked(idOf(stats), sizeOf(stats), stats.nlink)
  return undefined
}

export function move(from: FoundEntry, to: Found, replace: boolean, tally: Tally): Outcome {
  if (from.isRoot || to.isRoot) return rootStays()
  const { stats } = to
  if (stats !== undefined && !replace) return failure('EEXIST', `there is one already: ${to.path}`)
  if (stats !== undefined && kindOf(stats) === undefined) return absent(to.path)
  if (stats !== undefined && idOf(stats) === idOf(from.stats)) return undefined
  const isFolder = stats?.isDirectory() === true
  if (isFolder && !from.stats.isDirectory()) return failure('EISDIR', `a folder: ${to.path}`)
  const held = stats === undefined ? undefined : holdLarge(to.place, to.name, stats)
  const rename = (): void => renameSync(from.place.at(from.name), to.place.at(to.name))
  if (isFolder) withoutParts(to.place, to.name, tally, rename)
  else rename()
  if (held !== undefined) closeFile(held, stats?.size ?? 0)
  if (isFolder) tally.give(0, 1)
  else if (stats !== undefined) tally.unlinked(idOf(stats), sizeOf(stats), stats.nlink)
  forgetPart(to.place, to.name, tally)
  return undefined
}

export function secondName(existing: FoundEntry, added: Found): Outcome {
  if (existing.stats.isDirectory()) return failure('EISDIR', `a folder: ${existing.path}`)
  if (added.stats !== undefined) return failure('EEXIST', `there is one already: ${added.path}`)
  linkSync(existing.place.at(existing.name), added.place.at(added.name))
  return undefined
}

export function symbolicLink(target: string, { place, name, stats, path }: Found): Outcome {
  if (stats !== undefined) return failure('EEXIST', `there is one already: ${path}`)
  if (target === '' || target.includes('\0')) return failure('ENOENT', 'a link to nothing')
  symlinkSync(Buffer.from(pathBytes(target)), place.at(name))
  return undefined
}

/** All but the size. */
export function setChanges({ place, name }: Pick<Found, 'place' | 'name'>, changes: Changes): Outcome {
  const { mode, modifiedMs, accessedMs } = changes
  pinned(place, name, (path, stats) => {
    if (!stats.isFile() && !stats.isDirectory()) throw Object.assign(new Error('no file'), { code: 'ENOENT' })
    if (modifiedMs !== undefined || accessedMs !== undefined)
      utimesSync(path, seconds(accessedMs ?? stats.atimeMs), seconds(modifiedMs ?? stats.mtimeMs))
    if (mode !== undefined) chmodSync(path, mode & MODE_MASK)
  })
  return undefined
}

/** A folder in which nothing but interrupted uploads stand is empty to those who see it. */
function withoutParts(place: Place, name: string, tally: Tally, remove: () => void): void {
  try {
    remove()
  } catch (thrown) {
    const { code } = systemFailure(thrown, name)
    if (code !== 'ENOTEMPTY' && code !== 'EEXIST') throw thrown
    if (!hasPartsOnly(place, name, tally)) throw thrown
    remove()
  }
}

function hasPartsOnly(place: Place, name: string, tally: Tally): boolean {
  const inside = place.inside(name)
  try {
    const names = namesIn(inside)
    if (!names.every(isPart)) return false
    for (const part of names) dropPart(inside, part, tally)
    return true
  } finally {
    inside.leave()
  }
}

/** A large file goes when nobody waits for it. */
function holdLarge(place: Place, name: string, stats: Stats): number | undefined {
  return stats.isFile() && isLarge(stats.size) ? hold(place, name) : undefined
}

function rootStays(): Failure {
  return failure('EACCES', 'the root of a tree stays')
}
