// Dates of IMAP: `17-Jul-1996 02:44:25 -0700` (RFC 9051 §9 date-time) and `1-Feb-1994` (date).

import { dayNumber } from '../content/search-key.ts'

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const
const DATE_TIME = /^([ \d]\d)-([A-Za-z]{3})-(\d{4}) (\d\d):(\d\d):(\d\d) ([+-])(\d\d)(\d\d)$/
const DATE = /^(\d{1,2})-([A-Za-z]{3})-(\d{4})$/
const MINUTE_MS = 60_000

/** Milliseconds since 1970-01-01T00:00Z; `undefined` where it is no date. */
export function parseDateTime(text: string): number | undefined {
  const match = DATE_TIME.exec(text)
  if (match === null) return undefined
  const [, day = '', name = '', year = '', hours = '', minutes = '', seconds = '', sign = '', zoneH = '', zoneM = ''] =
    match
  const month = monthOf(name)
  const time = [Number(hours), Number(minutes), Number(seconds)] as const
  if (month === 0 || time[0] > 23 || time[1] > 59 || time[2] > 60 || !isDay(Number(year), month, Number(day))) {
    return undefined
  }
  const zoneMs = (Number(zoneH) * 60 + Number(zoneM)) * MINUTE_MS * (sign === '-' ? -1 : 1)
  return Date.UTC(Number(year), month - 1, Number(day), ...time) - zoneMs
}

/** In UTC. */
export function formatDateTime(ms: number): string {
  const date = new Date(ms)
  const day = String(date.getUTCDate()).padStart(2, ' ')
  const time = `${two(date.getUTCHours())}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())}`
  return `${day}-${MONTHS[date.getUTCMonth()]}-${String(date.getUTCFullYear()).padStart(4, '0')} ${time} +0000`
}

/** Days since 1970-01-01. */
export function parseDate(text: string): number | undefined {
  const [, day = '', name = '', year = ''] = DATE.exec(text) ?? []
  const month = monthOf(name)
  if (month === 0 || !isDay(Number(year), month, Number(day))) return undefined
  return dayNumber(Number(year), month, Number(day))
}

export function formatDate(day: number): string {
  const date = new Date(day * 86_400_000)
  return `${date.getUTCDate()}-${MONTHS[date.getUTCMonth()]}-${String(date.getUTCFullYear()).padStart(4, '0')}`
}

/** From 1; 0: no month. */
function monthOf(name: string): number {
  const wanted = name.toLowerCase()
  return MONTHS.findIndex((month) => month.toLowerCase() === wanted) + 1
}

function isDay(year: number, month: number, day: number): boolean {
  return day >= 1 && day <= new Date(Date.UTC(year, month, 0)).getUTCDate()
}

function two(value: number): string {
  return String(value).padStart(2, '0')
}
