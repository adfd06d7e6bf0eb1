// A look through a whole tree, in slices between which others have their turn: what it holds, and what was left in it.

import { chmodSync, readdirSync, unlinkSync, type Stats } from 'node:fs'
import { pathText } from '../../wire/path-text.ts'
import { isAlive } from './alive.ts'
import { idOf, isPart, MODE_MASK, partName, uploadOwner } from './entry.ts'
import { pinned, Place, type FolderGround } from './place.ts'
import type { Count, Counter, Tally } from './tally.ts'

/** How long an interrupted upload waits to be gone on with. */
const PART_MAX_MS = 24 * 60 * 60 * 1000
/** Entries that are looked at in one turn of the event loop: about a millisecond. */
const SLICE = 256
/** Folders in folders; deeper ones no path reaches (PATH_MAX of limits.h). */
const DEPTH_MAX = 2048
/** What its owner needs to see what is in a folder. */
const SEEN_MODE = 0o500

/** What an entry is, for those who look through. */
interface Visited {
  readonly place: Place
  readonly name: string
  readonly kind: 'file' | 'folder' | 'other'
  readonly id: string
  readonly size: number
  readonly links: number
  readonly modifiedMs: number
}

export class TreeScan implements Counter {
  readonly #root: () => Place
  readonly #ground: FolderGround
  readonly #token: string
  /** What is removed is taken off its count. */
  tally: Tally | undefined

  /** `token`: of the uploads of this process. */
  constructor(root: () => Place, ground: FolderGround, token: string) {
    this.#root = root
    this.#ground = ground
    this.#token = token
  }

  /** Counts, and removes what uploads of dead processes left, and what was interrupted more than a day ago. */
  async count(): Promise<Count> {
    const several = new Set<string>()
    let [bytes, files, parts] = [0, 0, 0]
    await this.#visit((entry) => {
      if (this.#isLeftOver(entry) && removed(entry)) return
      files++
      if (isPart(entry.name)) parts++
      if (entry.kind !== 'file' || several.has(entry.id)) return
      if (entry.links > 1) several.add(entry.id)
      bytes += entry.size
    })
    return { bytes, files, parts }
  }

  async makeRoom(isFull: () => boolean): Promise<number> {
    const found: { readonly path: readonly string[]; readonly modifiedMs: number }[] = []
    await this.#visit((entry, path) => {
      if (isPart(entry.name)) found.push({ path: [...path, entry.name], modifiedMs: entry.modifiedMs })
    })
    let count = 0
    for (const { path } of found.toSorted((one, other) => one.modifiedMs - other.modifiedMs)) {
      if (!isFull()) break
      if (this.#removePart(path)) count++
    }
    return count
  }

  #isLeftOver({ name, modifiedMs }: Visited): boolean {
    if (isPart(name)) return isExpired(modifiedMs)
    const owner = uploadOwner(name)
    if (owner === undefined) return false
    return owner.pid === process.pid ? owner.token !== this.#token : !isAlive(owner.pid)
  }

  #removePart(path: readonly string[]): boolean {
    const left: Place[] = []
    try {
      let place = this.#root()
      for (const name of path.slice(0, -1)) {
        const next = this.#ground.enter(place, name)
        if (next.kind !== 'folder') return false
        left.push(next.place)
        place = next.place
      }
      return dropPart(place, path.at(-1) ?? '', this.tally)
    } catch {
      return false
    } finally {
      for (const place of left) place.leave()
    }
  }

  /** Depth first. What cannot be read, or vanishes, is passed over. */
  async #visit(see: (entry: Visited, path: readonly string[]) => void): Promise<void> {
    const above: { readonly place: Place; readonly names: string[]; readonly shut: () => void }[] = []
    const path: string[] = []
    let seen = 0
    const open = (place: Place, shut: () => void): void => void above.push({ place, names: namesIn(place), shut })
    try {
      open(this.#root(), leftAsItIs)
      for (let here = above.at(-1); here !== undefined; here = above.at(-1)) {
        const name = here.names.pop()
        if (name === undefined) {
          const done = above.pop()
          done?.place.leave()
          done?.shut()
          path.pop()
          continue
        }
        if (++seen % SLICE === 0) await new Promise(setImmediate)
        const entry = visited(here.place, name)
        if (entry === undefined) continue
        see(entry, path)
        if (entry.kind !== 'folder' || above.length >= DEPTH_MAX) continue
        const shut = this.tally?.quota === undefined ? leftAsItIs : openUp(here.place, name)
        const next = this.#ground.enter(here.place, name)
        if (next.kind !== 'folder') {
          shut()
          continue
        }
        path.push(name)
        open(next.place, shut)
      }
    } catch {
      // The root is gone: there is nothing to count.
    } finally {
      for (const { place, shut } of above.toReversed()) {
        shut()
        place.leave()
      }
    }
  }
}

/** Lets us see what is in a folder that its user has shut, so that it counts; what is returned shuts it again. */
function openUp(place: Place, name: string): () => void {
  try {
    return pinned(place, name, (path, stats) => {
      const mode = stats.mode & MODE_MASK
      if (!stats.isDirectory() || (mode & SEEN_MODE) === SEEN_MODE) return leftAsItIs
      chmodSync(path, mode | SEEN_MODE)
      return () => shutAgain(place, name, idOf(stats), mode)
    })
  } catch {
    return leftAsItIs
  }
}

function leftAsItIs(): void {}

function shutAgain(place: Place, name: string, id: string, mode: number): void {
  try {
    pinned(place, name, (path, stats) => {
      const isAsLeft = idOf(stats) === id && (stats.mode & MODE_MASK) === (mode | SEEN_MODE)
      if (isAsLeft) chmodSync(path, mode)
    })
  } catch {
    // It has been moved or removed meanwhile.
  }
}

/** Removes what was interrupted on its way to `name`, if anything was. */
export function forgetPart(place: Place, name: string, tally: Tally): boolean {
  return tally.mayHaveParts && dropPart(place, partName(name), tally)
}

/** Removes an interrupted upload by its own name, if there is one. */
export function dropPart(place: Place, name: string, tally: Tally | undefined): boolean {
  const stats = place.look(name)
  if (stats === undefined) return false
  unlinkSync(place.at(name))
  tally?.unlinked(idOf(stats), stats.size, stats.nlink)
  tally?.partGone()
  return true
}

export function isExpired(modifiedMs: number): boolean {
  return Date.now() - modifiedMs > PART_MAX_MS
}

/** In the order of the system; `.` and `..` are left out. Empty where it cannot be read. */
export function namesIn(place: Place): string[] {
  try {
    const names = readdirSync(place.at('.'))
    if (!names.some((name) => name.includes('\ufffd'))) return names
    return readdirSync(place.at('.'), { encoding: 'buffer' }).map(pathText)
  } catch {
    return []
  }
}

function visited(place: Place, name: string): Visited | undefined {
  const stats = seen(place, name)
  if (stats === undefined) return undefined
  const kind = stats.isFile() ? 'file' : stats.isDirectory() ? 'folder' : 'other'
  return { place, name, kind, id: idOf(stats), size: stats.size, links: stats.nlink, modifiedMs: stats.mtimeMs }
}

/** Who else runs here may have shut it meanwhile. */
function seen(place: Place, name: string): Stats | undefined {
  try {
    return place.look(name)
  } catch {
    return undefined
  }
}

function removed({ place, name }: Visited): boolean {
  try {
    unlinkSync(place.at(name))
    return true
  } catch {
    return false
  }
}
