// "Did you mean": the known word nearest to a mistyped one. Says nothing when none is near.

/** Longer words are compared by their first letters only: bounds the work for hostile input. */
const COMPARED_MAX_CHARACTERS = 64

/** The candidate that fewest edits separate from `word`, at most a third of its length (and at least one); the first of equals. */
export function closest(word: string, candidates: Iterable<string>): string | undefined {
  const wanted = word.toLowerCase().slice(0, COMPARED_MAX_CHARACTERS)
  if (wanted === '') return undefined
  let best: string | undefined
  let bestEdits = Math.max(1, Math.floor(wanted.length / 3)) + 1
  for (const candidate of candidates) {
    if (Math.abs(Math.min(candidate.length, COMPARED_MAX_CHARACTERS) - wanted.length) >= bestEdits) continue
    const edits = editsBetween(wanted, candidate.toLowerCase().slice(0, COMPARED_MAX_CHARACTERS))
    if (edits < bestEdits) [best, bestEdits] = [candidate, edits]
  }
  return best
}

/** `; did you mean "http"?`, or nothing. */
export function didYouMean(word: string, candidates: Iterable<string>): string {
  const best = closest(word, candidates)
  return best === undefined ? '' : `; did you mean "${best}"?`
}

/** Insertions, deletions, replacements and swaps of neighbours (optimal string alignment). */
function editsBetween(a: string, b: string): number {
  let before: number[] = []
  let above = Array.from({ length: b.length + 1 }, (_, column) => column)
  for (let row = 1; row <= a.length; row++) {
    const current = [row]
    for (let column = 1; column <= b.length; column++) {
      current[column] = cheapest(a, b, row, column, [before, above, current])
    }
    ;[before, above] = [above, current]
  }
  return above[b.length] ?? 0
}

function cheapest(
  a: string,
  b: string,
  row: number,
  column: number,
  rows: readonly [number[], number[], number[]],
): number {
  const [before, above, current] = rows
  const replaced = at(above, column - 1) + (a[row - 1] === b[column - 1] ? 0 : 1)
  const swapped = a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1] ? at(before, column - 2) + 1 : Infinity
  return Math.min(replaced, swapped, at(above, column) + 1, at(current, column - 1) + 1)
}

const at = (line: number[], index: number): number => line[index] ?? Infinity
