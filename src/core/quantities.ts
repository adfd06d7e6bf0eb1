// Durations, sizes, rates and percentages as people write them in a world file, services' settings included: a
// number with its unit.

import * as v from 'valibot'

const DURATION = /^(\d+(?:\.\d+)?) ?(ms|s|m|h|d)$/
const SIGNED_DURATION = /^([+-]?\d+(?:\.\d+)?) ?(ms|s|m|h|d)$/
const SIZE = /^(\d+(?:\.\d+)?) ?(B|KiB|MiB|GiB|kB|MB|GB)$/
const RATE = /^(\d+(?:\.\d+)?) ?(B|KiB|MiB|GiB|kB|MB|GB|bit|kbit|Mbit|Gbit)\/s$/
const PERCENTAGE = /^(100(?:\.0+)?|\d{1,2}(?:\.\d+)?) ?%$/

const MILLISECONDS = new Map([
  ['ms', 1],
  ['s', 1000],
  ['m', 60_000],
  ['h', 3_600_000],
  ['d', 86_400_000],
])

const BYTES = new Map([
  ['B', 1],
  ['kB', 1e3],
  ['MB', 1e6],
  ['GB', 1e9],
  ['KiB', 2 ** 10],
  ['MiB', 2 ** 20],
  ['GiB', 2 ** 30],
  ['bit', 1 / 8],
  ['kbit', 1e3 / 8],
  ['Mbit', 1e6 / 8],
  ['Gbit', 1e9 / 8],
])

function quantity(form: RegExp, units: ReadonlyMap<string, number>, expected: string) {
  const message = (issue: v.BaseIssue<unknown>): string => `expected ${expected}; got ${issue.received}`
  return v.pipe(
    v.string(message),
    v.regex(form, message),
    v.transform((text) => {
      const [, number = '', unit = ''] = form.exec(text) ?? []
      return Number(number) * (units.get(unit) ?? 1)
    }),
  )
}

/** To milliseconds. */
export const duration = quantity(DURATION, MILLISECONDS, 'a duration such as 100ms, 2s, 1.5m, 1h or 30d')
/** To milliseconds, ahead or back. */
export const signedDuration = quantity(SIGNED_DURATION, MILLISECONDS, 'a duration such as +3d, -500ms or 2h')
/** To whole bytes. */
export const size = v.pipe(
  quantity(SIZE, BYTES, 'a size such as 512B, 64KiB or 1.5MB'),
  v.transform((bytes) => Math.round(bytes)),
)
/** To bytes per second. */
export const rate = quantity(RATE, BYTES, 'a rate such as 64KiB/s, 2MB/s or 10Mbit/s')
/** To a chance in [0, 1]. */
export const percentage = v.pipe(
  quantity(PERCENTAGE, new Map(), 'a percentage such as 5% or 0.1%'),
  v.transform((percent) => percent / 100),
)

/** What `duration` reads as `ms`, in the largest unit that leaves no fraction. */
export function formatDuration(ms: number): string {
  return wholeUnits(ms, MILLISECONDS)
}

const BINARY_BYTES = new Map([...BYTES].filter(([unit]) => unit === 'B' || unit.endsWith('iB')))

/** What `size` reads as `bytes`, in the largest binary unit that leaves no fraction. */
export function formatSize(bytes: number): string {
  return wholeUnits(bytes, BINARY_BYTES)
}

/** `units` in rising order; the first fits every whole number. */
function wholeUnits(amount: number, units: ReadonlyMap<string, number>): string {
  const fitting = [...units].filter(([, factor], at) => at === 0 || (amount > 0 && amount % factor === 0))
  const [unit, factor] = fitting.at(-1) ?? ['', 1]
  return `${amount / factor}${unit}`
}
