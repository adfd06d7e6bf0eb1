// What one leap second does to a clock. `even` time counts every second that passes, and never leaps; the world's is what POSIX and
// NTP count.
//
// Announced: an inserted second repeats 23:59:59, stepping back at the midnight as Linux does (STA_INS of adjtimex(2)), and a deleted one is
// stepped over. Smeared: the clock runs a little slower or faster, evenly, over a window around the midnight.

import type { LeapSecond } from '../../core/clock.ts'

const SECOND_MS = 1000

export class LeapPlan {
  readonly leap: LeapSecond
  /** Even time, from which on the clock is not the even one, and is so much ahead of it for good. */
  readonly beginsMs: number
  readonly endsMs: number
  readonly afterMs: number
  /** How fast the world's clock runs between. */
  readonly #pace: number

  constructor(leap: LeapSecond) {
    const { kind, atMs, smearMs } = leap
    this.leap = leap
    this.afterMs = kind === 'insert' ? -SECOND_MS : SECOND_MS
    if (smearMs === undefined) {
      this.beginsMs = kind === 'insert' ? atMs : atMs - SECOND_MS
      this.endsMs = this.beginsMs
      this.#pace = 1
    } else {
      this.beginsMs = atMs - smearMs / 2
      this.endsMs = this.beginsMs + smearMs - this.afterMs
      this.#pace = smearMs / (smearMs - this.afterMs)
    }
  }

  worldMs(evenMs: number): number {
    if (evenMs < this.beginsMs) return evenMs
    if (evenMs >= this.endsMs) return evenMs + this.afterMs
    return this.beginsMs + (evenMs - this.beginsMs) * this.#pace
  }

  /** The even time of a clock that shows `worldMs` and is not over it. */
  evenMs(worldMs: number): number {
    return worldMs < this.beginsMs ? worldMs : this.beginsMs + (worldMs - this.beginsMs) / this.#pace
  }

  /** Whether nothing of it lies ahead of a clock that shows `worldMs`. */
  isOverAt(worldMs: number): boolean {
    return worldMs >= (this.leap.smearMs === undefined ? this.beginsMs : this.endsMs + this.afterMs)
  }
}
