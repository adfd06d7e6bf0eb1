// "Did you mean": the nearest of some words by edit distance.

/** The candidate within a third of `word`'s length in single-character edits, the nearest first; undefined if none is. */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
  const most = Math.max(1, Math.floor(word.length / 3))
  const ranked = candidates
    .map((candidate) => ({ candidate, edits: Math.min(editDistance(word, candidate), labelDistance(word, candidate)) }))
    .toSorted((a, b) => a.edits - b.edits)
  const best = ranked[0]
  return best !== undefined && best.edits <= most ? best.candidate : undefined
}

/** A single label may stand for the first label of a longer name: `mial` for `mail.harbor.test`. */
function labelDistance(word: string, candidate: string): number {
  if (word.includes('.')) return Infinity
  return editDistance(word, candidate.split('.')[0] ?? '')
}

/** Levenshtein distance, one row at a time. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, at) => at)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const swap = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)
      next.push(Math.min(swap, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1))
    }
    row = next
  }
  return row[b.length] ?? 0
}
