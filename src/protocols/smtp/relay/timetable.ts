// Which mail is due when: a binary heap by the world's wall clock, and the wait between two tries.

import type { RelaySettings } from './settings.ts'

export interface Due {
  /** World's wall clock, milliseconds. */
  readonly atMs: number
  readonly mailId: number
}

export class Timetable {
  readonly #heap: Due[] = []

  /** Infinity where nothing is to be done. */
  get nextAt(): number {
    return this.#heap[0]?.atMs ?? Infinity
  }

  add(due: Due): void {
    let at = this.#heap.push(due) - 1
    while (at > 0) {
      const above = (at - 1) >>> 1
      const parent = this.#heap[above]!
      if (parent.atMs <= due.atMs) break
      this.#heap[at] = parent
      at = above
    }
    this.#heap[at] = due
  }

  /** The next that is due at `wallMs`, taken out. */
  take(wallMs: number): Due | undefined {
    const first = this.#heap[0]
    if (first === undefined || first.atMs > wallMs) return undefined
    const last = this.#heap.pop()!
    if (this.#heap.length > 0) this.#sink(last)
    return first
  }

  #sink(due: Due): void {
    const heap = this.#heap
    let at = 0
    for (;;) {
      let below = 2 * at + 1
      if (below >= heap.length) break
      if (below + 1 < heap.length && heap[below + 1]!.atMs < heap[below]!.atMs) below++
      if (heap[below]!.atMs >= due.atMs) break
      heap[at] = heap[below]!
      at = below
    }
    heap[at] = due
  }
}

/** A tenth more or less, so that what failed together does not come back together. Ours. */
const JITTER = 0.1

/** Milliseconds until the next try after `tries` have ended, one at least. `chance` is one random octet. */
export function waitAfter(tries: number, settings: RelaySettings, chance: number): number {
  const doubled = settings['first-retry'] * 2 ** Math.min(tries - 1, 40)
  const wait = Math.min(doubled, settings['max-retry'])
  return Math.round(wait * (1 + JITTER * (chance / 127.5 - 1)))
}
