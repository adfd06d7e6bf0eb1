// Lines of LIST, both ways: what `ls -l` writes, which RFC 959 leaves to the system and every client reads.
// `-rw-r--r--    1 ftp      ftp          1024 Jan 01 00:00 a file`. Times are UTC.

import type { FileStat } from '../../../core/files.ts'

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const
/** What is older than half a year, or in the future, shows its year, as ls(1) has it. */
const RECENT_MS = 182 * 86_400_000
const PERMISSIONS = 'rwxrwxrwx'
const FORM =
  /^([-dlbcps])([-rwxsStT]{9})[+.@]?\s+(\d+)\s+(\S+)\s+(\S+)\s+(\d+)\s+(\w{3})\s+(\d{1,2})\s+(?:(\d\d):(\d\d)|(\d{4})) ([^]*)$/

export interface ListLine {
  readonly kind: FileStat['kind'] | 'other'
  readonly mode: number
  readonly links: number
  readonly size: number
  /** To the minute, or to the day. */
  readonly modifiedMs: number
  readonly name: string
  /** Of a link. */
  readonly target?: string
}

/** Without its end. `target`: of a link. */
export function formatListLine(stat: FileStat, name: string, nowMs: number, target?: string): string {
  const type = stat.kind === 'folder' ? 'd' : stat.kind === 'link' ? 'l' : '-'
  const links = String(stat.links).padStart(4)
  const size = String(stat.size).padStart(8)
  const arrow = target === undefined ? '' : ` -> ${target}`
  return `${type}${permissions(stat.mode)} ${links} ftp      ftp      ${size} ${date(stat.modifiedMs, nowMs)} ${name}${arrow}`
}

/** `nowMs`: to tell the year where it is left out. `undefined`: it is no such line. */
export function parseListLine(line: string, nowMs: number): ListLine | undefined {
  const found = FORM.exec(line)
  if (found === null) return undefined
  const [, type = '', bits = '', links = '', , , size = '', month = '', day = ''] = found
  const [hour, minute, year, rest = ''] = found.slice(9)
  const at = MONTHS.findIndex((name) => name.toLowerCase() === month.toLowerCase())
  if (at === -1) return undefined
  const kind = type === 'd' ? 'folder' : type === 'l' ? 'link' : type === '-' ? 'file' : 'other'
  const [name = '', target] = kind === 'link' ? splitArrow(rest) : [rest]
  const modifiedMs = timeOf(
    [at, Number(day)],
    hour === undefined ? undefined : [Number(hour), Number(minute)],
    year,
    nowMs,
  )
  const entry = { kind, mode: modeOf(bits), links: Number(links), size: Number(size), modifiedMs, name } as const
  return target === undefined ? entry : { ...entry, target }
}

function permissions(mode: number): string {
  let text = ''
  for (let bit = 0; bit < 9; bit++) text += (mode >>> (8 - bit)) & 1 ? PERMISSIONS[bit] : '-'
  return text
}

function modeOf(bits: string): number {
  let mode = 0
  for (let bit = 0; bit < 9; bit++) if (/[rwxst]/.test(bits[bit] ?? '')) mode |= 1 << (8 - bit)
  return mode
}

function date(ms: number, nowMs: number): string {
  const when = new Date(ms)
  const day = `${MONTHS[when.getUTCMonth()]} ${two(when.getUTCDate())}`
  const isRecent = ms <= nowMs && nowMs - ms < RECENT_MS
  const behind = isRecent ? `${two(when.getUTCHours())}:${two(when.getUTCMinutes())}` : ` ${when.getUTCFullYear()}`
  return `${day} ${behind}`
}

function two(value: number): string {
  return String(value).padStart(2, '0')
}

type Pair = readonly [number, number]

/** Without a year it is the latest such day that is not after tomorrow. */
function timeOf([month, day]: Pair, clock: Pair | undefined, year: string | undefined, nowMs: number): number {
  if (clock === undefined) return Date.UTC(Number(year), month, day)
  const now = new Date(nowMs).getUTCFullYear()
  const here = Date.UTC(now, month, day, ...clock)
  return here <= nowMs + 86_400_000 ? here : Date.UTC(now - 1, month, day, ...clock)
}

function splitArrow(text: string): readonly [string, string] {
  const at = text.indexOf(' -> ')
  return at === -1 ? [text, ''] : [text.slice(0, at), text.slice(at + 4)]
}
