// Who hears of changes to one thing. Each hears what is committed after it began to listen: what it could see before, it is not
// told again, even where that is still on its way to the disk.

import type { Group } from './groups.ts'

export class Hearers<T> {
  /** With the number of the last group that each could see. */
  readonly #hearers = new Map<(heard: T) => void, number>()
  readonly #group: Pick<Group, 'number'>

  constructor(group: Pick<Group, 'number'>) {
    this.#group = group
  }

  /** Returns how to stop hearing. */
  add(hear: (heard: T) => void): () => void {
    this.#hearers.set(hear, this.#group.number)
    return () => void this.#hearers.delete(hear)
  }

  /** Tells all of `heard` once `group` is durable. */
  later(group: Group, heard: T): void {
    if (this.#hearers.size === 0) return
    const of = group.number
    group.after(() => this.#tell(heard, of))
  }

  #tell(heard: T, group: number): void {
    for (const [hear, seen] of this.#hearers) if (seen < group) hear(heard)
  }
}
