// Rows of the bench: what was measured, side by side and round by round, as text and as JSON. Measures nothing.

/** How far a row is to come. `ratio` is ours divided by theirs, `difference` ours less theirs, `value` ours alone. */
export interface Reach {
  readonly of: 'ratio' | 'difference' | 'value'
  readonly bound: 'at least' | 'at most'
  readonly limit: number
}

export interface Row {
  readonly group: string
  readonly work: string
  readonly beside: string
  readonly unit: string
  /** One figure a round; those of the same round were measured right after one another. */
  readonly ours: readonly number[]
  readonly theirs: readonly number[]
  /** Left out where the row is there to look at. */
  readonly reach?: Reach
}

/** A row but for what was measured, and on what. */
export type RowText = Pick<Row, 'beside' | 'unit' | 'reach'>

export interface Skipped {
  readonly group: string
  readonly work: string
  readonly because: string
}

/** What a group is given. */
export interface Bench {
  add(row: Omit<Row, 'group'>): void
  /** Says what is left out, and why. */
  skip(work: string, because: string): undefined
  /** A line of progress for each turn. */
  note(work: string): (contender: string, round: number) => void
}

/** What a row comes to: medians, and the middle, lowest and highest of what its rounds compare to. */
export interface Summary {
  readonly ours: number
  readonly theirs: number
  readonly of: Reach['of']
  readonly middle: number
  readonly lowest: number
  readonly highest: number
  readonly reached: boolean | undefined
}

/** The middle figure; between two, their mean. NaN of nothing. */
export function median(figures: readonly number[]): number {
  const sorted = figures.toSorted((a, b) => a - b)
  const half = sorted.length >> 1
  const upper = sorted[half] ?? Number.NaN
  return sorted.length % 2 === 1 ? upper : ((sorted[half - 1] ?? Number.NaN) + upper) / 2
}

export function summarize(row: Row): Summary {
  const of = row.reach?.of ?? 'ratio'
  const compared = row.ours.map((ours, round) => compare(of, ours, row.theirs[round] ?? Number.NaN))
  const middle = median(compared)
  return {
    ours: median(row.ours),
    theirs: median(row.theirs),
    of,
    middle,
    lowest: Math.min(...compared),
    highest: Math.max(...compared),
    reached: row.reach && isReached(row.reach, middle),
  }
}

function compare(of: Reach['of'], ours: number, theirs: number): number {
  if (of === 'value') return ours
  return of === 'ratio' ? ours / theirs : ours - theirs
}

function isReached({ bound, limit }: Reach, figure: number): boolean {
  return bound === 'at least' ? figure >= limit : figure <= limit
}

const HEADER = ['WORK', 'OURS', 'BESIDE', 'THEIRS', 'COMPARED', 'LOWEST..HIGHEST', 'REACH', '']
const RIGHT = new Set([1, 3, 4])

export function formatTable(rows: readonly Row[], skipped: readonly Skipped[]): string {
  const cells = [HEADER, ...rows.map(cellsOf)]
  const widths = HEADER.map((_, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)))
  const lines = cells.map((row) =>
    row
      .map((cell, column) =>
        RIGHT.has(column) ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0),
      )
      .join('  ')
      .trimEnd(),
  )
  return [...lines, ...skipped.map(({ work, because }) => `skipped  ${work}: ${because}`)].join('\n')
}

export function formatJson(rows: readonly Row[], skipped: readonly Skipped[]): string {
  return JSON.stringify(
    {
      rows: rows.map((row) => ({ ...row, ...summarize(row), rounds: { ours: row.ours, theirs: row.theirs } })),
      skipped,
    },
    undefined,
    2,
  )
}

function cellsOf(row: Row): string[] {
  const { ours, theirs, of, middle, lowest, highest, reached } = summarize(row)
  const verdict = reached === undefined ? '' : reached ? 'reached' : 'FALLS SHORT'
  return [
    row.work,
    `${formatFigure(ours)} ${row.unit}`,
    row.beside,
    `${formatFigure(theirs)} ${row.unit}`,
    formatCompared(of, middle),
    `${formatCompared(of, lowest)}..${formatCompared(of, highest)}`,
    reachOf(row.reach),
    verdict,
  ]
}

function reachOf(reach: Reach | undefined): string {
  return reach === undefined ? '' : `${reach.bound} ${formatCompared(reach.of, reach.limit)}`
}

function formatCompared(of: Reach['of'], figure: number): string {
  if (of === 'ratio') return `x ${figure.toFixed(2)}`
  return of === 'difference' && figure >= 0 ? `+${formatFigure(figure)}` : formatFigure(figure)
}

/** Whole numbers with a comma between thousands; below ten, one decimal. */
export function formatFigure(figure: number): string {
  return Math.abs(figure) < 10 ? figure.toFixed(1) : Math.round(figure).toLocaleString('en-US')
}
