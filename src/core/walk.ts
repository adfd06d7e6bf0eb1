// One walk along a path of a tree, over whatever the tree is made of: `.`, `..`, links within the tree, hidden names. It
// stops before the last name, which is the caller's: what stands there may be looked at, made, or followed.

import { failure, isFailure, type Failure } from './failure.ts'

/** Links that one walk follows; then `ELOOP`. path_resolution(7). */
const LINKS_MAX = 40
/** Of a path and of a link's target, UTF-16 units; then `ENAMETOOLONG`. PATH_MAX of limits.h. */
const PATH_MAX_LENGTH = 4096
/** Names that one walk passes, those of links included: as many as the longest path has, twice. */
const STEPS_MAX = 4096
/** What the product keeps beside the files of others: in no list, under no path. */
const HIDDEN_PREFIX = '.portolan-'

/** What stands in the way of a walk and leads elsewhere. */
export interface LinkTarget {
  readonly kind: 'link'
  readonly target: string
}

/** What a tree is made of. `Place`: one of its folders. */
export interface Ground<Place> {
  /** The folder `name` of `place`; `ENOTDIR` if it is none, and no link. */
  enter(place: Place, name: string): { readonly kind: 'folder'; readonly place: Place } | LinkTarget | Failure
  /** A place that `enter` gave is not needed any more. */
  leave(place: Place): void
}

export function isHidden(name: string): boolean {
  return name.startsWith(HIDDEN_PREFIX)
}

export class Walk<Place> {
  /** The folders on the way, the root first; the last one holds `name`. */
  readonly places: Place[]
  /** What they are called, without the root. */
  readonly names: string[] = []
  /** The last name of the path. `undefined`: the path is the root. */
  name: string | undefined
  readonly #ground: Ground<Place>
  /** Names that are still to pass, the next one last. */
  readonly #ahead: string[] = []
  #links = 0
  #steps = 0

  constructor(ground: Ground<Place>, root: Place) {
    this.#ground = ground
    this.places = [root]
  }

  /** The folder that holds `name`. */
  get place(): Place {
    const place = this.places.at(-1)
    if (place === undefined) throw new Error('a walk without a root')
    return place
  }

  /** Where the walk has come to, as a path. */
  get path(): string {
    return `/${[...this.names, ...(this.name === undefined ? [] : [this.name])].join('/')}`
  }

  /** From the root; afterwards `place` and `name` are those of `path`. */
  go(path: string): Failure | undefined {
    if (!path.startsWith('/')) return failure('ENOENT', `not an absolute path: ${path}`)
    return this.#plan(path) ?? this.#pass()
  }

  /** What stands under `name` turned out to be a link to `target`. */
  follow(target: string): Failure | undefined {
    return this.#detour(target) ?? this.#pass()
  }

  /** Leaves every place but the root. */
  end(): void {
    while (this.#up() !== undefined);
  }

  #detour(target: string): Failure | undefined {
    if (++this.#links > LINKS_MAX) return failure('ELOOP', 'too many links on the way')
    return target === '' ? failure('ENOENT', 'a link to nothing') : this.#plan(target)
  }

  #plan(path: string): Failure | undefined {
    if (path.length > PATH_MAX_LENGTH) return failure('ENAMETOOLONG', 'a path of more than 4096 bytes')
    if (path.includes('\0')) return failure('ENOENT', 'a path with NUL')
    if (path.startsWith('/')) this.end()
    for (const name of path.split('/').toReversed()) if (name !== '' && name !== '.') this.#ahead.push(name)
    return undefined
  }

  #pass(): Failure | undefined {
    for (let next = this.#ahead.pop(); next !== undefined; next = this.#ahead.pop()) {
      if (++this.#steps > STEPS_MAX) return failure('ELOOP', 'a path of too many names')
      if (isHidden(next)) return failure('ENOENT', `no such file: ${next}`)
      if (next !== '..' && this.#ahead.length === 0) {
        this.name = next
        return undefined
      }
      const blocked = next === '..' ? void this.#up() : this.#enter(next)
      if (blocked !== undefined) return blocked
    }
    this.name = this.#up()
    return undefined
  }

  #enter(name: string): Failure | undefined {
    const found = this.#ground.enter(this.place, name)
    if (isFailure(found)) return found
    if (found.kind === 'link') return this.#detour(found.target)
    this.places.push(found.place)
    this.names.push(name)
    return undefined
  }

  /** The name of the folder that was left; `undefined` at the root. */
  #up(): string | undefined {
    const left = this.names.length > 0 ? this.places.pop() : undefined
    if (left !== undefined) this.#ground.leave(left)
    return this.names.pop()
  }
}
