// Sizes and times for people.

const UNITS = ['', 'K', 'M', 'G', 'T', 'P', 'E']
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
/** Older than half a year, and later than now: the year instead of the time (ls(1)). */
const RECENT_MS = 31_556_952_000 / 2

/** `1.5K`: powers of 1024, rounded up, as `-h` prints them. */
export function formatSize(bytes: number): string {
  let unit = 0
  let value = bytes
  while (value >= 1024 && unit < UNITS.length - 1) {
    value /= 1024
    unit++
  }
  if (unit === 0) return String(bytes)
  const tenths = Math.ceil(value * 10)
  return `${tenths < 100 ? (tenths / 10).toFixed(1) : Math.ceil(value)}${UNITS[unit]}`
}

/** `Jan  5 12:30` or `Jan  5  2024`, in UTC. */
export function formatListTime(ms: number, nowMs: number): string {
  const date = new Date(ms)
  const day = `${MONTHS[date.getUTCMonth()] ?? '???'} ${String(date.getUTCDate()).padStart(2)}`
  const recent = ms > nowMs - RECENT_MS && ms <= nowMs
  return `${day} ${recent ? `${two(date.getUTCHours())}:${two(date.getUTCMinutes())}` : String(date.getUTCFullYear()).padStart(5)}`
}

export function two(value: number): string {
  return String(value).padStart(2, '0')
}
