// Times as FTP writes them, both ways (RFC 3659 §2.3): `20260101120000.250`, always in UTC.

const TIME = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(?:\.(\d+))?$/
const SECONDS_MAX = 60 // a leap second

/** Milliseconds since 1970-01-01T00:00Z; `undefined`: that is no time. */
export function parseTime(text: string): number | undefined {
  const [whole, ...fields] = TIME.exec(text) ?? []
  if (whole === undefined) return undefined
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = fields.slice(0, 6).map(Number)
  const ms = Date.UTC(year, month - 1, day, hour, minute, second)
  const date = new Date(ms)
  const isDay = date.getUTCMonth() === month - 1 || (second === SECONDS_MAX && date.getUTCDate() === 1)
  const inRange = month >= 1 && month <= 12 && day >= 1 && hour < 24 && minute < 60 && second <= SECONDS_MAX
  if (!isDay || !inRange || year < 1000) return undefined
  return ms + Math.floor(Number(`0.${fields[6] ?? 0}`) * 1000)
}

/** Without a fraction where there is none. */
export function formatTime(ms: number): string {
  const date = new Date(Math.floor(ms))
  const whole = Number.isNaN(date.getTime()) ? '19700101000000000' : digits(date)
  const fraction = whole.slice(14)
  return fraction === '000' ? whole.slice(0, 14) : `${whole.slice(0, 14)}.${fraction}`
}

/** Years before 0 and beyond 9999 have no form: the nearest that has one stands for them. */
function digits(date: Date): string {
  const year = date.getUTCFullYear()
  if (year < 0) return '00000101000000000'
  if (year > 9999) return '99991231235959999'
  return date.toISOString().replaceAll(/\D/g, '')
}
