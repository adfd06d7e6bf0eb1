// Runs contenders in turn, A B C A B C, so that what else the machine does falls on all of them.

import type { Bench, Row, RowText } from './table.ts'

/** One measurement of one contender. */
export type Measure = () => Promise<number>

export interface RoundsOptions {
  readonly rounds: number
  /** Turns that are not counted: compilers and caches warm up. Default: 1. */
  readonly warmUps?: number
  /** Told before each turn, for a line of progress. */
  readonly note?: (contender: string, round: number) => void
}

/** The figures of each contender, one a round. */
export async function alternate(
  contenders: Readonly<Record<string, Measure>>,
  { rounds, warmUps = 1, note }: RoundsOptions,
): Promise<ReadonlyMap<string, readonly number[]>> {
  const figures = new Map<string, number[]>()
  for (let round = -warmUps; round < rounds; round++) {
    for (const [name, measure] of Object.entries(contenders)) {
      note?.(name, round)
      const figure = await measure()
      const kept = figures.get(name) ?? []
      figures.set(name, kept)
      if (round >= 0) kept.push(figure)
    }
  }
  return figures
}

export interface Sides<Side> extends Omit<RoundsOptions, 'note'> {
  readonly ours: Side
  readonly theirs: Side
}

/** Measures both sides of a row, and adds it. */
export async function addRow<Side>(
  bench: Bench,
  row: RowText & Pick<Row, 'work'>,
  { ours, theirs, ...rounds }: Sides<Side>,
  measure: (side: Side) => Promise<number>,
): Promise<void> {
  const contenders = { ours: () => measure(ours), theirs: () => measure(theirs) }
  const figures = await alternate(contenders, { ...rounds, note: bench.note(row.work) })
  bench.add({ ...row, ours: figures.get('ours') ?? [], theirs: figures.get('theirs') ?? [] })
}

/** The number that a measuring program printed. Throws when it is not there. */
export function figureIn(output: string, pattern: RegExp): number {
  const figure = Number(pattern.exec(output)?.[1] ?? Number.NaN)
  if (Number.isNaN(figure)) throw new Error(`no figure in: ${output}`)
  return figure
}
