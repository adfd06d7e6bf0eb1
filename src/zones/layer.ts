// Names that are other than in the contents below: each with what it has now, or with nothing where it is gone. Layers never change.

import type { Name } from '../core/name.ts'
import type { SortedNames, ZoneNode } from './contents.ts'
import { canonicalKey } from '../shared/dns/codec/canonical.ts'

/** Undefined: the name is gone. */
export type Changed = ReadonlyMap<Name, ZoneNode | undefined>

export class Layer {
  readonly changed: Changed
  #sorted: KeyedNames | undefined

  constructor(changed: Changed) {
    this.changed = changed
  }

  get sorted(): SortedNames {
    return (this.#sorted ??= new KeyedNames(this.changed.keys()))
  }
}

/**
 * `newest` on top of `layers`, the newest first. Layers of about the same size become one, so that there are few (the
 * logarithm of all changes) and a change is copied as few times.
 */
export function pushed(layers: readonly Layer[], newest: Changed): readonly Layer[] {
  let merged = newest
  let below = 0
  for (; below < layers.length; below += 1) {
    const { changed } = layers[below]!
    if (changed.size > merged.size * 2) break
    merged = new Map([...changed, ...merged])
  }
  return [new Layer(merged), ...layers.slice(below)]
}

class KeyedNames implements SortedNames {
  readonly #names: readonly Name[]
  readonly #keys: readonly string[]

  constructor(names: Iterable<Name>) {
    const keyed = Array.from(names, (name) => ({ name, key: canonicalKey(name) }))
    keyed.sort((a, b) => (a.key < b.key ? -1 : 1))
    this.#names = keyed.map(({ name }) => name)
    this.#keys = keyed.map(({ key }) => key)
  }

  get length(): number {
    return this.#names.length
  }

  at(index: number): Name {
    return this.#names[index]!
  }

  lowerBound(name: Name): number {
    const key = canonicalKey(name)
    let low = 0
    let high = this.#keys.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.#keys[middle]! < key) low = middle + 1
      else high = middle
    }
    return low
  }
}
