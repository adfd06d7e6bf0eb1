// Times and days as people write them (RFC 3339), and as they are shown. UTC wherever nothing else is said.

/** RFC 3339 §5.6; seconds and the offset may be left out, and a day alone is its midnight. */
const TIME = /^(\d{4}-\d\d-\d\d)(?:[Tt ](\d\d:\d\d)(:\d\d(?:\.\d{1,9})?)?([Zz]|[+-]\d\d:\d\d)?)?$/
const DAY = /^\d{4}-\d\d-\d\d$/

export const TIME_EXPECTED = 'expected a time such as 2027-01-01T12:00:00Z or 2027-01-01'
export const DAY_EXPECTED = 'expected a day such as 2026-12-31'

const DAY_MS = 86_400_000

/** Milliseconds since 1970-01-01T00:00Z; undefined for what is no time. */
export function parseTime(text: string): number | undefined {
  const [, day = '', minute = '00:00', seconds = ':00', zone = 'Z'] = TIME.exec(text.trim()) ?? []
  if (startOf(day) === undefined) return undefined
  const ms = Date.parse(`${day}T${minute}${seconds}${zone.toUpperCase()}`)
  return Number.isNaN(ms) ? undefined : ms
}

/** The midnight behind a UTC day. */
export function parseDayEnd(text: string): number | undefined {
  const ms = DAY.test(text) ? startOf(text) : undefined
  return ms === undefined ? undefined : ms + DAY_MS
}

/** `Date` takes 2027-02-30 for a day in March. */
function startOf(day: string): number | undefined {
  const ms = Date.parse(`${day}T00:00:00Z`)
  return !Number.isNaN(ms) && new Date(ms).toISOString().startsWith(day) ? ms : undefined
}

/** `2027-01-01T12:00:00.000Z`. */
export function formatTime(ms: number): string {
  return new Date(ms).toISOString()
}

/** The day whose end `atMs` is. */
export function formatDayBefore(atMs: number): string {
  return formatTime(atMs - 1).slice(0, 10)
}
