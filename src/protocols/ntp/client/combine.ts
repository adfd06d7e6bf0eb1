// The combine algorithm (RFC 5905 §11.2.3): one offset of all survivors, each weighing by how near it is.

import type { Candidate } from './selection.ts'

export interface Combined {
  readonly offsetMs: number
  /** How far the survivors are from the first, in the same weights. */
  readonly jitterMs: number
}

/** `survivors`: best first, one at least, distances above 0. */
export function combine(survivors: readonly Candidate[]): Combined {
  const firstMs = survivors[0]?.offsetMs ?? 0
  let weights = 0
  let offsets = 0
  let squares = 0
  for (const { offsetMs, rootDistanceMs } of survivors) {
    const weight = 1 / rootDistanceMs
    weights += weight
    offsets += offsetMs * weight
    squares += (offsetMs - firstMs) ** 2 * weight
  }
  return { offsetMs: offsets / weights, jitterMs: Math.sqrt(squares / weights) }
}
