// From a path to the entry that it means, held by its folder for the length of one piece of work.

import type { Stats } from 'node:fs'
import { isFailure, type Failure } from '../../core/failure.ts'
import { Walk } from '../../core/walk.ts'
import { absent, kindOf } from './entry.ts'
import { FolderGround, FOLLOWS_LINKS, isOneName, systemFailure, type Place, type Root } from './place.ts'

export interface Found {
  readonly place: Place
  /** `.` for the root. */
  readonly name: string
  readonly isRoot: boolean
  /** As the tree's. */
  readonly path: string
  readonly stats: Stats | undefined
  /** Takes the place over; the caller leaves it. */
  take(): Place
}

export interface FoundEntry extends Found {
  readonly stats: Stats
}

export class Finder {
  readonly root: Root
  readonly ground: FolderGround

  constructor(root: Root) {
    this.root = root
    this.ground = new FolderGround(root)
  }

  /** What the system refuses, in the walk or in `use`, is a failure. `follow`: a link in the last place too. */
  at<T>(path: string, follow: boolean, use: (found: Found) => T | Failure): T | Failure {
    let walk: Walk<Place> | undefined
    try {
      walk = new Walk(this.ground, this.root.place())
      const found = this.#reach(walk, path, follow)
      return isFailure(found) ? found : use(found)
    } catch (thrown) {
      return systemFailure(thrown, path)
    } finally {
      walk?.end()
    }
  }

  /** `ENOENT` where nothing stands, or what is neither file, folder nor link. */
  existing<T>(path: string, follow: boolean, use: (found: FoundEntry) => T | Failure): T | Failure {
    return this.at(path, follow, (found) => {
      const { stats } = found
      if (stats === undefined || kindOf(stats) === undefined) return absent(path)
      return use({ ...found, stats })
    })
  }

  #reach(walk: Walk<Place>, path: string, follow: boolean): Found | Failure {
    for (let blocked = walk.go(path); ; blocked = walk.follow(this.root.target(walk.place, walk.name ?? '.'))) {
      if (blocked !== undefined) return blocked
      const { place, name = '.' } = walk
      if (!isOneName(name)) return absent(path)
      const stats = place.look(name)
      const isLink = stats?.isSymbolicLink() === true
      if (isLink && follow && !FOLLOWS_LINKS) return absent(path)
      if (!isLink || !follow)
        return { place, name, isRoot: walk.name === undefined, path: walk.path, stats, take: () => taken(walk) }
    }
  }
}

function taken(walk: Walk<Place>): Place {
  const { place } = walk
  if (place.isRoot) return place
  walk.places.pop()
  walk.names.pop()
  return place
}
