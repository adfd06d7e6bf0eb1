// The lines of the protocol of scp, as text without loss (wire/path-text.ts): `T` times, `C` a file, `D` a folder, `E` its
// end, and answers. There is no document but the program; the words for what is wrong are those of OpenSSH's.

export type Record =
  /** Milliseconds since 1970-01-01T00:00Z. */
  | { readonly kind: 'times'; readonly modifiedMs: number; readonly accessedMs: number }
  | { readonly kind: 'file' | 'folder'; readonly mode: number; readonly size: number; readonly name: string }
  | { readonly kind: 'end' }
  /** The other side tells what went wrong: it goes on, or gives up. */
  | { readonly kind: 'warning' | 'fatal'; readonly message: string }
  /** What it cannot be. */
  | { readonly kind: 'wrong'; readonly problem: string }

/** Bytes of a line without its end: OpenSSH's scp reads as many. */
export const RECORD_MAX_BYTES = 2048
export const OVERLONG = wrong('line too long')
const MODE_DIGITS = 4

/** A line without its LF. */
export function parseRecord(line: string): Record {
  switch (line.charAt(0)) {
    case '\x01':
      return { kind: 'warning', message: line.slice(1) }
    case '\x02':
      return { kind: 'fatal', message: line.slice(1) }
    case 'E':
      return { kind: 'end' }
    case 'T':
      return parseTimes(line.slice(1))
    case 'C':
      return parseEntry('file', line.slice(1))
    case 'D':
      return parseEntry('folder', line.slice(1))
    case '':
      return wrong('unexpected <newline>')
    default:
      return wrong('expected control record')
  }
}

export function formatTimes(times: { readonly modifiedMs: number; readonly accessedMs: number }): string {
  return `T${wholeSeconds(times.modifiedMs)} 0 ${wholeSeconds(times.accessedMs)} 0\n`
}

export function formatEntry(kind: 'file' | 'folder', mode: number, size: number, name: string): string {
  return `${kind === 'file' ? 'C' : 'D'}${mode.toString(8).padStart(MODE_DIGITS, '0')} ${size} ${encodedName(name)}\n`
}

/** A LF would end the line: as vis(3) has it. */
function encodedName(name: string): string {
  return name.replaceAll('\n', '\\^J')
}

const TIMES = ['mtime.sec', 'mtime.usec', 'atime.sec', 'atime.usec'] as const

function parseTimes(text: string): Record {
  const fields = text.split(' ')
  const numbers: number[] = []
  for (const [index, name] of TIMES.entries()) {
    const field = fields[index]
    if (field === undefined || !/^\d{1,15}$/.test(field)) return wrong(`${name} not delimited`)
    numbers.push(Number(field))
  }
  if (fields.length > TIMES.length) return wrong('atime.usec not delimited')
  const [modified = 0, modifiedMicros = 0, accessed = 0, accessedMicros = 0] = numbers
  return {
    kind: 'times',
    modifiedMs: modified * 1000 + Math.trunc(modifiedMicros / 1000),
    accessedMs: accessed * 1000 + Math.trunc(accessedMicros / 1000),
  }
}

function parseEntry(kind: 'file' | 'folder', text: string): Record {
  const mode = text.slice(0, MODE_DIGITS)
  if (!/^[0-7]{4}$/.test(mode)) return wrong('bad mode')
  if (text.charAt(MODE_DIGITS) !== ' ') return wrong('mode not delimited')
  const [, digits = '', name] = /^(\d*) ([^]*)$/.exec(text.slice(MODE_DIGITS + 1)) ?? []
  if (digits === '' || name === undefined) return wrong('size not delimited')
  const size = Number(digits)
  if (!Number.isSafeInteger(size)) return wrong('size out of range')
  if (name === '' || name === '.' || name === '..' || name.includes('/') || name.includes('\0')) {
    return { kind: 'wrong', problem: `error: unexpected filename: ${name}` }
  }
  return { kind, mode: Number.parseInt(mode, 8), size, name }
}

function wrong(problem: string): Extract<Record, { kind: 'wrong' }> {
  return { kind: 'wrong', problem: `protocol error: ${problem}` }
}

function wholeSeconds(ms: number): number {
  return Math.max(0, Math.floor(ms / 1000))
}
