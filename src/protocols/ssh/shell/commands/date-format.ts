// strftime(3) in UTC and the C locale, as far as date(1) is asked for it.

import { two } from './sizes.ts'

const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday']
const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
]
const DAY_MS = 86_400_000

/** `ms`: milliseconds since 1970-01-01T00:00Z. Letters that are not known stay as they are. */
export function formatDate(format: string, ms: number): string {
  const date = new Date(ms)
  return format.replace(/%([-_0]?)([a-zA-Z%])/g, (whole, flag: string, letter: string) => {
    const text = FIELDS[letter]?.(date) ?? whole
    return flag === '-' ? text.replace(/^[0 ]+(?=\d)/, '') : flag === '_' ? text.replace(/^0(?=\d)/, ' ') : text
  })
}

const FIELDS: Readonly<Record<string, (date: Date) => string>> = {
  '%': () => '%',
  a: (date) => (DAYS[date.getUTCDay()] ?? '').slice(0, 3),
  A: (date) => DAYS[date.getUTCDay()] ?? '',
  b: (date) => (MONTHS[date.getUTCMonth()] ?? '').slice(0, 3),
  B: (date) => MONTHS[date.getUTCMonth()] ?? '',
  c: (date) => formatDate('%a %b %e %H:%M:%S %Y', date.getTime()),
  d: (date) => two(date.getUTCDate()),
  D: (date) => formatDate('%m/%d/%y', date.getTime()),
  e: (date) => String(date.getUTCDate()).padStart(2),
  F: (date) => formatDate('%Y-%m-%d', date.getTime()),
  h: (date) => (MONTHS[date.getUTCMonth()] ?? '').slice(0, 3),
  H: (date) => two(date.getUTCHours()),
  I: (date) => two(date.getUTCHours() % 12 || 12),
  j: (date) => String(dayOfYear(date)).padStart(3, '0'),
  m: (date) => two(date.getUTCMonth() + 1),
  M: (date) => two(date.getUTCMinutes()),
  n: () => '\n',
  N: (date) => `${String(date.getUTCMilliseconds()).padStart(3, '0')}000000`,
  p: (date) => (date.getUTCHours() < 12 ? 'AM' : 'PM'),
  R: (date) => formatDate('%H:%M', date.getTime()),
  s: (date) => String(Math.floor(date.getTime() / 1000)),
  S: (date) => two(date.getUTCSeconds()),
  t: () => '\t',
  T: (date) => formatDate('%H:%M:%S', date.getTime()),
  u: (date) => String(date.getUTCDay() || 7),
  w: (date) => String(date.getUTCDay()),
  y: (date) => two(date.getUTCFullYear() % 100),
  Y: (date) => String(date.getUTCFullYear()),
  z: () => '+0000',
  Z: () => 'UTC',
}

function dayOfYear(date: Date): number {
  return Math.floor((date.getTime() - Date.UTC(date.getUTCFullYear(), 0, 1)) / DAY_MS) + 1
}
