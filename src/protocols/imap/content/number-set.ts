// Whether numbers are in a set of message numbers, told in the time of a binary search however long the set is.

import { STAR, type NumberSet } from './search-key.ts'

/** `last` is what `*` stands for (RFC 9051 §9 seq-number). */
export function membership(set: NumberSet, last: number): (number: number) => boolean {
  const ranges = merged(set, last)
  const starts = ranges.map(([from]) => from)
  const ends = ranges.map(([, to]) => to)
  if (ranges.length === 1) return (number) => number >= (starts[0] ?? 0) && number <= (ends[0] ?? 0)
  return (number) => number <= (ends[lastAtMost(starts, number)] ?? -1)
}

function merged(set: NumberSet, last: number): [from: number, to: number][] {
  const value = (number: number): number => (number === STAR ? last : number)
  const ranges = set.map(({ from, to }) => [value(from), value(to)] as const)
  const sorted = ranges.map(([a, b]): [number, number] => (a <= b ? [a, b] : [b, a])).toSorted((a, b) => a[0] - b[0])
  const found: [number, number][] = []
  for (const [from, to] of sorted) {
    const before = found.at(-1)
    if (before !== undefined && from <= before[1] + 1) before[1] = Math.max(before[1], to)
    else found.push([from, to])
  }
  return found
}

/** The index of the last one that is at most `number`; -1 where none is. */
function lastAtMost(sorted: readonly number[], number: number): number {
  let low = 0
  let high = sorted.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((sorted[middle] ?? 0) <= number) low = middle + 1
    else high = middle
  }
  return low - 1
}
