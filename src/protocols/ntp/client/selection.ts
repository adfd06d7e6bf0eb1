// The selection algorithm (RFC 5905 §11.2.1): which sources agree on the time, and which are falsetickers. A source is an
// interval around its offset within which the true time must lie if it is right.

export interface Candidate {
  readonly offsetMs: number
  /** Half of the interval: the root synchronisation distance (RFC 5905 §11.2). */
  readonly rootDistanceMs: number
}

export interface Intersection {
  readonly lowMs: number
  readonly highMs: number
}

interface Edge {
  readonly atMs: number
  /** -1: the low end of an interval, 0: its midpoint, 1: the high end. */
  readonly kind: -1 | 0 | 1
}

/**
 * The interval that holds points of a majority's intervals, and midpoints of all but as many as are allowed to be false. `undefined`:
 * there is no majority.
 */
export function intersectionOf(candidates: readonly Candidate[]): Intersection | undefined {
  const count = candidates.length
  const rising = candidates.flatMap(edgesOf).toSorted((a, b) => a.atMs - b.atMs || a.kind - b.kind)
  const falling = rising.toReversed()
  for (let allowed = 0; 2 * allowed < count; allowed++) {
    const low = scan(rising, -1, count - allowed)
    const high = scan(falling, 1, count - allowed)
    if (low === undefined || high === undefined || low.passed + high.passed > allowed) continue
    if (low.atMs <= high.atMs) return { lowMs: low.atMs, highMs: high.atMs }
  }
  return undefined
}

/** Those whose intervals have points in the intersection; all others are falsetickers. */
export function truechimersOf<C extends Candidate>(candidates: readonly C[]): readonly C[] {
  const intersection = intersectionOf(candidates)
  if (intersection === undefined) return []
  const { lowMs, highMs } = intersection
  return candidates.filter(
    ({ offsetMs, rootDistanceMs }) => offsetMs + rootDistanceMs >= lowMs && offsetMs - rootDistanceMs <= highMs,
  )
}

function edgesOf({ offsetMs, rootDistanceMs }: Candidate): readonly Edge[] {
  return [
    { atMs: offsetMs - rootDistanceMs, kind: -1 },
    { atMs: offsetMs, kind: 0 },
    { atMs: offsetMs + rootDistanceMs, kind: 1 },
  ]
}

/** Goes inwards until `wanted` intervals hold the point; says how many midpoints it has passed. `opening`: what begins an interval from here. */
function scan(
  edges: readonly Edge[],
  opening: -1 | 1,
  wanted: number,
): { readonly atMs: number; readonly passed: number } | undefined {
  let within = 0
  let passed = 0
  for (const { atMs, kind } of edges) {
    if (kind === 0) passed += 1
    else within += kind === opening ? 1 : -1
    if (within >= wanted) return { atMs, passed }
  }
  return undefined
}
