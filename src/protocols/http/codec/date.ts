// HTTP dates (RFC 9110 §5.6.7): one form written, three read.

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
const IMF =
  /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), (?<day>\d\d) (?<month>[A-Z][a-z]{2}) (?<year>\d{4}) (?<time>\d\d:\d\d:\d\d) GMT$/
const RFC850 =
  /^(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day, (?<day>\d\d)-(?<month>[A-Z][a-z]{2})-(?<year>\d\d) (?<time>\d\d:\d\d:\d\d) GMT$/
const ASCTIME =
  /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) (?<month>[A-Z][a-z]{2}) (?<day>[ \d]\d) (?<time>\d\d:\d\d:\d\d) (?<year>\d{4})$/

/** Bytes of an IMF-fixdate. */
export const DATE_BYTES = 29

/** `Sun, 06 Nov 1994 08:49:37 GMT` for milliseconds since 1970; fractions of a second are dropped. */
export function formatDate(ms: number): string {
  return new Date(ms).toUTCString()
}

/** Milliseconds since 1970, or undefined when it is no HTTP date. `wallMs` decides the century of a two-digit year. */
export function parseDate(text: string, wallMs: number): number | undefined {
  const match = IMF.exec(text) ?? RFC850.exec(text) ?? ASCTIME.exec(text)
  if (match?.groups === undefined) return undefined
  const { day, month, year, time } = match.groups
  const [hours, minutes, seconds] = time!.split(':').map(Number)
  const fullYear = year!.length === 2 ? century(Number(year), wallMs) : Number(year)
  const index = MONTHS.indexOf(month!)
  if (index === -1 || hours! > 23 || minutes! > 59 || seconds! > 60) return undefined
  const date = new Date(0)
  date.setUTCFullYear(fullYear, index, Number(day))
  date.setUTCHours(hours!, minutes, seconds)
  return Number(day) >= 1 && Number(day) <= 31 ? date.getTime() : undefined
}

/** A year more than 50 years ahead is the one a century before. */
function century(year: number, wallMs: number): number {
  const now = new Date(wallMs).getUTCFullYear()
  const full = now - (now % 100) + year
  return full > now + 50 ? full - 100 : full
}
