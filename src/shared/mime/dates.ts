// Dates of mail (RFC 5322 §3.3, §4.3): one form written, and read what people and machines have made of it.

/** A moment and the zone that it was written in. */
export interface MailDate {
  /** Since 1970-01-01T00:00Z. */
  readonly ms: number
  /** East of Greenwich, in minutes. */
  readonly zoneMinutes: number
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']
const WRITTEN_MAX = 200 // octets; no date is longer
const TIME = String.raw`(?<hour>\d{1,2})[:.](?<minute>\d\d)(?:[:.](?<second>\d\d))?(?:\.\d{1,9})?`
const ZONE = String.raw`(?: *(?<zone>[+-] ?\d\d:?\d\d|[a-z]{1,5}))?`
const WEEKDAY = String.raw`^ *(?:[a-z]{2,9}\.? *,? *)?`
const RFC5322 = new RegExp(
  `${WEEKDAY}${String.raw`(?<day>\d{1,2})[ -]+(?<month>[a-z]{3})[a-z]{0,6}\.?,?[ -]+(?<year>\d{2,4}),? +`}${TIME}${ZONE}`,
  'i',
)
const ASCTIME = new RegExp(
  `${WEEKDAY}${String.raw`(?<month>[a-z]{3})[a-z]{0,6} +(?<day>\d{1,2}),? +`}${TIME}${ZONE}${String.raw` +(?<year>\d{4})(?: *(?<late>[+-]\d{4}))?`}`,
  'i',
)

/** RFC 5322 §4.3, in minutes. Single letters, and names that are not here, are unknown: read as UTC. */
const ZONES: ReadonlyMap<string, number> = new Map([
  ['EST', -300],
  ['EDT', -240],
  ['CST', -360],
  ['CDT', -300],
  ['MST', -420],
  ['MDT', -360],
  ['PST', -480],
  ['PDT', -420],
  ['CET', 60],
  ['CEST', 120],
  ['BST', 60],
  ['JST', 540],
])

/** `undefined` where it is no date. */
export function parseDate(text: string): MailDate | undefined {
  if (text.length > WRITTEN_MAX) return undefined
  const plain = withoutComments(text)
    .replaceAll(/[ \t\r\n]+/g, ' ')
    .replaceAll(/ ?: ?/g, ':')
  const groups = RFC5322.exec(plain)?.groups ?? ASCTIME.exec(plain)?.groups
  return groups === undefined ? undefined : momentOf(groups)
}

/** `Tue, 24 Nov 2026 16:58:23 +0000`; fractions of a second are dropped. */
export function formatDate(ms: number): string {
  return new Date(ms).toUTCString().replace('GMT', '+0000')
}

/** Days from 1970-01-01 to the date as it was written, its zone disregarded (RFC 9051 §6.4.4 SENTON). */
export function writtenDay({ ms, zoneMinutes }: MailDate): number {
  return Math.floor((ms + zoneMinutes * 60_000) / 86_400_000)
}

function momentOf(groups: Readonly<Record<string, string | undefined>>): MailDate | undefined {
  const { day, month = '', year = '', hour, minute, second = '0', zone, late } = groups
  const index = MONTHS.indexOf(month.toLowerCase())
  const date = Number(day)
  if (index === -1 || date < 1 || date > 31) return undefined
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 60) return undefined
  const zoneMinutes = minutesOf(late ?? zone)
  const at = new Date(0)
  at.setUTCFullYear(fullYear(year), index, date)
  at.setUTCHours(Number(hour), Number(minute) - zoneMinutes, Number(second))
  return { ms: at.getTime(), zoneMinutes }
}

/** RFC 5322 §4.3. */
function fullYear(written: string): number {
  const year = Number(written)
  if (written.length === 2) return year < 50 ? year + 2000 : year + 1900
  return written.length === 3 ? year + 1900 : year
}

function minutesOf(zone: string | undefined): number {
  const match = /^([+-]) ?(\d\d):?(\d\d)$/.exec(zone ?? '')
  if (match === null) return ZONES.get((zone ?? '').toUpperCase()) ?? 0
  const minutes = Number(match[2]) * 60 + Number(match[3])
  return match[1] === '-' ? -minutes : minutes
}

function withoutComments(text: string): string {
  if (!text.includes('(')) return text
  let depth = 0
  let plain = ''
  for (const char of text) {
    if (char === '(') depth++
    else if (char === ')') depth = Math.max(0, depth - 1)
    else if (depth === 0) plain += char
  }
  return plain
}
